#pragma once

#include <cstdint>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/string_map.h"
#include "runtime/state/rocksdb_keys.h"

namespace weir {

/// Numbers of the names of operators and slots, for short keys. A number is for good once a commit
/// has made it durable. Thread-safe.
class NameTable {
 public:
  struct NewName {
    NameKind kind;
    std::string name;
    uint32_t id;
  };

  /// As read from the store.
  void Load(NameKind kind, std::string_view name, uint32_t id);
  std::optional<uint32_t> Find(NameKind kind, std::string_view name) const;
  uint32_t FindOrAdd(NameKind kind, std::string_view name);
  /// All of a kind, by name.
  std::vector<std::pair<std::string, uint32_t>> Names(NameKind kind) const;

  /// What the next commit must write, in the order of their keys; `ForgetNew` once it has.
  std::vector<NewName> NewNames() const;
  void ForgetNew();

 private:
  struct Kind {
    StringMap<uint32_t> ids;
    uint32_t next = 1;
  };
  Kind& Of(NameKind kind) { return kind == NameKind::kOperator ? operators_ : slots_; }
  const Kind& Of(NameKind kind) const { return kind == NameKind::kOperator ? operators_ : slots_; }

  mutable std::shared_mutex mutex_;
  Kind operators_, slots_;
  std::vector<NewName> new_;
};

}  // namespace weir
