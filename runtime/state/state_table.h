#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "runtime/base/hash.h"
#include "runtime/state/state_access.h"
#include "runtime/vector/key_encoder.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// How much one call may write of what was sealed: a call between two batches must be short. A row
/// counts its bytes and a little for itself, so that the same rows are written whatever the clock
/// says.
class SliceBudget {
 public:
  /// Some hundred microseconds: a third of what a batch takes.
  static constexpr size_t kSlice = 96 * 1024;
  static constexpr size_t kPerRow = 64;

  explicit SliceBudget(size_t bytes) : left_(bytes) {}
  static SliceBudget Unlimited() { return SliceBudget(SIZE_MAX); }
  bool spent() const { return left_ == 0; }
  void Take(size_t bytes) { left_ -= std::min(left_, bytes + kPerRow); }

 private:
  size_t left_;
};

/// Hot keyed rows of one operator instance: encoded key -> a fixed-size block of memory at a
/// stable, 16-byte aligned address. Open addressing in 16 parts by hash, so that growth never moves
/// more than a sixteenth of the index at once. One thread.
///
/// The owner gives meaning to the blocks: it initialises them when `created` and has them
/// destroyed by the hook. A table that is `Track`ed lists what changes. At a barrier `Seal` sets
/// the list aside in no time; `WriteSealed` writes it in slices, and a row that is about to change
/// before its turn is written first. So the rule for owners: a row counts as changed from
/// FindOrCreate, FindToChange or MarkDirty on, and none of its bytes (nor what it points to) may
/// change between Seal and one of these.
class StateTable {
 public:
  using Destroy = std::function<void(uint8_t* value)>;
  /// How the rows of a table are stored: entries of `slot`, their keys behind `key_prefix`.
  struct Stored {
    std::string slot;
    std::string key_prefix;
    std::function<void(const uint8_t* value, std::string& out)> serialize;
    /// Tests: a row that changes between Seal and its being written fails a WEIR_CHECK.
    bool verify = false;
  };

  explicit StateTable(size_t value_size, Destroy destroy = nullptr);
  ~StateTable();
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;

  /// Before the first row. Without it nothing is listed, and changes cost nothing.
  void Track(Stored stored);

  /// Null when absent.
  const uint8_t* Find(std::string_view key, uint64_t hash) const { return Lookup(key, hash); }
  uint8_t* FindToChange(std::string_view key, uint64_t hash);
  /// Zeroed memory when `created`. The row counts as changed.
  uint8_t* FindOrCreate(std::string_view key, uint64_t hash, bool& created);
  /// For each row its block in `values[row]`; blocks made for it are appended to `created`. All
  /// count as changed.
  void FindOrCreate(const KeyEncoder& keys, const RowSet& rows, uint8_t** values,
                    std::vector<uint8_t*>& created);
  /// Restores a row as the last commit has it: it does not count as changed. Zeroed memory.
  uint8_t* AddCommitted(std::string_view key, uint64_t hash);
  /// The block must not be used afterwards.
  void Erase(uint8_t* value);

  size_t size() const { return size_; }
  /// Bytes of blocks and index; without what blocks point to.
  size_t ByteSize() const;

  static std::string_view KeyOf(const uint8_t* value);
  static uint64_t HashOf(const uint8_t* value) { return HeaderOf(value)->hash; }
  static uint32_t KeyGroup(const uint8_t* value) { return KeyGroupOf(HashOf(value)); }

  /// Before the change.
  void MarkDirty(uint8_t* value) {
    Header* header = HeaderOf(value);
    if (header->generation != current_) Touch(header);
  }

  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (const Part& part : parts_) {
      for (const Slot& slot : part.slots) {
        if (slot.header != nullptr && slot.header->erased == 0) visit(ValueOf(slot.header));
      }
    }
  }

  /// What has changed since the last Seal goes to `out`, which must live until WriteSealed has
  /// returned true; not before the last Seal's has.
  void Seal(StateWriter* out);
  /// Writes on within the budget; true when all is written.
  bool WriteSealed(SliceBudget& budget);
  /// Writes the rest of what was sealed, then into `deletes` the end of every entry that a commit
  /// has or will have: before a table is dropped whole.
  void Drop(SlotChanges& deletes);

 private:
  struct Header {
    uint64_t hash;
    uint32_t key_size;
    uint8_t generation;  ///< of the list of changes it is in; 0: of none
    uint8_t committed;   ///< written for a commit: its erasure must be written too
    uint8_t erased;      ///< stays until that is done; when not committed, until its list is passed
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
  uint8_t* Lookup(std::string_view key, uint64_t hash) const;
  Header* NewBlock(std::string_view key, uint64_t hash);
  void FreeBlock(Header* header);
  void RemoveFromIndex(const Header* header);
  void RemoveSlot(Part& part, size_t index);
  static void Grow(Part& part);

  bool IsSealed(const Header* header) const {
    return header->generation != 0 && header->generation != current_;
  }
  void Touch(Header* header);
  void Revive(Header* header);
  /// What is sealed of the row goes out.
  void Write(Header* header, SliceBudget& budget);
  void CheckUnchanged(const Header* header, const std::string& value);
  std::string_view StoredKey(std::string_view key);
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

  Stored stored_;
  /// Alternates between 1 and 2; 0: not tracked, and all rows have 0.
  uint8_t current_ = 0;
  std::vector<Header*> dirty_;   ///< generation current_
  size_t dirty_gone_ = 0;        ///< of dirty_: erased without having been committed
  std::vector<Header*> sealed_;  ///< from next_sealed_ on, those of the other generation
  size_t next_sealed_ = 0;
  StateWriter* out_ = nullptr;  ///< null: nothing is sealed
  std::string key_, value_;     ///< scratch
  std::unordered_map<const Header*, std::string> expected_;  ///< stored_.verify
};

}  // namespace weir
