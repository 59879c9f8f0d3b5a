#include "compiler/semantic/expr_taint.h"

#include <algorithm>

namespace weir::semantic {
namespace {

using plan::Expr;
using plan::ExprKind;

int Strictness(PiiTag::Mask mask) {
  switch (mask) {
    case PiiTag::Mask::kNone: return 0;
    case PiiTag::Mask::kTruncate: return 1;
    case PiiTag::Mask::kHash: return 2;
    case PiiTag::Mask::kRedact: return 3;
  }
  return 0;
}

/// A tag for a value that was computed from the one that was tagged.
PiiTag Changed(PiiTag tag) {
  if (tag.mask == PiiTag::Mask::kTruncate) {
    tag.mask = PiiTag::Mask::kRedact;
    tag.truncate_bits = 0;
  }
  return tag;
}

bool HidesPeople(const FunctionDef* function) {
  return function != nullptr && (function->category == "hash" || function->category == "privacy");
}

PiiTag OfChildren(const Expr& expr, const Scope& scope, size_t first) {
  PiiTag tag;
  for (size_t i = first; i < expr.children.size(); ++i) {
    tag = Stricter(tag, TaintOf(*expr.children[i], scope));
  }
  return tag;
}

PiiTag OfField(const Expr& expr, const Scope& scope) {
  const Expr& object = *expr.children[0];
  const ScopeColumn* column =
      object.kind == ExprKind::kColumn ? scope.ColumnAt(object.index) : nullptr;
  if (column != nullptr) {
    for (const Field& member : column->members) {
      if (member.name == expr.name) return Stricter(column->pii, member.pii);
    }
  }
  return TaintOf(object, scope);
}

PiiTag OfColumn(const Expr& expr, const Scope& scope) {
  const ScopeColumn* column = scope.ColumnAt(expr.index);
  if (column == nullptr) return {};
  PiiTag tag = column->pii;
  // The whole row of a table: as strict as its strictest member.
  for (const Field& member : column->members) tag = Stricter(tag, Changed(member.pii));
  return tag;
}

/// Results of a match: the tests and the subject only decide.
PiiTag OfCase(const Expr& expr, const Scope& scope) {
  PiiTag tag = TaintOf(*expr.children.back(), scope);
  for (size_t i = 2; i < expr.children.size(); i += 2) {
    tag = Stricter(tag, TaintOf(*expr.children[i], scope));
  }
  return tag;
}

}  // namespace

PiiTag Stricter(const PiiTag& a, const PiiTag& b) {
  if (Strictness(a.mask) != Strictness(b.mask)) {
    return Strictness(a.mask) > Strictness(b.mask) ? a : b;
  }
  if (a.mask == PiiTag::Mask::kTruncate) return a.truncate_bits <= b.truncate_bits ? a : b;
  return a;
}

PiiTag TaintOf(const Expr& expr, const Scope& scope) {
  switch (expr.kind) {
    case ExprKind::kLiteral:
    case ExprKind::kSubject:
    case ExprKind::kCompare:
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kNot:
    case ExprKind::kIsNull:
    case ExprKind::kInList:
    case ExprKind::kInRange:
    case ExprKind::kContains:
    case ExprKind::kLike:
    case ExprKind::kMatches: return {};
    case ExprKind::kHidden:
      return expr.hidden == plan::HiddenField::kPayload ? PiiTag{PiiTag::Mask::kRedact, 0, ""}
                                                        : PiiTag{};
    case ExprKind::kColumn: return OfColumn(expr, scope);
    case ExprKind::kField: return OfField(expr, scope);
    case ExprKind::kIf: return OfChildren(expr, scope, 1);
    case ExprKind::kCoalesce:
    case ExprKind::kTry: return OfChildren(expr, scope, 0);
    case ExprKind::kCase: return OfCase(expr, scope);
    case ExprKind::kCast: {
      PiiTag tag = TaintOf(*expr.children[0], scope);
      return expr.type.SameBase(expr.children[0]->type) ? tag : Changed(tag);
    }
    case ExprKind::kCall:
      return HidesPeople(expr.function) ? PiiTag{} : Changed(OfChildren(expr, scope, 0));
    default: return Changed(OfChildren(expr, scope, 0));
  }
}

}  // namespace weir::semantic
