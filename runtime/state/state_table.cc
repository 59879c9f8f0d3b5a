#include "runtime/state/state_table.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kFirstSlots = 16;
constexpr size_t kFirstChunk = 16 * 1024;
constexpr size_t kLargestChunk = 1024 * 1024;

}  // namespace

StateTable::StateTable(size_t value_size, Destroy destroy)
    : value_size_((value_size + 15) & ~size_t{15}), destroy_(std::move(destroy)) {}

StateTable::~StateTable() {
  if (destroy_ == nullptr) return;
  ForEach([this](uint8_t* value) { destroy_(value); });
}

std::string_view StateTable::KeyOf(const uint8_t* value) {
  const Header* header = HeaderOf(value);
  return {reinterpret_cast<const char*>(value) - sizeof(Header) - header->key_size,
          header->key_size};
}

bool StateTable::Matches(const Slot& slot, std::string_view key, uint64_t hash) const {
  if (slot.hash != hash || slot.header->key_size != key.size()) return false;
  const std::string_view stored = KeyOf(ValueOf(slot.header));
  return stored == key;
}

uint8_t* StateTable::Find(std::string_view key, uint64_t hash) const {
  const Part& part = parts_[PartOf(hash)];
  if (part.slots.empty()) return nullptr;
  const size_t mask = part.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = part.slots[i];
    if (slot.header == nullptr) return nullptr;
    if (Matches(slot, key, hash)) return ValueOf(slot.header);
  }
}

uint8_t* StateTable::FindOrCreate(std::string_view key, uint64_t hash, bool& created) {
  Part& part = parts_[PartOf(hash)];
  if (part.used * 3 >= part.slots.size() * 2) Grow(part);
  const size_t mask = part.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = part.slots[i];
    if (slot.header == nullptr) {
      slot = {hash, NewBlock(key, hash)};
      ++part.used;
      ++size_;
      created = true;
      return ValueOf(slot.header);
    }
    if (Matches(slot, key, hash)) {
      created = false;
      return ValueOf(slot.header);
    }
  }
}

void StateTable::FindOrCreate(const KeyEncoder& keys, const RowSet& rows, uint8_t** values,
                              std::vector<uint8_t*>& created) {
  // The index and the blocks of large tables are cold: fetch a few rows ahead.
  constexpr uint32_t kAhead = 8;
  const uint32_t count = rows.count();
  for (uint32_t i = 0; i < count; ++i) {
    if (i + kAhead < count) {
      const uint64_t hash = keys.hash(rows[i + kAhead]);
      const Part& part = parts_[PartOf(hash)];
      if (!part.slots.empty()) __builtin_prefetch(&part.slots[hash & (part.slots.size() - 1)]);
    }
    if (i + kAhead / 2 < count) {
      const uint64_t hash = keys.hash(rows[i + kAhead / 2]);
      const Part& part = parts_[PartOf(hash)];
      if (!part.slots.empty()) {
        __builtin_prefetch(part.slots[hash & (part.slots.size() - 1)].header);
      }
    }
    const RowIndex row = rows[i];
    bool is_new = false;
    values[row] = FindOrCreate(keys.key(row), keys.hash(row), is_new);
    if (is_new) created.push_back(values[row]);
  }
}

// A block is [key][header][value]: the key ends where the header starts.
StateTable::Header* StateTable::NewBlock(std::string_view key, uint64_t hash) {
  const size_t key_room = (key.size() + 15) & ~size_t{15};
  const size_t size = key_room + sizeof(Header) + value_size_;
  const size_t size_class = size / 16;
  uint8_t* block = nullptr;
  if (size_class < free_.size() && !free_[size_class].empty()) {
    block = reinterpret_cast<uint8_t*>(free_[size_class].back());
    free_[size_class].pop_back();
  } else {
    if (size > left_) {
      const size_t next = std::clamp(chunk_bytes_ / 2, kFirstChunk, kLargestChunk);
      const size_t bytes = std::max(size, next);
      chunks_.emplace_back(new uint8_t[bytes + 15]);
      const auto start = reinterpret_cast<uintptr_t>(chunks_.back().get());
      cursor_ = chunks_.back().get() + ((16 - start % 16) % 16);
      left_ = bytes;
      chunk_bytes_ += bytes;
    }
    block = cursor_;
    cursor_ += size;
    left_ -= size;
  }
  // A stage without keys has one empty key, which may point nowhere.
  if (!key.empty()) std::memcpy(block + key_room - key.size(), key.data(), key.size());
  auto* header = reinterpret_cast<Header*>(block + key_room);
  *header = Header{hash, static_cast<uint32_t>(key.size()), 0, 0, 0, 0};
  std::memset(ValueOf(header), 0, value_size_);
  return header;
}

void StateTable::FreeBlock(Header* header) {
  const size_t key_room = (header->key_size + size_t{15}) & ~size_t{15};
  const size_t size_class = (key_room + sizeof(Header) + value_size_) / 16;
  if (size_class >= free_.size()) free_.resize(size_class + 1);
  free_[size_class].push_back(
      reinterpret_cast<Header*>(reinterpret_cast<uint8_t*>(header) - key_room));
}

void StateTable::Grow(Part& part) {
  std::vector<Slot> old = std::move(part.slots);
  part.slots.assign(old.empty() ? kFirstSlots : old.size() * 2, Slot{});
  const size_t mask = part.slots.size() - 1;
  for (const Slot& slot : old) {
    if (slot.header == nullptr) continue;
    size_t i = slot.hash & mask;
    while (part.slots[i].header != nullptr) i = (i + 1) & mask;
    part.slots[i] = slot;
  }
}

// Backward-shift deletion (Knuth, TAOCP 3, 6.4, algorithm R): no tombstones.
void StateTable::RemoveSlot(Part& part, size_t index) {
  const size_t mask = part.slots.size() - 1;
  size_t hole = index;
  for (size_t i = (hole + 1) & mask; part.slots[i].header != nullptr; i = (i + 1) & mask) {
    const size_t home = part.slots[i].hash & mask;
    if (((i - home) & mask) >= ((i - hole) & mask)) {
      part.slots[hole] = part.slots[i];
      hole = i;
    }
  }
  part.slots[hole] = Slot{};
  --part.used;
}

void StateTable::Erase(uint8_t* value) {
  Header* header = HeaderOf(value);
  Part& part = parts_[PartOf(header->hash)];
  const size_t mask = part.slots.size() - 1;
  size_t i = header->hash & mask;
  while (part.slots[i].header != header) i = (i + 1) & mask;
  RemoveSlot(part, i);
  --size_;
  if (destroy_ != nullptr) destroy_(value);
  if (header->committed != 0) erased_.emplace_back(KeyOf(value), header->hash);
  if (header->dirty == 0) {
    FreeBlock(header);
    return;
  }
  header->erased = 1;
  ++dirty_erased_;
  // Between rare snapshots the list would hold every row that ever lived.
  if (dirty_erased_ > 1024 && dirty_erased_ * 2 > dirty_.size()) CompactDirty();
}

void StateTable::AddDirty(Header* header) {
  header->dirty = 1;
  dirty_.push_back(header);
}

void StateTable::CompactDirty() {
  size_t kept = 0;
  for (Header* header : dirty_) {
    if (header->erased != 0) {
      FreeBlock(header);
    } else {
      dirty_[kept++] = header;
    }
  }
  dirty_.resize(kept);
  dirty_erased_ = 0;
}

StateTable::Changes StateTable::TakeChanges() {
  if (!tracking_) {
    tracking_ = true;
    ForEach([this](uint8_t* value) { AddDirty(HeaderOf(value)); });
  }
  CompactDirty();
  Changes changes;
  changes.erased = std::move(erased_);
  erased_.clear();
  changes.updated.reserve(dirty_.size());
  for (Header* header : dirty_) {
    header->dirty = 0;
    header->committed = 1;
    changes.updated.push_back(ValueOf(header));
  }
  dirty_.clear();
  return changes;
}

std::vector<std::pair<uint32_t, std::string>> StateTable::CommittedKeys() const {
  std::vector<std::pair<uint32_t, std::string>> keys;
  if (!tracking_) return keys;
  ForEach([&](uint8_t* value) {
    if (HeaderOf(value)->committed != 0) keys.emplace_back(KeyGroup(value), KeyOf(value));
  });
  for (const auto& [key, hash] : erased_) keys.emplace_back(KeyGroupOf(hash), key);
  return keys;
}

size_t StateTable::ByteSize() const {
  size_t bytes = chunk_bytes_;
  for (const Part& part : parts_) bytes += part.slots.size() * sizeof(Slot);
  return bytes;
}

}  // namespace weir
