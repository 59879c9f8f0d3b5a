#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/vector/key_encoder.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// Hot keyed rows of one operator instance: encoded key -> a fixed-size block of memory at a
/// stable, 16-byte aligned address. Open addressing in 16 parts by hash, so that growth never moves
/// more than a sixteenth of the index at once. One thread.
///
/// The owner gives meaning to the blocks: it initialises them when `created` and has them
/// destroyed by the hook. Changed rows are marked dirty; `TakeChanges` yields each once.
class StateTable {
 public:
  using Destroy = std::function<void(uint8_t* value)>;

  explicit StateTable(size_t value_size, Destroy destroy = nullptr);
  ~StateTable();
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;

  /// Null when absent.
  uint8_t* Find(std::string_view key, uint64_t hash) const;
  /// Zeroed memory when `created`.
  uint8_t* FindOrCreate(std::string_view key, uint64_t hash, bool& created);
  /// For each row its block in `values[row]`; blocks made for it are appended to `created`.
  void FindOrCreate(const KeyEncoder& keys, const RowSet& rows, uint8_t** values,
                    std::vector<uint8_t*>& created);
  /// The block must not be used afterwards.
  void Erase(uint8_t* value);

  size_t size() const { return size_; }
  /// Bytes of blocks and index; without what blocks point to.
  size_t ByteSize() const;

  static std::string_view KeyOf(const uint8_t* value);
  static uint64_t HashOf(const uint8_t* value) { return HeaderOf(value)->hash; }
  static uint32_t KeyGroup(const uint8_t* value) { return KeyGroupOf(HashOf(value)); }

  void MarkDirty(uint8_t* value) {
    Header* header = HeaderOf(value);
    if (tracking_ && header->dirty == 0) AddDirty(header);
  }

  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Part& part : parts_) {
      for (const Slot& slot : part.slots) {
        if (slot.header != nullptr) visit(ValueOf(slot.header));
      }
    }
  }

  struct Changes {
    std::vector<uint8_t*> updated;  ///< blocks, each once
    std::vector<std::pair<std::string, uint64_t>>
        erased;  ///< (key, hash) known to the last snapshot
  };
  /// What changed since the last call; the first time every row (changes are listed from then on,
  /// so that a job without checkpoints pays nothing). Write the erased before the updated: a key
  /// may be in both.
  Changes TakeChanges();
  /// (key group, key) of every row that the last snapshot knows, for a table that is dropped whole.
  std::vector<std::pair<uint32_t, std::string>> CommittedKeys() const;
  /// A restored row is known to the snapshot it came from.
  void MarkCommitted(uint8_t* value) {
    tracking_ = true;
    HeaderOf(value)->committed = 1;
  }

 private:
  struct Header {
    uint64_t hash;
    uint32_t key_size;
    uint8_t dirty;
    uint8_t committed;  ///< part of the last snapshot: its erasure must be written
    uint8_t erased;     ///< waits in the dirty list for its memory to be reused
    uint8_t unused;
  };
  static_assert(sizeof(Header) == 16);
  struct Slot {
    uint64_t hash = 0;
    Header* header = nullptr;
  };
  struct Part {
    std::vector<Slot> slots;
    size_t used = 0;
  };
  static constexpr size_t kParts = 16;

  static Header* HeaderOf(const uint8_t* value) {
    return reinterpret_cast<Header*>(const_cast<uint8_t*>(value) - sizeof(Header));
  }
  static uint8_t* ValueOf(Header* header) {
    return reinterpret_cast<uint8_t*>(header) + sizeof(Header);
  }
  // Key groups use the top 8 bits of the hash, parts the next 4, slots the low ones: a worker's
  // share of the key groups still spreads over all parts.
  static size_t PartOf(uint64_t hash) { return (hash >> 52) & (kParts - 1); }
  bool Matches(const Slot& slot, std::string_view key, uint64_t hash) const;
  Header* NewBlock(std::string_view key, uint64_t hash);
  void FreeBlock(Header* header);
  void RemoveSlot(Part& part, size_t index);
  static void Grow(Part& part);
  void AddDirty(Header* header);
  void CompactDirty();

  const size_t value_size_;  ///< rounded up to 16
  Destroy destroy_;
  Part parts_[kParts];
  size_t size_ = 0;

  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* cursor_ = nullptr;
  size_t left_ = 0;
  size_t chunk_bytes_ = 0;
  std::vector<std::vector<Header*>> free_;  ///< by block size / 16

  bool tracking_ = false;
  std::vector<Header*> dirty_;
  size_t dirty_erased_ = 0;
  std::vector<std::pair<std::string, uint64_t>> erased_;
};

}  // namespace weir
