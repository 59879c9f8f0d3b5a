#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/source/span.h"
#include "runtime/types/schema.h"
#include "runtime/types/value.h"
#include "stdlib/api/function_def.h"

namespace weir::plan {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;

enum class ExprKind : uint8_t {
  kLiteral,  ///< value
  kColumn,   ///< column `index` of the stage's input (or of its register file, in state blocks)
  kHidden,   ///< hidden column `hidden` of the row
  kCall,     ///< overload of a scalar function; children = arguments
  kArith,    ///< + - * / % on two operands of the result's family, see `arith`
  kNegate,
  kCompare,  ///< operands of one type: total == and != (null == null); < <= > >= of a null is null
  kAnd,
  kOr,  ///< short-circuit: the right side is evaluated only where the left doesn't decide
  kNot,
  kIsNull,    ///< child is null; `negated`: is not null
  kCoalesce,  ///< children[0] ?? children[1]; right only where left is null
  kIf,        ///< children: condition, then, else
  kCase,  ///< match: children = subject, then (pattern-test, result)…, else; tests see the subject
          ///< as `kSubject`
  kSubject,  ///< the subject of the nearest enclosing kCase
  kCast,     ///< to `type`; fails where the value does not fit (lossless widening never fails)
  kTry,      ///< child, null where it fails
  kField,  ///< member `index` of a struct, null struct gives null; member `name` of a json object,
           ///< null when absent or null, fails on a json scalar
  kIndex,  ///< list[int], map[key], json[int or string]: null when absent
  kMakeStruct,  ///< children in order of the type's fields
  kMakeList,
  kInList,    ///< children[0] in literals (`values`)
  kInRange,   ///< children[0] in [children[1], children[2]] (both ends inclusive)
  kContains,  ///< children[0] in list or map keys children[1]
  kLike,      ///< SQL pattern, constant: `value`
  kMatches,   ///< RE2 pattern, constant: `value`
  kFormat,    ///< f-string: concatenation of the text of children
};

enum class ArithOp : uint8_t { kAdd, kSubtract, kMultiply, kDivide, kModulo };
enum class CompareOp : uint8_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };
enum class HiddenField : uint8_t {
  kEventTime,
  kIngestTime,
  kWatermark,
  kOrigin,
  kOffset,
  kPayload
};

/// A typed expression. Immutable, shared between plans and workers. Free of runtime state: workers
/// compile it into evaluators of their own.
struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  DataType type;
  Span span;
  std::vector<ExprPtr> children;

  Value value;    ///< kLiteral, kLike, kMatches
  int index = 0;  ///< kColumn, kField
  HiddenField hidden = HiddenField::kEventTime;
  ArithOp arith = ArithOp::kAdd;
  CompareOp compare = CompareOp::kEqual;
  bool negated = false;  ///< kIsNull, kInList, kInRange, kContains, kLike, kMatches
  const FunctionDef* function = nullptr;     ///< kCall
  const ScalarOverload* overload = nullptr;  ///< kCall
  std::vector<Value> values;                 ///< kInList
  std::string name;                          ///< kColumn, kField: for explain

  /// Whether a row can fail here or below (not under `try`).
  bool CanFail() const;
  Volatility volatility() const;  ///< the strongest here or below
  /// As one would write it; stable, for explain and goldens.
  std::string ToString() const;
};

// Makers. Types are given by the type checker; these only assemble.
ExprPtr MakeLiteral(Value value, Span span = {});
ExprPtr MakeColumn(int index, std::string name, DataType type, Span span = {});
ExprPtr MakeUnary(ExprKind kind, DataType type, ExprPtr child, Span span = {});
ExprPtr MakeBinary(ExprKind kind, DataType type, ExprPtr left, ExprPtr right, Span span = {});
ExprPtr MakeArith(ArithOp op, DataType type, ExprPtr left, ExprPtr right, Span span = {});
ExprPtr MakeCompare(CompareOp op, ExprPtr left, ExprPtr right, Span span = {});
ExprPtr MakeCall(const FunctionDef* function, const ScalarOverload* overload, DataType type,
                 std::vector<ExprPtr> arguments, Span span = {});

/// Structural equality, spans ignored: shared subplans and common subexpressions.
bool SameExpr(const Expr& a, const Expr& b);

/// Rewrites bottom-up: `rewrite` returns the replacement or null to keep the node.
template <typename Rewrite>
ExprPtr TransformExpr(const ExprPtr& expr, const Rewrite& rewrite);

/// Indices of the columns that `expr` reads, added to `columns` (sorted, unique).
void CollectColumns(const Expr& expr, std::vector<int>& columns);

template <typename Rewrite>
ExprPtr TransformExpr(const ExprPtr& expr, const Rewrite& rewrite) {
  std::vector<ExprPtr> children;
  bool changed = false;
  for (const ExprPtr& child : expr->children) {
    children.push_back(TransformExpr(child, rewrite));
    changed |= children.back() != child;
  }
  ExprPtr node = expr;
  if (changed) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->children = std::move(children);
    node = std::move(copy);
  }
  if (ExprPtr replaced = rewrite(node)) return replaced;
  return node;
}

}  // namespace weir::plan
