#include "runtime/connectors/store/store_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/sink_options.h"
#include "runtime/connectors/store/store_sink.h"

namespace weir {
namespace {

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "dir",
       .doc = "Folder of the store; all sinks and views of a process share one.",
       .default_value = Value::String("data/store"),
       .example = "\"data/store\""},
      {.name = "table",
       .doc = "Table; without it the name of the sink or view.",
       .example = "\"user_events_realtime\""},
      DdlOption(
          "File with CREATE statements that make the table, its views and what they need, "
          "relative to the .flow file; Replicated engines become plain ones. Without it the "
          "table is made from the row: MergeTree, or ReplacingMergeTree (read with FINAL) for "
          "`key`, upserts and views."),
      {.name = "key",
       .doc = "Key of the entry, a text per row: a newer row replaces the older one.",
       .per_row = true,
       .example = "f\"user:{user_id}\""},
      {.name = "value",
       .type = OptionType::kAny,
       .doc = "What is stored beside the key, instead of all columns.",
       .per_row = true,
       .example = "user_tier"},
      {.name = "version",
       .type = OptionType::kAny,
       .doc = "An integer or timestamp that must not go back: an older row never overwrites a "
              "newer one. Without it the last one written stays.",
       .per_row = true,
       .example = "window_start"},
      {.name = "ttl",
       .type = OptionType::kDuration,
       .doc = "Entries expire this long after they were written: `expires_at` says when, and the "
              "engine drops them some time later.",
       .min = kMicrosPerSecond,
       .example = "1h"},
      LanesOption(
          "Inserts at the same time, at most one per worker; rows of a key keep their order."),
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
  spec.sink->make = StoreSink::Make;
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kAlways;
  spec.examples = {
      "to store(table: \"user_events_realtime\", ddl: \"ddl/speed_layer.sql\")",
      "to store(key: f\"user:{user_id}\", ttl: 1h)",
  };
  return spec;
}

}  // namespace weir
