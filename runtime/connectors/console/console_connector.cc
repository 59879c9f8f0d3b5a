#include "runtime/connectors/console/console_connector.h"

#include <unistd.h>

#include "runtime/connectors/console/console_sink.h"

namespace weir {

ConnectorSpec ConsoleConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "console";
  spec.doc =
      "Prints rows to standard output as they come: a line of JSON each, or aligned columns. "
      "Deletes "
      "of an upsert stream are marked.";
  SinkRole role;
  role.options = {
      {.name = "format",
       .type = OptionType::kEnum,
       .doc = "One JSON object a line, or columns with a header.",
       .default_value = Value::String("json"),
       .choices = {"json", "table"},
       .example = "\"table\""},
      {.name = "limit",
       .type = OptionType::kInteger,
       .doc = "Print only so many rows; the rest is counted and the count printed at the end.",
       .min = 0,
       .example = "100"}};
  role.make = [](const SinkRequest& request) -> Result<std::unique_ptr<SinkConnector>> {
    return std::unique_ptr<SinkConnector>(new ConsoleSink(request, STDOUT_FILENO));
  };
  role.guarantee = SinkGuarantee::kBestEffort;  // for eyes
  role.upsert = UpsertSupport::kAlways;
  spec.sink = std::move(role);
  spec.examples = {"to console()", "to console(format: \"table\", limit: 100)"};
  return spec;
}

}  // namespace weir
