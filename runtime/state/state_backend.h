#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// Key group of state that belongs to no key: positions, watermarks, ledgers. One past the groups.
inline constexpr uint32_t kUnkeyedGroup = 256;

/// One changed entry of one operator. Identity is (operator name, slot, key group, key): names come
/// from the `.flow`, never from positions.
struct StateChange {
  std::string slot;  ///< "rows", "timers", …
  uint32_t key_group = 0;
  std::string key;
  std::optional<std::string> value;  ///< none: delete
};

/// All changes of one operator instance since the barrier before; sorted by the backend.
struct StateDelta {
  std::string operator_name;
  std::vector<StateChange> changes;
};

/// Durable (or, in memory, restorable) state of a pipeline: one atomic commit per checkpoint,
/// reads by key and by key group. Hot rows live in the operators' own tables; the backend holds
/// what was committed (guarantees.md rules 1-3). Values are opaque here; the first byte of each is
/// its codec version. Thread-safe.
class StateBackend {
 public:
  virtual ~StateBackend() = default;

  /// Applies every delta or none. `epoch` must grow by one.
  virtual Status Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) = 0;
  /// Epoch of the last commit; 0 when there is none.
  virtual uint64_t last_epoch() const = 0;

  virtual Result<std::optional<std::string>> Get(std::string_view operator_name,
                                                 std::string_view slot, uint32_t key_group,
                                                 std::string_view key) const = 0;
  /// Visits committed entries of one slot and key group in key order until `visit` fails.
  virtual Status Scan(
      std::string_view operator_name, std::string_view slot, uint32_t key_group,
      const std::function<Status(std::string_view key, std::string_view value)>& visit) const = 0;
  /// Names of operators that have state.
  virtual std::vector<std::string> Operators() const = 0;
};

/// In process memory; dies with the process. For `flowc test` and for runs without `--state`
/// durability (RocksDB takes the same interface).
std::unique_ptr<StateBackend> MakeMemoryStateBackend();

}  // namespace weir
