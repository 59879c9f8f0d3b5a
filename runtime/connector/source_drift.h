#pragma once

#include "runtime/base/clock.h"
#include "runtime/connector/connector_spec.h"

namespace weir {

/// The option `drift` of every source with partitions: how far one may be ahead of the slowest
/// before it is paused (guarantees.md rule 23).
OptionSpec DriftOption();
/// Its value, or the default where a connector doesn't have the option.
Micros DriftOf(const ConnectorOptions& options);

}  // namespace weir
