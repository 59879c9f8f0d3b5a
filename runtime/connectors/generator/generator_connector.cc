#include "runtime/connectors/generator/generator_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/source_drift.h"
#include "runtime/connectors/generator/generator_source.h"
#include "runtime/connectors/generator/generator_table.h"

namespace weir {
namespace {

std::vector<OptionSpec> RecordOptions() {
  return {
      {.name = "model",
       .type = OptionType::kEnum,
       .doc = "What the records look like; without it they are random rows of the schema.",
       .choices = {"ecommerce"},
       .example = "\"ecommerce\""},
      {.name = "stream",
       .type = OptionType::kEnum,
       .doc = "Which records of the model.",
       .default_value = Value::String("events"),
       .choices = {"events", "transactions", "users"},
       .example = "\"transactions\""},
      {.name = "seed",
       .type = OptionType::kInteger,
       .doc = "The same seed and options give the same records; models of one seed share users.",
       .default_value = Value::Int64(1),
       .example = "42"},
      {.name = "users",
       .type = OptionType::kInteger,
       .doc = "Users of the model. For visits half an hour apart: at least 120 for each event per "
              "second.",
       .default_value = Value::Int64(1'000'000),
       .min = 1,
       .example = "100_000"},
      {.name = "count",
       .type = OptionType::kInteger,
       .doc = "Ends after so many records and gives them as fast as they are read. Without `start` "
              "their times end now.",
       .min = 0,
       .example = "1_000_000"}};
}

OptionSpec Share(std::string name, std::string doc) {
  return {.name = std::move(name),
          .type = OptionType::kFloat,
          .doc = std::move(doc),
          .default_value = Value::Float64(0),
          .example = "0.01"};
}

std::vector<OptionSpec> SourceOptions() {
  std::vector<OptionSpec> options = RecordOptions();
  options.push_back({.name = "rate",
                     .type = OptionType::kInteger,
                     .doc = "Records per second of event time, over all partitions.",
                     .default_value = Value::Int64(1000),
                     .min = 1,
                     .example = "10_000"});
  options.push_back({.name = "history",
                     .type = OptionType::kDuration,
                     .doc = "Begin so long before now: the past at full speed, then live.",
                     .default_value = Value::Duration(0),
                     .min = 0,
                     .example = "45m"});
  options.push_back({.name = "start",
                     .doc = "Event time of the first record, instead of history.",
                     .example = "\"2026-01-01T00:00:00Z\""});
  options.push_back(
      Share("duplicates", "Share of records that repeat an earlier one byte for byte."));
  options.push_back(
      Share("late", "Share of records that happened 10 to 25 minutes before their turn."));
  options.push_back(Share("invalid", "Share of records that must be rejected, of several kinds."));
  options.push_back({.name = "partitions",
                     .type = OptionType::kInteger,
                     .doc = "Partitions; each has its own part of the users.",
                     .default_value = Value::Int64(1),
                     .min = 1,
                     .max = 1024,
                     .example = "4"});
  options.push_back(DriftOption());
  return options;
}

}  // namespace

ConnectorSpec GeneratorConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "generator";
  spec.doc =
      "Made-up records in JSON, the same for the same seed. The model ecommerce is a shop: users "
      "in "
      "four tiers visit, view, search and buy; `events` are their actions, `transactions` their "
      "payments, `users` the table of their tiers. Each record has the event time that its number "
      "and "
      "the rate give it, and a live source hands it out when the clock is there.";
  SourceRole source;
  source.options = SourceOptions();
  source.make = [](const SourceRequest& request) -> Result<std::unique_ptr<SourceConnector>> {
    return std::unique_ptr<SourceConnector>(new GeneratorSource(request));
  };
  source.bounded = true;
  spec.source = std::move(source);
  TableRole table;
  table.options = RecordOptions();
  table.make = [](const TableRequest& request) -> Result<std::unique_ptr<TableConnector>> {
    return std::unique_ptr<TableConnector>(new GeneratorTable(request));
  };
  spec.table = std::move(table);
  spec.examples = {
      "from generator(rate: 100, seed: 1)",
      "from generator(model: \"ecommerce\", stream: \"events\", history: 45m, rate: 10_000, seed: "
      "42)",
      "from generator(model: \"ecommerce\", count: 1_000_000, duplicates: 0.01, invalid: 0.005)",
  };
  return spec;
}

}  // namespace weir
