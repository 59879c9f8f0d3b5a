#include "runtime/state/state_table.h"

#include <algorithm>
#include <cstring>

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr size_t kFirstSlots = 16;
constexpr size_t kFirstChunk = 16 * 1024;
constexpr size_t kLargestChunk = 1024 * 1024;

}  // namespace

StateTable::StateTable(size_t value_size, Destroy destroy)
    : value_size_((value_size + 15) & ~size_t{15}), destroy_(std::move(destroy)) {}

StateTable::~StateTable() {
  if (cold_ != nullptr) {
    SliceBudget all = SliceBudget::Unlimited();
    Free(all);
    return;
  }
  if (destroy_ == nullptr) return;
  ForEach([this](uint8_t* value) { destroy_(value); });
}

bool StateTable::Free(SliceBudget& budget) {
  // Erased ones that no commit has are in no index.
  const auto is_loose = [](const Header* header) {
    return header->erased != 0 && header->committed == 0;
  };
  for (size_t i = next_sealed_; i < sealed_.size(); ++i) {
    if (IsSealed(sealed_[i]) && is_loose(sealed_[i])) FreeBlock(sealed_[i]);
  }
  for (Header* header : dirty_) {
    if (is_loose(header)) FreeBlock(header);
  }
  sealed_.clear();
  dirty_.clear();
  for (Part& part : parts_) {
    for (; !part.slots.empty(); part.slots.pop_back()) {
      if (budget.spent()) return false;
      Header* header = part.slots.back().header;
      if (header == nullptr) continue;
      budget.Take(0);
      if (header->erased == 0 && destroy_ != nullptr) destroy_(ValueOf(header));
      if (header->erased == 0) --size_;
      FreeBlock(header);
    }
    part = {};
  }
  return true;
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

void StateTable::Track(Stored stored) {
  WEIR_CHECK(size_ == 0, "slot {}: rows that nobody tracked", stored.slot);
  stored_ = std::move(stored);
  current_ = 1;
}

StateTable::Header* StateTable::HeaderAt(std::string_view key, uint64_t hash) const {
  const Part& part = parts_[PartOf(hash)];
  if (part.slots.empty()) return nullptr;
  const size_t mask = part.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    const Slot& slot = part.slots[i];
    if (slot.header == nullptr || Matches(slot, key, hash)) return slot.header;
  }
}

uint8_t* StateTable::Lookup(std::string_view key, uint64_t hash) const {
  Header* header = HeaderAt(key, hash);
  return header == nullptr || header->erased != 0 ? nullptr : ValueOf(header);
}

uint8_t* StateTable::FindToChange(std::string_view key, uint64_t hash) {
  uint8_t* value = Lookup(key, hash);
  if (value != nullptr) MarkDirty(value);
  return value;
}

uint8_t* StateTable::FindOrCreate(std::string_view key, uint64_t hash, bool& created) {
  Part& part = parts_[PartOf(hash)];
  if (part.used * 3 >= part.slots.size() * 2) Resize(part, part.slots.size() * 2);
  const size_t mask = part.slots.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    Slot& slot = part.slots[i];
    created = slot.header == nullptr;
    if (created) {
      slot = {hash, NewBlock(key, hash)};
      ++part.used;
      ++size_;
    } else if (!Matches(slot, key, hash)) {
      continue;
    }
    Header* header = slot.header;
    if (header->generation != current_) Touch(header);
    header->referenced = !created;
    if (header->erased != 0) {
      Revive(header);
      created = true;
    }
    return ValueOf(header);
  }
}

uint8_t* StateTable::AddCommitted(std::string_view key, uint64_t hash) {
  const uint8_t current = std::exchange(current_, uint8_t{0});
  bool created = false;
  uint8_t* value = FindOrCreate(key, hash, created);
  WEIR_CHECK(created, "slot {}: an entry was restored twice", stored_.slot);
  HeaderOf(value)->committed = 1;
  current_ = current;
  return value;
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
  if (cold_ != nullptr) {
    block = static_cast<uint8_t*>(::operator new(size));
    heap_bytes_ += size;
  } else if (size_class < free_.size() && !free_[size_class].empty()) {
    block = reinterpret_cast<uint8_t*>(free_[size_class].back());
    free_[size_class].pop_back();
    free_bytes_ -= size;
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
  *header = Header{};
  header->hash = hash;
  header->key_size = static_cast<uint32_t>(key.size());
  std::memset(ValueOf(header), 0, value_size_);
  return header;
}

size_t StateTable::BlockBytes(const Header* header) const {
  return ((header->key_size + size_t{15}) & ~size_t{15}) + sizeof(Header) + value_size_;
}

void StateTable::FreeBlock(Header* header) {
  const size_t key_room = (header->key_size + size_t{15}) & ~size_t{15};
  const size_t bytes = BlockBytes(header);
  uint8_t* block = reinterpret_cast<uint8_t*>(header) - key_room;
  if (cold_ != nullptr) {
    ::operator delete(block);
    heap_bytes_ -= bytes;
    return;
  }
  if (bytes / 16 >= free_.size()) free_.resize(bytes / 16 + 1);
  free_[bytes / 16].push_back(reinterpret_cast<Header*>(block));
  free_bytes_ += bytes;
}

/// When many rows have left.
void StateTable::ShrinkSparse(Part& part) {
  if (part.used == 0) {
    part.slots = {};
  } else if (part.slots.size() > kFirstSlots && part.used * 8 <= part.slots.size()) {
    Resize(part, part.slots.size() / 4);
  }
}

void StateTable::Resize(Part& part, size_t slots) {
  std::vector<Slot> old = std::move(part.slots);
  part.slots.assign(std::max(slots, kFirstSlots), Slot{});
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

void StateTable::RemoveFromIndex(const Header* header) {
  Part& part = parts_[PartOf(header->hash)];
  const size_t mask = part.slots.size() - 1;
  size_t i = header->hash & mask;
  while (part.slots[i].header != header) i = (i + 1) & mask;
  RemoveSlot(part, i);
}

void StateTable::Erase(uint8_t* value) {
  Header* header = HeaderOf(value);
  if (header->generation != current_) Touch(header);
  --size_;
  if (destroy_ != nullptr) destroy_(value);
  if (header->committed != 0) {
    header->erased = 1;  // stays in the index: the same key may come back before it is written
    return;
  }
  RemoveFromIndex(header);
  if (current_ == 0) {
    FreeBlock(header);
    return;
  }
  header->erased = 1;
  ++dirty_gone_;
  // Between rare barriers the list would hold every row that ever lived.
  if (out_ == nullptr && dirty_gone_ > 1024 && dirty_gone_ * 2 > dirty_.size()) CompactDirty();
}

void StateTable::Touch(Header* header) {
  if (header->generation != 0) {
    SliceBudget budget = SliceBudget::Unlimited();
    Write(header, budget);
  }
  header->generation = current_;
  dirty_.push_back(header);
}

void StateTable::Revive(Header* header) {
  header->erased = 0;
  // The commit still has it as due then, if it has it.
  std::memset(ValueOf(header), 0, due_offset_ == 0 ? value_size_ : due_offset_);
  ++size_;
}

/// Not while something is sealed: the sealed list may have the same block.
void StateTable::CompactDirty() {
  size_t kept = 0;
  for (Header* header : dirty_) {
    if (header->erased != 0 && header->committed == 0) {
      FreeBlock(header);
    } else {
      dirty_[kept++] = header;
    }
  }
  dirty_.resize(kept);
  dirty_gone_ = 0;
}

void StateTable::Seal(StateWriter* out) {
  WEIR_CHECK(out_ == nullptr, "slot {}: sealed while {} rows of the last barrier wait",
             stored_.slot, sealed_.size() - next_sealed_);
  WEIR_CHECK(current_ != 0, "slot {}: sealed, but not tracked", stored_.slot);
  if (dirty_.empty()) return;
  sealed_.clear();
  sealed_.swap(dirty_);
  next_sealed_ = 0;
  dirty_gone_ = 0;
  current_ = current_ == 1 ? 2 : 1;
  out_ = out;
  if (!stored_.verify) return;
  for (const Header* header : sealed_) {
    if (header->erased == 0) {
      stored_.serialize(ValueOf(const_cast<Header*>(header)), expected_[header]);
    }
  }
}

bool StateTable::WriteSealed(SliceBudget& budget) {
  constexpr size_t kAhead = 8;
  if (out_ == nullptr) return true;
  while (next_sealed_ < sealed_.size()) {
    if (budget.spent()) return false;
    if (next_sealed_ + kAhead < sealed_.size()) {
      __builtin_prefetch(sealed_[next_sealed_ + kAhead]);
    }
    Header* header = sealed_[next_sealed_++];
    if (!IsSealed(header)) continue;  // has changed since, and was written before
    if (header->erased == 0) {
      Write(header, budget);
      header->generation = 0;
      continue;
    }
    if (header->committed != 0) {
      Write(header, budget);
      header->generation = 0;
      if (cold_ != nullptr) continue;  // known as erased until the commit has returned
      RemoveFromIndex(header);
    }
    // Was in no other list; the next row that is made may have its block.
    FreeBlock(header);
  }
  sealed_.clear();
  next_sealed_ = 0;
  out_ = nullptr;
  expected_.clear();
  return true;
}

std::string_view StateTable::StoredKey(std::string_view key) {
  if (stored_.key_prefix.empty()) return key;
  key_.assign(stored_.key_prefix);
  key_.append(key);
  return key_;
}

void StateTable::Write(Header* header, SliceBudget& budget) {
  const std::string_view key = StoredKey(KeyOf(ValueOf(header)));
  const uint32_t group = KeyGroupOf(header->hash);
  if (header->erased != 0) {
    if (header->committed != 0) out_->Delete(stored_.slot, group, key);
    budget.Take(key.size());
    if (due_offset_ != 0) WriteDue(ValueOf(header), group, kMaxTimestamp, budget);
    header->era = era_;
    if (cold_ == nullptr) {
      header->committed = 0;
    } else if (header->listed == 0) {
      header->listed = 1;
      tombstones_.push_back(header);
    }
    return;
  }
  value_.clear();
  stored_.serialize(ValueOf(header), value_);
  if (stored_.verify) CheckUnchanged(header, value_);
  out_->Put(stored_.slot, group, key, value_);
  if (due_offset_ != 0) WriteDue(ValueOf(header), group, cold_->DueOfStored(value_), budget);
  header->committed = 1;
  header->era = era_;
  stored_bytes_ = (stored_bytes_ * 15 + value_.size()) / 16;
  budget.Take(key.size() + value_.size());
}

void StateTable::CheckUnchanged(const Header* header, const std::string& value) {
  const auto expected = expected_.find(header);
  WEIR_CHECK(expected != expected_.end() && expected->second == value,
             "slot {}: a row changed after the barrier without having been marked before",
             stored_.slot);
}

void StateTable::Drop(SlotChanges& deletes) {
  WEIR_CHECK(!ever_due_, "slot {}: rows that are due can't go as a whole", stored_.slot);
  // A deleted range costs every later read a little, an entry only this commit.
  constexpr size_t kMostEntries = 4 * 1024;
  if (has_cold() || (cold_ != nullptr && size_ > kMostEntries)) {
    const StateReader& reader = cold_->reader();
    for (uint32_t group = reader.first_key_group(); group < reader.end_key_group(); ++group) {
      deletes.DeletePrefix(group, stored_.key_prefix);
    }
    return;
  }
  for (const Part& part : parts_) {
    for (const Slot& slot : part.slots) {
      const Header* header = slot.header;
      if (header == nullptr || (header->committed == 0 && !IsSealed(header))) continue;
      deletes.Delete(KeyGroupOf(slot.hash), StoredKey(KeyOf(ValueOf(slot.header))));
    }
  }
}

StateMemory StateTable::Memory() const {
  StateMemory memory;
  memory.total = ByteSize() - free_bytes_ - left_ + size_ * HeapBytes();
  memory.fixed = cold_ == nullptr ? memory.total : 0;
  const size_t listed = dirty_.size() + sealed_.size() - next_sealed_;
  const size_t rows = std::max(listed, size_);
  memory.dirty = rows == 0 ? 0 : memory.total / rows * listed;
  return memory;
}

size_t StateTable::ByteSize() const {
  size_t bytes = chunk_bytes_ + heap_bytes_;
  for (const Part& part : parts_) bytes += part.slots.size() * sizeof(Slot);
  return bytes;
}

}  // namespace weir
