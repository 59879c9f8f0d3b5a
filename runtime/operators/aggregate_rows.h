#pragma once

#include <string_view>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/row_router.h"

namespace weir {

/// Turns groups into rows of an aggregate stage's output: keys, window columns, results. Rows leave
/// in batches of bounded size, sorted by key, so that their order is the same in every run.
class AggregateRows {
 public:
  struct Group {
    std::string_view key;
    uint8_t* block;
  };
  struct Window {
    Micros start = 0;
    Micros end = 0;
    bool closed = false;
  };

  AggregateRows(const plan::AggregateNode& node, const Accumulators& accumulators);
  void Open(const OperatorContext& context) { failed_to_.Open(context); }

  /// Emits `groups` (reordered) as rows of `window`; `event_time` and `watermark` go into their
  /// hidden columns. `kind` names them in the ledger. Those without a value take the route of
  /// failed results.
  Status Emit(std::vector<Group>& groups, const Window* window, Micros event_time, Micros watermark,
              std::string_view kind, const OperatorContext& context, Ledger& ledger,
              Collector& out);

  /// The same in parts: the next batch of groups that are sorted by key, from `next` on.
  Status EmitNext(const std::vector<Group>& groups, size_t& next, const Window* window,
                  Micros event_time, Micros watermark, std::string_view kind,
                  const OperatorContext& context, Ledger& ledger, Collector& out);
  static void Sort(std::vector<Group>& groups);

  /// Emits the end of groups that readers know, the next batch from `next` on: rows with op delete,
  /// of which only the keys count.
  void EmitNextDeletes(const std::vector<Group>& groups, size_t& next, Micros time,
                       const OperatorContext& context, Ledger& ledger, Collector& out);

 private:
  void EmitDeletesOf(const RecordBatch& batch, const RowErrors& errors, Ledger& ledger,
                     Collector& out) const;
  RecordBatch Build(const std::vector<Group>& groups, size_t begin, size_t end,
                    const Window* window, Micros event_time, Micros watermark,
                    RowErrors& errors) const;

  const plan::AggregateNode& node_;
  const Accumulators& accumulators_;
  RowRouter failed_to_;
  std::vector<DataType> key_types_;
};

}  // namespace weir
