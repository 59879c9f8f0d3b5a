#include "runtime/connectors/file/file_connector.h"

#include "runtime/connector/source_drift.h"
#include "runtime/connectors/file/file_places.h"
#include "runtime/connectors/file/file_source.h"
#include "runtime/connectors/file/file_table.h"
#include "runtime/connectors/file/part_file_sink.h"
#include "runtime/connectors/file/single_file_sink.h"

namespace weir {
namespace {

std::vector<OptionSpec> PlaceOptions(std::string path_doc, std::string path_example) {
  return {
      {.name = "path", .doc = std::move(path_doc), .example = std::move(path_example)},
      {.name = "dir",
       .doc = "Instead of path: a root folder; topic, table or the declared name is the part below "
              "it.",
       .example = "\"data/tables\""},
      {.name = "topic",
       .doc = "With dir: the folder or file below it.",
       .example = "\"user_events\""},
      {.name = "table", .doc = "With dir: the folder or file below it.", .example = "\"users\""},
      {.name = "format",
       .type = OptionType::kEnum,
       .doc = "Format of the lines, where no `format` clause says it; else by the file's suffix.",
       .choices = {"json", "csv", "raw"},
       .example = "\"csv\""},
  };
}

SourceRole MakeSourceRole() {
  SourceRole role;
  role.options = PlaceOptions(
      "A file, a folder or a glob; each file is a partition. gzip and zstd are recognised.",
      "\"events-*.jsonl.gz\"");
  role.options.push_back(
      {.name = "tail",
       .type = OptionType::kBool,
       .doc = "Follow files as they grow, without end. Not for compressed files.",
       .default_value = Value::Bool(false),
       .example = "true"});
  role.options.push_back(DriftOption());
  role.make = [](const SourceRequest& request) -> Result<std::unique_ptr<SourceConnector>> {
    return std::unique_ptr<SourceConnector>(new FileSource(request));
  };
  role.bounded = true;
  role.reads = FilePlacesRead;
  return role;
}

SinkRole MakeSinkRole() {
  SinkRole role;
  role.options = PlaceOptions(
      "Folder for files part-<incarnation>-<lane>-<unit>; with `single`, the file.", "\"out\"");
  role.options.push_back({.name = "single",
                          .type = OptionType::kBool,
                          .doc = "One file for all rows, complete when the run has ended.",
                          .default_value = Value::Bool(false),
                          .example = "true"});
  role.options.push_back({.name = "compression",
                          .type = OptionType::kEnum,
                          .doc = "How files are packed; adds .gz or .zst to the names of parts.",
                          .default_value = Value::String("none"),
                          .choices = {"none", "gzip", "zstd"},
                          .example = "\"zstd\""});
  role.make = [](const SinkRequest& request) -> Result<std::unique_ptr<SinkConnector>> {
    WEIR_ASSIGN(FileSinkSettings settings, FileSinkSettings::From(request));
    if (request.options->GetBool("single")) {
      return std::unique_ptr<SinkConnector>(new SingleFileSink(std::move(settings)));
    }
    return std::unique_ptr<SinkConnector>(new PartFileSink(std::move(settings)));
  };
  role.upsert = UpsertSupport::kAlways;
  role.writes = FilePlaceWritten;
  return role;
}

TableRole MakeTableRole() {
  TableRole role;
  role.options = PlaceOptions("A file, a folder or a glob.", "\"users.csv\"");
  role.make = [](const TableRequest& request) -> Result<std::unique_ptr<TableConnector>> {
    return std::unique_ptr<TableConnector>(new FileTable(request));
  };
  role.reads = FilePlacesRead;
  return role;
}

}  // namespace

ConnectorSpec FileConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "file";
  spec.doc =
      "Lines of files. A source ends with its files unless `tail` is set; the offset of a record "
      "is "
      "the byte at which its line starts. A sink writes a folder of parts, each of which appears "
      "complete by a rename. Rows of an upsert stream are appended in order; a delete is "
      "{\"_deleted\":true, key columns} (csv: a last column _deleted).";
  spec.source = MakeSourceRole();
  spec.sink = MakeSinkRole();
  spec.table = MakeTableRole();
  spec.examples = {
      "from file(path: \"events-*.jsonl\")",
      "from file(path: \"/var/log/shop.jsonl\", tail: true)",
      "from file(dir: \"data/tables\", format: \"csv\")",
      "to file(path: \"out/sessions\", compression: \"zstd\")",
      "to file(path: \"report.csv\", single: true) format csv",
  };
  return spec;
}

}  // namespace weir
