#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

ConnectorSpec KafkaConnectorSpec();

}  // namespace weir
