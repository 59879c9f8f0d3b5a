#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

/// Adds every connector and format of this build. Once, by the program's main (and by tests).
void RegisterAllConnectors(ConnectorRegistry& registry);

}  // namespace weir
