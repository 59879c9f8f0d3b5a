#include "runtime/connectors/parquet/parquet_connector.h"

#include "runtime/connector/sink_options.h"

namespace weir {
namespace {

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "path",
       .doc = "Folder or s3:// prefix.",
       .required = true,
       .example = "\"data/lake\""},
      {.name = "partition",
       .doc = "Folder below path, a text per row.",
       .per_row = true,
       .example = "f\"day={date(at)}\""},
      {.name = "compression",
       .type = OptionType::kEnum,
       .doc = "Codec of pages.",
       .default_value = Value::String("zstd"),
       .choices = {"none", "snappy", "zstd"},
       .example = "\"zstd\""},
      LanesOption(),
  };
}

}  // namespace

ConnectorSpec ParquetConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "parquet";
  spec.doc = "Parquet files in a folder or bucket, partitioned by the values of a row.";
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kExactlyOnce;
  spec.sink->upsert = UpsertSupport::kNone;
  spec.examples = {
      "to parquet(path: \"data/lake\", partition: f\"day={date(at)}\", compression: \"zstd\")",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "Parquet connector.";
  return spec;
}

}  // namespace weir
