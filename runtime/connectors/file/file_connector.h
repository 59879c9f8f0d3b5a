#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

ConnectorSpec FileConnectorSpec();

}  // namespace weir
