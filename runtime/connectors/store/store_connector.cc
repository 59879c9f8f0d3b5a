#include "runtime/connectors/store/store_connector.h"

#include "runtime/base/clock.h"

namespace weir {
namespace {

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the store.",
       .default_value = Value::String("data/store"),
       .example = "\"data/store\""},
      {.name = "table",
       .doc = "Table; the name of the sink without it.",
       .example = "\"user_events_realtime\""},
      {.name = "ddl",
       .doc = "File with the CREATE TABLE statements, relative to the .flow file: rows are "
              "checked against it.",
       .example = "\"ddl/speed_layer.sql\""},
      {.name = "key",
       .doc = "Key of the entry, a text per row.",
       .per_row = true,
       .example = "f\"user:{user_id}\""},
      {.name = "value",
       .type = OptionType::kAny,
       .doc = "Column that is stored when the type is string.",
       .per_row = true,
       .example = "user_tier"},
      {.name = "version",
       .type = OptionType::kAny,
       .doc = "Column that must not go back: an older row never overwrites a newer one.",
       .per_row = true,
       .example = "window_start"},
      {.name = "ttl",
       .type = OptionType::kDuration,
       .doc = "Entries expire this long after they were written.",
       .min = kMicrosPerSecond,
       .example = "1h"},
      {.name = "lanes",
       .type = OptionType::kInteger,
       .doc = "Independent sequences of delivery; rows of a key keep their order.",
       .default_value = Value::Int64(1),
       .min = 1,
       .max = 256,
       .example = "4"},
  };
}

}  // namespace

ConnectorSpec StoreConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "store";
  spec.doc =
      "Tables of an embedded ClickHouse engine, in this process: takes the place of "
      "ClickHouse, and of Redis (a keyed table per sink), where no server is wanted. `flowc "
      "query` reads it.";
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kAlways;
  spec.examples = {
      "to store(table: \"user_events_realtime\", ddl: \"ddl/speed_layer.sql\")",
      "to store(key: f\"user:{user_id}\", ttl: 1h)",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "embedded store.";
  return spec;
}

}  // namespace weir
