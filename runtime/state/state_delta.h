#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// One changed entry, as a view into the delta that holds it.
struct StateChange {
  uint32_t key_group = 0;
  std::string_view key;
  std::optional<std::string_view> value;  ///< none: delete
  bool prefix = false;  ///< a delete of all entries of the group whose keys begin with `key`
};

/// The changes of one slot in the order in which they were made; a later one of the same key wins,
/// and a delete of a prefix takes what commits and earlier changes put there, nothing later.
/// Millions of small entries cost their bytes plus about five: they lie one behind the other in
/// chunks whose addresses never change, and which copies share. One thread.
class SlotChanges {
 public:
  explicit SlotChanges(std::string slot) : slot_(std::move(slot)) {}

  void Put(uint32_t key_group, std::string_view key, std::string_view value) {
    Append(key_group, key, value.data(), value.size(), false);
  }
  void Delete(uint32_t key_group, std::string_view key) {
    Append(key_group, key, nullptr, 0, true);
  }
  /// All entries of the group whose keys begin with `prefix`, whoever knows them: costs one entry.
  void DeletePrefix(uint32_t key_group, std::string_view prefix) {
    Append(key_group | kPrefix, prefix, nullptr, 0, true);
    ++prefixes_;
  }

  const std::string& slot() const { return slot_; }
  size_t size() const { return size_; }
  /// Of them, deletes of a prefix.
  size_t prefixes() const { return prefixes_; }
  /// Of keys and values.
  size_t bytes() const { return bytes_; }
  /// What the chunks take.
  size_t ByteSize() const { return chunk_bytes_; }

  /// `visit(const char* entry)`; `Read` tells what an entry says.
  template <typename Visit>
  void ForEachEntry(Visit&& visit) const {
    for (const Chunk& chunk : chunks_) {
      for (const char* at = chunk.bytes.get(); at != chunk.bytes.get() + chunk.used;) {
        const char* const entry = at;
        Skip(at);
        visit(entry);
      }
    }
  }
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    ForEachEntry([&](const char* entry) { visit(Read(entry)); });
  }
  static StateChange Read(const char* entry);

 private:
  static constexpr uint32_t kPrefix = 0x8000;  ///< beside the key group

  struct Chunk {
    std::shared_ptr<char[]> bytes;
    size_t used = 0;
    size_t size = 0;
  };

  void Append(uint32_t key_group, std::string_view key, const char* value, size_t value_size,
              bool deleted);
  static void Skip(const char*& at);

  std::string slot_;
  std::vector<Chunk> chunks_;
  size_t size_ = 0;
  size_t prefixes_ = 0;
  size_t bytes_ = 0;
  size_t chunk_bytes_ = 0;
};

/// All changes of one operator instance since the barrier before. Identity of an entry is (operator
/// name, slot, key group, key): names come from the `.flow`, never from positions. The backend
/// sorts.
struct StateDelta {
  std::string operator_name;
  std::vector<SlotChanges> slots;

  /// The changes of `slot`, made when absent. Valid until another slot is asked for.
  SlotChanges& Slot(std::string_view slot);
  bool empty() const;
  size_t size() const;
  size_t bytes() const;
};

}  // namespace weir
