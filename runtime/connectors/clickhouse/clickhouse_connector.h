#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

ConnectorSpec ClickhouseConnectorSpec();

}  // namespace weir
