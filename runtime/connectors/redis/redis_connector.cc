#include "runtime/connectors/redis/redis_connector.h"

#include "runtime/base/clock.h"
#include "runtime/connector/sink_options.h"

namespace weir {
namespace {

std::vector<OptionSpec> SinkOptions() {
  return {
      {.name = "url",
       .doc = "Address.",
       .default_value = Value::String("redis://localhost:6379"),
       .example = "\"redis://cache:6379\""},
      {.name = "password", .doc = "Password.", .secret = true, .example = "$redis_password"},
      {.name = "key",
       .doc = "Key of the entry, a text per row.",
       .per_row = true,
       .example = "f\"user:{user_id}\""},
      {.name = "type",
       .type = OptionType::kEnum,
       .doc = "hash: a field per column; string: one value; publish: the row as JSON to a channel.",
       .default_value = Value::String("hash"),
       .choices = {"hash", "string", "json", "publish"},
       .example = "\"hash\""},
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
      {.name = "channel", .doc = "Channel to publish to.", .example = "\"invalidate\""},
      LanesOption(),
  };
}

}  // namespace

ConnectorSpec RedisConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "redis";
  spec.doc =
      "Entries of Redis as a cache that is written through: absolute values, so writing one "
      "again changes nothing.";
  spec.sink.emplace();
  spec.sink->options = SinkOptions();
  spec.sink->guarantee = SinkGuarantee::kEffectivelyOnce;
  spec.sink->upsert = UpsertSupport::kAlways;
  spec.examples = {
      "to redis(url: $redis_url, key: f\"session:{session_id}\", type: \"hash\", ttl: 30m)",
      "to redis(url: $redis_url, key: f\"tier:{user_id}\", type: \"string\", value: user_tier)",
      "to redis(url: $redis_url, channel: \"invalidate\", type: \"publish\")",
  };
  spec.available_from =
      "Its options are known, so a pipeline that uses it checks; running it comes with the "
      "Redis connector.";
  return spec;
}

}  // namespace weir
