#include "compiler/plan/dead_letter_schema.h"

namespace weir::plan {
namespace {

Field Make(const char* name, DataType type) { return {name, std::move(type), {}}; }

SchemaPtr MakeDeadLetterSchema() {
  DataType text = DataType::String();
  DataType number = DataType::Int64();
  DataType bad_field = DataType::Struct({{"field", text}, {"reason", text}});
  return Schema::Make({
      Make("stage", text),
      Make("rules", DataType::List(text)),
      Make("errors", DataType::List(bad_field)),
      Make("reason", text),
      Make("source", text),
      Make("partition", number.AsOptional()),
      Make("offset", number.AsOptional()),
      Make("event_time", DataType::Timestamp().AsOptional()),
      Make("ingest_time", DataType::Timestamp()),
      Make("payload", text),
      Make("payload_kind", text),
      Make("payload_size", number),
      Make("payload_hash", text),
      Make("generation", number),
  });
}

SchemaPtr MakeFailedWriteSchema() {
  return Schema::Make({
      Make("sink", DataType::String()),
      Make("code", DataType::String()),
      Make("message", DataType::String()),
      Make("attempts", DataType::Int64()),
      Make("row", DataType::Json()),
  });
}

}  // namespace

const SchemaPtr& DeadLetterSchema() {
  static const SchemaPtr schema = MakeDeadLetterSchema();
  return schema;
}

const SchemaPtr& FailedWriteSchema() {
  static const SchemaPtr schema = MakeFailedWriteSchema();
  return schema;
}

}  // namespace weir::plan
