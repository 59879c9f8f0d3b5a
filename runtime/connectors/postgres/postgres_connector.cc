#include "runtime/connectors/postgres/postgres_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/sink_options.h"

namespace weir {
namespace {

std::vector<OptionSpec> TableOptions() {
  return {
      {.name = "dsn",
       .doc = "Connection string; one with a password comes from a secret or env().",
       .required = true,
       .example = "$users_dsn"},
      {.name = "table", .doc = "Table or view to read.", .required = true, .example = "\"users\""},
      {.name = "pool",
       .type = OptionType::kInteger,
       .doc = "Most connections at once.",
       .default_value = Value::Int64(4),
       .min = 1,
       .max = 256,
       .example = "8"},
      {.name = "timeout",
       .type = OptionType::kDuration,
       .doc = "How long one query may take.",
       .default_value = Value::Duration(5 * kMicrosPerSecond),
       .min = 1000,
       .example = "5s"},
  };
}

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "dsn",
       .doc = "Connection string; one with a password comes from a secret or env().",
       .required = true,
       .example = "$users_dsn"},
      {.name = "table", .doc = "Table to write.", .required = true, .example = "\"paid_orders\""},
      {.name = "mode",
       .type = OptionType::kEnum,
       .doc = "insert adds rows; upsert replaces the row with the same key.",
       .default_value = Value::String("insert"),
       .choices = {"insert", "upsert"},
       .example = "\"upsert\""},
      {.name = "pool",
       .type = OptionType::kInteger,
       .doc = "Most connections at once.",
       .default_value = Value::Int64(4),
       .min = 1,
       .max = 256,
       .example = "8"},
      DdlOption(),
      LanesOption(),
  };
}

}  // namespace

ConnectorSpec PostgresConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "postgres";
  spec.doc =
      "Tables of PostgreSQL: looked up in batches through a pool, or written with the rows "
      "and the progress in one transaction.";
  spec.table.emplace();
  spec.table->options = TableOptions();
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kWithKey;
  spec.examples = {
      "from postgres(dsn: $users_dsn, table: \"users\", pool: 8)",
      "to postgres(dsn: env(\"WAREHOUSE_DSN\"), table: \"paid_orders\", mode: \"upsert\")",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "PostgreSQL connector.";
  return spec;
}

}  // namespace weir
