#pragma once

#include <vector>

#include "compiler/plan/expr.h"
#include "runtime/types/schema.h"

namespace weir::semantic {

/// Expressions that are known not to be null (columns, members, any pure expression), as bound.
/// Optionality of their types does not matter for comparing them.
class Narrowing {
 public:
  void Add(plan::ExprPtr expr);
  void AddAll(const Narrowing& other);
  bool Knows(const plan::Expr& expr) const;
  /// Drops every fact that reads column `index` (after an assignment to it).
  void Forget(int index);
  bool empty() const { return facts_.empty(); }
  const std::vector<plan::ExprPtr>& facts() const { return facts_; }

 private:
  std::vector<plan::ExprPtr> facts_;
};

/// What holds where `condition` is `truth`. Understands and, or, not, is null, ==, !=, <, in, like,
/// `(…) ?? false`: each tells that operands are not null.
Narrowing NarrowedBy(const plan::Expr& condition, bool truth);

/// `expr` with a required type; for an expression of which a fact says that it is not null.
plan::ExprPtr AsRequired(const plan::ExprPtr& expr);

/// Whether two expressions are the same apart from optionality of types.
bool SamePath(const plan::Expr& a, const plan::Expr& b);

/// Columns (and members of struct columns) made required: the stream after `where x is not null`.
/// The same schema if no fact is about it.
SchemaPtr NarrowSchema(const SchemaPtr& schema, const Narrowing& facts);

}  // namespace weir::semantic
