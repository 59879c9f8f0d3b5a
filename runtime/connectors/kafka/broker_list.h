#pragma once

#include <string_view>

#include "runtime/base/status.h"

namespace weir {

/// Whether `brokers` is `host:port` with commas between, as the option has to be: a port may be
/// missing, an IPv6 address stands in brackets. librdkafka takes anything: it would cut a port to
/// 16 bits, and wait for ever where there is none to ask.
Status CheckBrokerList(std::string_view brokers);

}  // namespace weir
