#include "runtime/state/state_delta.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr size_t kFirstChunk = 1024;
constexpr size_t kLargestChunk = 1024 * 1024;
constexpr size_t kLongestHeader = 2 + 5 + 5;
constexpr size_t kLongest = size_t{1} << 31;

// An entry is [key group, kPrefix: 2][key size][value size + 1, 0: delete][key][value].
char* PutVarint(char* at, uint32_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<char>(value);
  return at;
}

uint32_t GetVarint(const char*& at) {
  uint32_t value = 0;
  for (uint32_t shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*at++);
    value |= static_cast<uint32_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

}  // namespace

void SlotChanges::Append(uint32_t key_group, std::string_view key, const char* value,
                         size_t value_size, bool deleted) {
  WEIR_CHECK(key.size() < kLongest && value_size < kLongest, "entry of {} + {} bytes in slot {}",
             key.size(), value_size, slot_);
  const size_t room = kLongestHeader + key.size() + value_size;
  // A chunk that a copy has too is continued by neither.
  if (chunks_.empty() || chunks_.back().size - chunks_.back().used < room ||
      chunks_.back().bytes.use_count() > 1) {
    const size_t size = std::max(room, std::clamp(chunk_bytes_, kFirstChunk, kLargestChunk));
    chunks_.push_back({std::shared_ptr<char[]>(new char[size]), 0, size});
    chunk_bytes_ += size;
  }
  Chunk& chunk = chunks_.back();
  char* const entry = chunk.bytes.get() + chunk.used;
  const auto group = static_cast<uint16_t>(key_group);
  std::memcpy(entry, &group, sizeof(group));
  char* at = PutVarint(entry + sizeof(group), static_cast<uint32_t>(key.size()));
  at = PutVarint(at, deleted ? 0 : static_cast<uint32_t>(value_size) + 1);
  if (!key.empty()) std::memcpy(at, key.data(), key.size());
  at += key.size();
  if (value_size != 0) std::memcpy(at, value, value_size);
  at += value_size;
  chunk.used += static_cast<size_t>(at - entry);
  ++size_;
  bytes_ += key.size() + value_size;
}

void SlotChanges::Skip(const char*& at) {
  at += sizeof(uint16_t);
  const uint32_t key_size = GetVarint(at);
  const uint32_t value_size = GetVarint(at);
  at += key_size + (value_size == 0 ? 0 : value_size - 1);
}

StateChange SlotChanges::Read(const char* entry) {
  uint16_t group = 0;
  std::memcpy(&group, entry, sizeof(group));
  const char* at = entry + sizeof(group);
  const uint32_t key_size = GetVarint(at);
  const uint32_t value_size = GetVarint(at);
  StateChange change{group & ~kPrefix, {at, key_size}, std::nullopt, (group & kPrefix) != 0};
  if (value_size != 0) change.value = std::string_view(at + key_size, value_size - 1);
  return change;
}

SlotChanges& StateDelta::Slot(std::string_view slot) {
  // An operator has a few slots and mostly stays in one.
  for (auto changes = slots.rbegin(); changes != slots.rend(); ++changes) {
    if (changes->slot() == slot) return *changes;
  }
  return slots.emplace_back(std::string(slot));
}

bool StateDelta::empty() const { return size() == 0; }

size_t StateDelta::size() const {
  size_t entries = 0;
  for (const SlotChanges& changes : slots) entries += changes.size();
  return entries;
}

size_t StateDelta::bytes() const {
  size_t bytes = 0;
  for (const SlotChanges& changes : slots) bytes += changes.bytes();
  return bytes;
}

}  // namespace weir
