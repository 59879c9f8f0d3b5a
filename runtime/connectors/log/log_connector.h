#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

ConnectorSpec LogConnectorSpec();

}  // namespace weir
