#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/connectors/kafka/kafka_message.h"

namespace weir {

/// Appends a message to a chunk of the outbox, as it will be sent on every attempt: its time, key,
/// value and headers, each present part with a u32 size; `routed_from` becomes a header.
void AppendMessage(const KafkaMessage& message, std::string& chunk);

/// Takes the next message off `chunk`; its parts point into it. False at the end, or where it is
/// cut off (`chunk` is not empty then).
bool NextMessage(std::string_view& chunk, KafkaMessage& message);

}  // namespace weir
