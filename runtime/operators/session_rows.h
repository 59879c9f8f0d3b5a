#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/rejected_row.h"
#include "runtime/operators/session.h"
#include "runtime/operators/state_executor.h"

namespace weir {

/// Turns sessions into rows of the stage's `output`.
class SessionRows {
 public:
  /// A session that readers know under an id (start) that is no longer its own.
  struct Renamed {
    std::string key;
    Micros old_start;
  };

  SessionRows(const plan::SessionNode& node, StateExecutor& executor);

  /// Rows for `sessions` in this order, with `session.closed` as given. Fails where an output
  /// expression fails for a session: there is no row to send anywhere.
  Status Emit(std::span<Session* const> sessions, bool closed, Micros watermark,
              const OperatorContext& context, Ledger& ledger, Collector& out);
  /// Deletes of ids: only the key columns of the rows count.
  Status EmitDeletes(std::span<const Renamed> renamed, Micros watermark,
                     const OperatorContext& context, Ledger& ledger, Collector& out);

  /// A round over sessions, for blocks that see no event.
  StateExecutor::Round RoundOf(std::span<Session* const> sessions, std::span<uint8_t*> blocks,
                               std::span<SessionMeta> metas, bool closed, Micros now) const;

 private:
  const plan::SessionNode& node_;
  StateExecutor& executor_;
  std::vector<DataType> key_types_;
};

}  // namespace weir
