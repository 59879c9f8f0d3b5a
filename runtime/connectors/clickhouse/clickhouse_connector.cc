#include "runtime/connectors/clickhouse/clickhouse_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/sink_options.h"

namespace weir {
namespace {

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "url",
       .doc = "Address of the HTTP interface.",
       .default_value = Value::String("http://localhost:8123"),
       .example = "\"http://ch:8123\""},
      {.name = "database",
       .doc = "Database of the table.",
       .default_value = Value::String("default"),
       .example = "\"shop\""},
      {.name = "user",
       .doc = "User name.",
       .default_value = Value::String("default"),
       .example = "\"speed_layer\""},
      {.name = "password",
       .doc = "Password of the user.",
       .secret = true,
       .example = "$clickhouse_password"},
      {.name = "table",
       .doc = "Table to insert into.",
       .required = true,
       .example = "\"user_events_realtime\""},
      DdlOption(),
      {.name = "timeout",
       .type = OptionType::kDuration,
       .doc = "How long one insert may take.",
       .default_value = Value::Duration(30 * kMicrosPerSecond),
       .min = kMicrosPerSecond,
       .example = "30s"},
      LanesOption(),
  };
}

}  // namespace

ConnectorSpec ClickhouseConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "clickhouse";
  spec.doc =
      "Tables of a ClickHouse server, written through HTTP in the Native format. Re-sent "
      "chunks carry a token that the server recognises.";
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kWithKey;
  spec.examples = {
      "to clickhouse(url: \"http://localhost:8123\", user: \"shop\", password: $pw, table: "
      "\"events\", ddl: \"ddl/shop.sql\")",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "ClickHouse connector.";
  return spec;
}

}  // namespace weir
