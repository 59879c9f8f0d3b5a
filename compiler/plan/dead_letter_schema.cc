#include "compiler/plan/dead_letter_schema.h"

namespace weir::plan {

SchemaPtr DeadLetterSchema() {
  static const SchemaPtr schema = [] {
    const DataType text = DataType::String();
    const DataType error = DataType::Struct({{"field", text}, {"reason", text}}, "FieldError");
    return Schema::Make({
        {"stage", text, {}},
        {"rules", DataType::List(text), {}},
        {"errors", DataType::List(error), {}},
        {"reason", text, {}},
        {"source", text, {}},
        {"partition", DataType::Int64(), {}},
        {"offset", DataType::Int64(), {}},
        {"event_time", DataType::Timestamp().AsOptional(), {}},
        {"ingest_time", DataType::Timestamp(), {}},
        {"payload", text, {}},
        {"payload_kind", text, {}},
        {"payload_size", DataType::Int64(), {}},
        {"payload_hash", text, {}},
        {"envelope", DataType::Json().AsOptional(), {}},
        {"generation", DataType::Int64(), {}},
    });
  }();
  return schema;
}

SchemaPtr FailedWriteSchema() {
  static const SchemaPtr schema = Schema::Make({
      {"sink", DataType::String(), {}},
      {"code", DataType::String(), {}},
      {"message", DataType::String(), {}},
      {"attempts", DataType::Int64(), {}},
      {"row", DataType::Json(), {}},
  });
  return schema;
}

}  // namespace weir::plan
