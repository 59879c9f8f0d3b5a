#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/ast/expr.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/expr.h"
#include "compiler/semantic/declare_catalog.h"
#include "compiler/semantic/expr_narrowing.h"
#include "compiler/semantic/expr_scope.h"
#include "compiler/semantic/expr_taint.h"

namespace weir::semantic {

/// Tests of the arms of a `match`, over the subject. `tests[i]` is null for an arm that always
/// holds when it is reached (else, or the last one of an exhaustive match).
struct MatchTests {
  std::vector<plan::ExprPtr> tests;
  bool exhaustive = false;  ///< every value has an arm (else a diagnostic was reported)
};

/// Types expressions and turns them into plan expressions. Cheap to make; one thread. Every
/// mistake is reported once; its expression has the error type, which fits everywhere.
class ExprBinder {
 public:
  explicit ExprBinder(const Catalog& catalog);

  /// With `expected`: literals, lists and structs take that type and the result is converted to it
  /// (widened, never narrowed, made optional where allowed); a value that doesn't fit is reported.
  plan::ExprPtr Bind(const ast::Expr& expr, const Scope& scope,
                     const std::optional<DataType>& expected = std::nullopt);
  /// A condition: bool and never null. `place` is for the message: "where", "validate rule".
  plan::ExprPtr BindBool(const ast::Expr& expr, const Scope& scope, std::string_view place);
  /// A struct literal (or `base with {…}`) of which any field of `type` may be left out: rows of
  /// tests. The result's type has the given fields only, each of its declared type.
  plan::ExprPtr BindPartialRow(const ast::Expr& expr, const Scope& scope, const DataType& type);

  /// Whether `expr` is a call of an aggregate: `count(where …)`.
  bool IsAggregateCall(const ast::Expr& expr) const;
  /// One aggregate; `type` of the result is the error type after a report. `name` is left empty.
  plan::AggregateCall BindAggregate(const ast::Expr& expr, const Scope& scope);

  /// Tests of match arms over `subject` (kSubject inside kCase; any expression in statements).
  /// Reports values that are not of the subject's type, arms that can't be reached, and values
  /// without an arm; `whole` is the span for the latter.
  MatchTests BindMatch(const plan::ExprPtr& subject,
                       std::span<const std::vector<ast::Pattern>* const> arms, Span whole);

  /// Conversion that needs no `cast`: equal types, T to T?, integers that widen, integers to
  /// decimal and float where every value fits, literals that take the type. Reports and poisons
  /// otherwise.
  plan::ExprPtr Convert(plan::ExprPtr expr, const DataType& target, Span span);
  /// As Convert, and integers and decimals may narrow at run time (`uint32 += int64`): checked and
  /// fallible. For assignments to state fields.
  plan::ExprPtr ConvertChecked(plan::ExprPtr expr, const DataType& target, Span span);
  /// Whether Convert would succeed.
  bool Converts(const plan::Expr& expr, const DataType& target) const;

  /// The type both sides can take without loss (`if`, union of streams); none if there is none.
  static std::optional<DataType> CommonType(const DataType& a, const DataType& b);

  /// `left op right` for `+=` and `-=`, typed as if it were written out.
  plan::ExprPtr MakeArithmetic(plan::ArithOp op, plan::ExprPtr left, plan::ExprPtr right,
                               Span span);

  /// Value of a bound constant expression; none after a report.
  std::optional<Value> Evaluate(const plan::ExprPtr& expr, std::string_view what);

  const Catalog& catalog() const { return catalog_; }
  DiagnosticEngine& diagnostics() { return diagnostics_; }

 private:
  const Catalog& catalog_;
  DiagnosticEngine& diagnostics_;
};

/// The poison: a literal of the error type.
plan::ExprPtr ErrorExpr(Span span = {});
inline bool IsError(const plan::ExprPtr& expr) { return expr->type.is_error(); }

}  // namespace weir::semantic
