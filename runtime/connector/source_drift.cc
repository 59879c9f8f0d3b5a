#include "runtime/connector/source_drift.h"

namespace weir {
namespace {

constexpr Micros kDefaultDrift = 5 * 60 * kMicrosPerSecond;

}  // namespace

OptionSpec DriftOption() {
  return {.name = "drift",
          .type = OptionType::kDuration,
          .doc = "A partition further ahead in event time than this of the slowest one is paused.",
          .default_value = Value::Duration(kDefaultDrift),
          .min = kMicrosPerSecond,
          .example = "1h"};
}

Micros DriftOf(const ConnectorOptions& options) { return options.GetInt64("drift", kDefaultDrift); }

}  // namespace weir
