#include "runtime/connectors/http/http_connector.h"

#include "runtime/base/clock.h"

namespace weir {
namespace {

std::vector<OptionSpec> SourceOptions() {
  return {
      {.name = "listen",
       .doc = "Address and port to listen on.",
       .required = true,
       .example = "\"0.0.0.0:8080\""},
      {.name = "path",
       .doc = "Path of the requests.",
       .default_value = Value::String("/"),
       .example = "\"/collect\""},
      {.name = "max_body",
       .type = OptionType::kSize,
       .doc = "A larger request is refused.",
       .default_value = Value::Int64(1 << 20),
       .min = 1,
       .example = "256KiB"},
      {.name = "token",
       .doc = "Bearer token that requests must carry.",
       .secret = true,
       .example = "$collector_token"},
  };
}

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "url",
       .doc = "Where to post.",
       .required = true,
       .example = "\"https://example.com/hook\""},
      {.name = "method",
       .type = OptionType::kEnum,
       .doc = "Request method.",
       .default_value = Value::String("POST"),
       .choices = {"POST", "PUT"},
       .example = "\"PUT\""},
      {.name = "token", .doc = "Bearer token to send.", .secret = true, .example = "$hook_token"},
      {.name = "timeout",
       .type = OptionType::kDuration,
       .doc = "How long one request may take.",
       .default_value = Value::Duration(10 * kMicrosPerSecond),
       .min = 1000,
       .example = "10s"},
  };
}

}  // namespace

ConnectorSpec HttpConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "http";
  spec.doc =
      "A source that takes rows from POST requests and answers once they are safe; a sink "
      "that posts batches with an Idempotency-Key.";
  spec.source.emplace();
  spec.source->options = SourceOptions();
  spec.source->replayable = false;
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kAtLeastOnce;
  spec.sink->upsert = UpsertSupport::kNone;
  spec.examples = {
      "from http(listen: \"0.0.0.0:8080\", path: \"/collect\", max_body: 256KiB)",
      "to http(url: \"https://example.com/hook\", token: $hook_token)",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "HTTP connector.";
  return spec;
}

}  // namespace weir
