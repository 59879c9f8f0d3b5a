#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

ConnectorSpec RedisConnectorSpec();

}  // namespace weir
