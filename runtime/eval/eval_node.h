#pragma once

#include <memory>
#include <vector>

#include "runtime/eval/eval_input.h"
#include "runtime/eval/live_rows.h"
#include "runtime/types/data_type.h"

namespace weir {

/// What the nodes of one tree share during one evaluation.
struct EvalContext {
  const EvalInput& input;
  RowErrors* errors;
  ColumnPtr subject;  ///< of the innermost kCase

  uint32_t capacity() const { return input.capacity; }
};

/// One operation of a compiled expression. Stateless from one evaluation to the next except for
/// scratch and caches; one thread.
class EvalNode {
 public:
  explicit EvalNode(DataType type) : type_(std::move(type)) {}
  virtual ~EvalNode() = default;
  EvalNode(const EvalNode&) = delete;
  EvalNode& operator=(const EvalNode&) = delete;

  /// Values for `rows` at their positions in a column of `context.capacity()`; rows that fail are
  /// added to `context.errors`. The column's physical form follows `type()`.
  virtual ColumnPtr Eval(EvalContext& context, const RowSet& rows) = 0;

  /// Of a bool: appends the rows where it is true. Conjunctions and comparisons do without a
  /// column.
  virtual void Select(EvalContext& context, const RowSet& rows, RowIndices& selected);

  /// The value when it is the same for every row and known; else null.
  virtual const Value* constant() const { return nullptr; }

  const DataType& type() const { return type_; }

 private:
  DataType type_;
};

using EvalNodePtr = std::unique_ptr<EvalNode>;
using EvalNodes = std::vector<EvalNodePtr>;

/// Base of operations that need all their arguments and give null when one is null: evaluates the
/// children in order, takes away rows that fail or are null, and leaves the loop to `Compute`.
class StrictNode : public EvalNode {
 public:
  StrictNode(DataType type, EvalNodes children)
      : EvalNode(std::move(type)), children_(std::move(children)), columns_(children_.size()) {}

  ColumnPtr Eval(EvalContext& context, const RowSet& rows) override;

 protected:
  /// The result for `rows`; no argument is null there. The column is flat and not yet shared.
  virtual MutableColumnPtr Compute(EvalContext& context, const std::vector<ColumnPtr>& arguments,
                                   const RowSet& rows) = 0;

 private:
  EvalNodes children_;
  std::vector<ColumnPtr> columns_;
  LiveRows live_;
};

}  // namespace weir
