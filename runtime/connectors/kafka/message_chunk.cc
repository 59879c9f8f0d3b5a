#include "runtime/connectors/kafka/message_chunk.h"

#include <cstring>

#include "runtime/connector/record_headers.h"

namespace weir {
namespace {

constexpr uint8_t kHasKey = 1, kHasValue = 2;

template <typename Number>
void AppendNumber(Number number, std::string& chunk) {
  char bytes[sizeof(Number)];
  std::memcpy(bytes, &number, sizeof(Number));
  chunk.append(bytes, sizeof(Number));
}

template <typename Number>
bool TakeFixed(std::string_view& chunk, Number& number) {
  if (chunk.size() < sizeof(Number)) return false;
  std::memcpy(&number, chunk.data(), sizeof(Number));
  chunk.remove_prefix(sizeof(Number));
  return true;
}

void AppendPart(std::string_view part, std::string& chunk) {
  AppendNumber(static_cast<uint32_t>(part.size()), chunk);
  chunk += part;
}

bool TakePart(std::string_view& chunk, std::string_view& part) {
  uint32_t size = 0;
  if (!TakeFixed(chunk, size) || chunk.size() < size) return false;
  part = chunk.substr(0, size);
  chunk.remove_prefix(size);
  return true;
}

}  // namespace

void AppendMessage(const KafkaMessage& message, std::string& chunk) {
  const int flags = (message.has_key ? kHasKey : 0) | (message.has_value ? kHasValue : 0);
  AppendNumber(static_cast<uint8_t>(flags), chunk);
  AppendNumber(message.time_ms, chunk);
  if (message.has_key) AppendPart(message.key, chunk);
  if (message.has_value) AppendPart(message.value, chunk);
  if (message.routed_from.empty()) {
    AppendPart(message.headers, chunk);
    return;
  }
  std::string headers(message.headers);
  AppendRecordHeader(kRoutedFromHeader, message.routed_from, headers);
  AppendPart(headers, chunk);
}

bool NextMessage(std::string_view& chunk, KafkaMessage& message) {
  if (chunk.empty()) return false;
  std::string_view rest = chunk;
  uint8_t flags = 0;
  message = KafkaMessage();
  if (!TakeFixed(rest, flags) || !TakeFixed(rest, message.time_ms)) return false;
  message.has_key = (flags & kHasKey) != 0;
  message.has_value = (flags & kHasValue) != 0;
  if (message.has_key && !TakePart(rest, message.key)) return false;
  if (message.has_value && !TakePart(rest, message.value)) return false;
  if (!TakePart(rest, message.headers)) return false;
  chunk = rest;
  return true;
}

}  // namespace weir
