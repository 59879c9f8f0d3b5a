#pragma once

#include "runtime/connector/connector_spec.h"

namespace weir {

/// For connectors whose sources, tables and sinks name a `topic` (else the declared name) at
/// `brokers` or in `dir`: sets what they read and write, and that a topic may be both.
void SetTopicPlaces(ConnectorSpec& spec);

}  // namespace weir
