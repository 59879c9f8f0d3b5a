#pragma once

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
#include "runtime/state/cold_rows.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"
#include "runtime/vector/key_encoder.h"
#include "runtime/vector/row_set.h"

namespace weir {

/// Bytes of a table or operator, about: what rows point to is estimated by what they are stored as.
struct StateMemory {
  size_t total = 0;
  size_t fixed = 0;  ///< of total: rows that can't leave memory
  size_t dirty = 0;  ///< of total: rows changed since they were last written

  void Add(const StateMemory& other) {
    total += other.total;
    fixed += other.fixed;
    dirty += other.dirty;
  }
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
///
/// With `MayLeave` rows that are clean and committed can leave memory (`Evict`; by second chance)
/// and are read back from the backend: `Load` before the rows of a batch are looked up. A row that
/// was written at a barrier stays until that commit has returned (`Committed`), and an erased row
/// stays known as such, so that what is read back is never older than what left. Blocks of such a
/// table are the heap's, so that what leaves one table is room for another.
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

  /// What the owner has to say to rows that leave and come back.
  struct Cold {
    std::shared_ptr<const StateReader> reader;
    /// Whether the backend may have rows of this table, from before it was made.
    bool stored = true;
    /// Makes a row of what `serialize` made of it; zeroed memory.
    std::function<Status(std::string_view value, uint8_t* row)> deserialize;
    /// Whether nobody holds on to the row; null: nobody ever does between two calls.
    std::function<bool(const uint8_t* row)> may_leave;
    /// The owner forgets the row before it goes, and knows it again after it came back; may be
    /// null.
    std::function<void(uint8_t* row)> leaves;
    std::function<void(uint8_t* row)> came_back;
    /// When the row must be in memory; null: when it is asked for. Of a stored value it is always
    /// the same; of a row it is that, or later while it `may_stay`.
    std::function<Micros(const uint8_t* row)> due;
    ColdRows::DueOf due_of_stored;
    /// Whether a stored row that is due need not come back as things are; null: it must.
    std::function<bool(std::string_view value)> may_stay;
  };

  struct KeyRef {
    std::string_view key;
    uint64_t hash = 0;
  };

  explicit StateTable(size_t value_size, Destroy destroy = nullptr);
  ~StateTable();
  StateTable(const StateTable&) = delete;
  StateTable& operator=(const StateTable&) = delete;

  /// Before the first row. Without it nothing is listed, and changes cost nothing.
  void Track(Stored stored);

  /// After Track, before the first row. What the backend has is read when it is asked for, and by a
  /// sweep.
  void MayLeave(Cold cold);
  /// Reads back the rows with these keys, in one sorted read; free while all rows are in memory.
  Status Load(const KeyEncoder& keys, const RowSet& rows) {
    return has_cold() ? LoadMissing(keys, rows) : Status::Ok();
  }
  Status Load(const std::vector<KeyRef>& keys);
  /// Rows may be in the backend only.
  bool has_cold() const { return cold_ != nullptr && cold_->any(); }
  /// Visits those of a key group, which stay there, in the order of their keys from `next` on,
  /// within the budget. False: the rest waits, from the new `next` on.
  Result<bool> ScanCold(uint32_t group, std::string& next, SliceBudget& budget,
                        const ColdRows::Visit& visit) const;
  /// Rows leave until about `bytes` are free, or many have been looked at; returns the bytes. Not
  /// while the owner uses rows.
  size_t Evict(size_t bytes) {
    size_t looks = kMostLooked;
    return Evict(bytes, looks);
  }
  /// Looks at `looks` rows at most, and takes off what it has.
  size_t Evict(size_t bytes, size_t& looks);
  static constexpr size_t kMostLooked = 16 * 1024;
  /// Commit `epoch` has returned; at the latest before the next Seal.
  void Committed(uint64_t epoch);
  /// Rows that are due by `until` will be brought back by sweeps.
  void BringBack(Micros until);
  bool sweeping() const { return cold_ != nullptr && cold_->sweeping(); }
  /// Every row that is due before this is in memory, whatever a sweep has yet to find.
  Micros none_due_before() const {
    return cold_ == nullptr ? kMaxTimestamp : cold_->none_due_before();
  }
  /// Rows that are not in memory; while a sweep is under way those it has passed.
  size_t cold_rows() const { return cold_ == nullptr ? 0 : static_cast<size_t>(cold_->count()); }
  /// Sweep has something to do.
  bool has_upkeep() const { return sweeping() || !draining_.empty(); }
  /// Goes on with a sweep, and forgets erased rows whose commit has returned; `take_all`: there is
  /// room for every row.
  Status Sweep(SliceBudget& budget, bool take_all);
  StateMemory Memory() const;

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

  /// Rows, wherever they are; while a sweep is under way those it has passed.
  size_t size() const {
    return size_ + (cold_ == nullptr ? 0 : static_cast<size_t>(cold_->count()));
  }
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
  bool sealed() const { return out_ != nullptr; }
  /// Before a table goes as a whole: into `deletes` the end of every entry that a commit has or
  /// will have. What is sealed belongs to an earlier commit and is still to be written; nothing
  /// else may be asked of the table then.
  void Drop(SlotChanges& deletes);
  /// Then, with nothing sealed: frees rows within the budget; true when none is left.
  bool Free(SliceBudget& budget);

 private:
  struct Header {
    uint64_t hash;
    uint32_t key_size;
    uint8_t generation;      ///< of the list of changes it is in; 0: of none
    uint8_t committed : 1;   ///< written for a commit: its erasure must be written too
    uint8_t erased : 1;      ///< stays until that is done; not committed: until its list is passed
    uint8_t referenced : 1;  ///< since the hand of the clock passed
    uint8_t listed : 1;      ///< in tombstones_ or draining_
    uint8_t era;             ///< in which it was last written
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
  /// Also an erased one.
  Header* HeaderAt(std::string_view key, uint64_t hash) const;
  uint8_t* Lookup(std::string_view key, uint64_t hash) const;
  Header* NewBlock(std::string_view key, uint64_t hash);
  void FreeBlock(Header* header);
  void RemoveFromIndex(const Header* header);
  void RemoveSlot(Part& part, size_t index);
  static void Resize(Part& part, size_t slots);
  static void ShrinkSparse(Part& part);

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

  Status LoadMissing(const KeyEncoder& keys, const RowSet& rows);
  Status TakeIn(std::string_view key, uint64_t hash, std::string_view value, bool counted);
  bool CanLeave(const Header* header) const;
  void Leave(Header* header);
  Micros DueOf(const uint8_t* row) const { return hooks_.due ? hooks_.due(row) : kMaxTimestamp; }
  /// At due_offset_ in a row: under which time `due_slot_` has it, kMaxTimestamp: it has not. Kept
  /// such that zeroed memory says that.
  Micros StoredDue(const uint8_t* row) const {
    return *reinterpret_cast<const Micros*>(row + due_offset_) ^ kMaxTimestamp;
  }
  void SetStoredDue(uint8_t* row, Micros due) {
    if (due == kMinTimestamp) due = kMaxTimestamp;
    ever_due_ |= due != kMaxTimestamp;
    *reinterpret_cast<Micros*>(row + due_offset_) = due ^ kMaxTimestamp;
  }
  void WriteDue(uint8_t* row, uint32_t group, Micros due, SliceBudget& budget);
  void DrainTombstones();
  size_t BlockBytes(const Header* header) const;
  size_t HeapBytes() const { return destroy_ == nullptr ? 0 : stored_bytes_; }
  void CheckStored(const Header* header);

  size_t value_size_;  ///< rounded up to 16
  Destroy destroy_;
  Part parts_[kParts];
  size_t size_ = 0;

  std::vector<std::unique_ptr<uint8_t[]>> chunks_;
  uint8_t* cursor_ = nullptr;
  size_t left_ = 0;
  size_t chunk_bytes_ = 0;
  std::vector<std::vector<Header*>> free_;  ///< by block size / 16
  size_t free_bytes_ = 0;
  size_t heap_bytes_ = 0;  ///< blocks of a table whose rows may leave: none of them in a chunk

  Stored stored_;
  /// Alternates between 1 and 2; 0: not tracked, and all rows have 0.
  uint8_t current_ = 0;
  std::vector<Header*> dirty_;   ///< generation current_
  size_t dirty_gone_ = 0;        ///< of dirty_: erased without having been committed
  std::vector<Header*> sealed_;  ///< from next_sealed_ on, those of the other generation
  size_t next_sealed_ = 0;
  StateWriter* out_ = nullptr;                               ///< null: nothing is sealed
  std::string key_, value_;                                  ///< scratch
  std::unordered_map<const Header*, std::string> expected_;  ///< stored_.verify

  Cold hooks_;
  std::unique_ptr<ColdRows> cold_;  ///< null: rows stay
  std::string due_slot_;
  size_t due_offset_ = 0;  ///< 0: rows are never due
  bool ever_due_ = false;  ///< some row had an entry there
  std::string due_key_;    ///< scratch
  Micros sweep_until_ = kMinTimestamp;
  uint64_t committed_ = 0;           ///< the last that Committed has told of
  uint8_t era_ = 1;                  ///< since then; rows written in it are pinned
  std::vector<Header*> tombstones_;  ///< erased rows that wait for a commit
  std::vector<Header*> draining_;    ///< those whose commit may have returned
  size_t stored_bytes_ = 0;          ///< of a row as stored, on average
  size_t hand_part_ = 0, hand_slot_ = 0;
};

}  // namespace weir
