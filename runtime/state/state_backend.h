#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/state/commit_record.h"
#include "runtime/state/state_delta.h"

namespace weir {

/// Key group of state that belongs to no key: positions, watermarks, ledgers. One past the groups.
inline constexpr uint32_t kUnkeyedGroup = 256;

/// Where an entry of a slot is.
struct StateKey {
  uint32_t key_group = 0;
  std::string_view key;
};

/// Durable (or, in memory, restorable) state of a pipeline: one atomic commit per checkpoint,
/// reads by key and by key group. Hot rows live in the operators' own tables; the backend holds
/// what was committed (guarantees.md rules 1-3). Values are opaque here; the first byte of each is
/// its codec version. Thread-safe.
class StateBackend {
 public:
  virtual ~StateBackend() = default;

  /// Applies every delta or none, durably. `epoch` must grow. Changes count in their order: of
  /// several of a key the last one wins, a delete of a prefix takes what came before it. After a
  /// failure the state is that of the commit before, and the next epoch may be tried, with deltas
  /// that contain these changes too; ResourceExhausted: the disk is full. (A failed commit may
  /// after all be found complete: by the next process, or by the next commit of this one, which
  /// goes on from it.)
  virtual Status Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) = 0;
  /// Epoch of the last commit; 0 when there is none.
  virtual uint64_t last_epoch() const = 0;
  /// The newest commits, oldest first.
  virtual std::vector<CommitRecord> Commits() const = 0;

  virtual Result<std::optional<std::string>> Get(std::string_view operator_name,
                                                 std::string_view slot, uint32_t key_group,
                                                 std::string_view key) const = 0;
  /// Value i is that of key i, none where there is no such entry; all as of one commit. Keys in
  /// order (by group, then bytes) are the cheapest.
  virtual Result<std::vector<std::optional<std::string>>> MultiGet(
      std::string_view operator_name, std::string_view slot,
      const std::vector<StateKey>& keys) const = 0;
  using Visit = std::function<Status(std::string_view key, std::string_view value)>;
  /// Visits committed entries of one slot and key group in key order until `visit` fails; all as
  /// of one commit. `visit` must not call back into the backend.
  Status Scan(std::string_view operator_name, std::string_view slot, uint32_t key_group,
              const Visit& visit) const {
    return ScanFrom(operator_name, slot, key_group, {}, visit);
  }
  /// The same from the key `from` on.
  virtual Status ScanFrom(std::string_view operator_name, std::string_view slot, uint32_t key_group,
                          std::string_view from, const Visit& visit) const = 0;
  /// Names of operators that have state, in order.
  virtual std::vector<std::string> Operators() const = 0;
  /// Names of the slots of an operator that have entries, in order.
  virtual std::vector<std::string> Slots(std::string_view operator_name) const = 0;
};

/// In process memory; dies with the process. For `flowc test` and for runs without `--state`
/// durability (RocksDB takes the same interface).
std::unique_ptr<StateBackend> MakeMemoryStateBackend();

}  // namespace weir
