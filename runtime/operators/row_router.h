#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "compiler/plan/route.h"
#include "runtime/operators/dead_letter.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/rejected_row.h"

namespace weir {

/// Sends rows that leave the happy path of one stage where their route says, and counts them. Each
/// row handed in gets exactly one fate in the ledger. One per route of an operator instance.
class RowRouter {
 public:
  RowRouter(const plan::LogicalNode& node, const plan::Route& route) : node_(node), route_(route) {}

  void Open(const OperatorContext& context);

  /// Rows that were refused: dead-lettered, discarded under the route's reason (or the row's own),
  /// or the pipeline fails. `rejected` is sorted by row.
  Status Reject(const RecordBatch& batch, std::span<const RejectedRow> rejected, Ledger& ledger,
                Collector& out) const;

  /// Rows late for all of their windows.
  Status RouteLate(const RecordBatch& batch, const RowIndices& rows, Ledger& ledger,
                   Collector& out) const;

  /// Results of the stage that have no value, in rows like those of port 0.
  Status RejectResults(const RecordBatch& batch, std::span<const RejectedRow> rejected,
                       Ledger& ledger, Collector& out) const;

  const plan::Route& route() const { return route_; }

 private:
  RecordBatch Wrap(const RecordBatch& batch, std::span<const RejectedRow> rejected) const;
  RecordBatch Project(const RecordBatch& batch, RowIndices rows) const;
  Status Fail(std::string_view what) const;

  const plan::LogicalNode& node_;
  const plan::Route& route_;
  std::unique_ptr<DeadLetterBuilder> dead_letters_;
};

}  // namespace weir
