#pragma once

#include <absl/container/flat_hash_map.h>

#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "runtime/vector/key_encoder.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// The rows of an external table, found by key. Immutable once built; shared by workers.
class LookupTable {
 public:
  /// `keys`: columns of `rows` (types of the batch). Of rows with the same key the last one counts.
  LookupTable(RecordBatch rows, const std::vector<int>& keys);

  const RecordBatch& rows() const { return rows_; }
  /// Types of the key columns, required: a null finds nothing.
  const std::vector<DataType>& key_types() const { return key_types_; }
  /// Row with this encoded key, or -1.
  int64_t Find(std::string_view key, uint64_t hash) const;
  size_t size() const { return index_.size(); }

 private:
  struct StoredKey {
    std::string_view bytes;
    uint64_t hash;
    friend bool operator==(const StoredKey& a, const StoredKey& b) { return a.bytes == b.bytes; }
  };
  struct StoredHash {
    size_t operator()(const StoredKey& key) const { return static_cast<size_t>(key.hash); }
  };

  RecordBatch rows_;
  std::vector<DataType> key_types_;
  StringArena key_bytes_;
  absl::flat_hash_map<StoredKey, int64_t, StoredHash> index_;
};

/// The current version of a table: replaced as a whole by a refresh while lookups go on.
class LookupTableVersions {
 public:
  std::shared_ptr<const LookupTable> current() const {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void Replace(std::shared_ptr<const LookupTable> table) {
    const std::lock_guard lock(mutex_);
    current_ = std::move(table);
  }

 private:
  mutable std::mutex mutex_;  ///< taken once a batch
  std::shared_ptr<const LookupTable> current_;
};

}  // namespace weir
