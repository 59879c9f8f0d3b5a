#pragma once

#include <span>
#include <string>
#include <vector>

#include "compiler/plan/keyed_state_node.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/row_router.h"
#include "runtime/operators/session.h"
#include "runtime/operators/state_executor.h"

namespace weir {

/// Turns sessions into rows of the stage's `output`.
class SessionRows {
 public:
  SessionRows(const plan::SessionNode& node, StateExecutor& executor);
  void Open(const OperatorContext& context) { failed_to_.Open(context); }

  /// Rows for at most a batch of `sessions`, in this order, with `session.closed` as given. Those
  /// in `errors` (by index), and those for which an output expression fails (added to it), have no
  /// row: what there is of one takes the stage's error route.
  Status Emit(std::span<Session* const> sessions, bool closed, Micros watermark, RowErrors& errors,
              const OperatorContext& context, Ledger& ledger, Collector& out);
  /// Deletes of ids: only the key columns of the rows count.
  void EmitDeletes(std::span<const RenamedSession> renamed, Micros watermark,
                   const OperatorContext& context, Ledger& ledger, Collector& out);

  /// A round over sessions, for blocks that see no event.
  StateExecutor::Round RoundOf(std::span<Session* const> sessions, std::span<uint8_t*> blocks,
                               std::span<SessionMeta> metas, bool closed, Micros now) const;

 private:
  const plan::SessionNode& node_;
  StateExecutor& executor_;
  RowRouter failed_to_;
  std::vector<DataType> key_types_;
};

}  // namespace weir
