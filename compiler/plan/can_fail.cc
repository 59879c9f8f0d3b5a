// Which expressions may fail for a row: the reason a stage needs an error route.
#include <algorithm>

#include "compiler/plan/cast_rules.h"
#include "compiler/plan/expr.h"

namespace weir::plan {
namespace {

bool IsLiteral(const Expr& expr) { return expr.kind == ExprKind::kLiteral; }

bool IsTime(const DataType& type) {
  return type.is(TypeKind::kTimestamp) || type.is(TypeKind::kDate) || type.is(TypeKind::kDuration);
}

/// Bits that hold every value of an integer operand, its sign included; looks through widening.
int ValueBits(const Expr& expr) {
  if (IsLiteral(expr) && !expr.value.is_null()) {
    if (const int64_t* value = std::get_if<int64_t>(&expr.value.payload())) {
      uint64_t magnitude = static_cast<uint64_t>(*value < 0 ? ~*value : *value);
      int bits = 1;
      for (; magnitude != 0; magnitude >>= 1) ++bits;
      return bits;
    }
  }
  if (expr.kind == ExprKind::kCast && expr.children[0]->type.is_integer() &&
      SafetyOfCast(expr.children[0]->type, expr.type) == CastSafety::kSafe) {
    return ValueBits(*expr.children[0]);
  }
  return expr.type.integer_bits() + (expr.type.is_unsigned_integer() ? 1 : 0);
}

bool IsZero(const Value& value) {
  if (const double* number = std::get_if<double>(&value.payload())) return *number == 0;
  if (const uint64_t* number = std::get_if<uint64_t>(&value.payload())) return *number == 0;
  return value.as_int128() == 0;
}

bool IntegerArithCanFail(const Expr& expr) {
  const Expr& left = *expr.children[0];
  const Expr& right = *expr.children[1];
  if (!expr.type.is_integer()) return true;
  int have = expr.type.integer_bits() + (expr.type.is_unsigned_integer() ? 1 : 0);
  bool may_go_below = expr.type.is_unsigned_integer();
  int a = ValueBits(left), b = ValueBits(right);
  switch (expr.arith) {
    case ArithOp::kAdd: return std::max(a, b) + 1 > have;
    case ArithOp::kSubtract: return may_go_below || std::max(a, b) + 1 > have;
    case ArithOp::kMultiply: return a + b > have;
    case ArithOp::kDivide:
    case ArithOp::kModulo:
      if (!IsLiteral(right) || right.value.is_null() || IsZero(right.value)) return true;
      // The smallest value has no opposite.
      return a >= have && expr.type.is_signed_integer() && right.value.as_int128() == -1;
  }
  return true;
}

int IntegralDigits(const DataType& type) {
  if (type.is_integer()) return type.integer_bits() * 3 / 10 + 1;
  return type.precision() - type.scale();
}

bool DecimalArithCanFail(const Expr& expr) {
  const DataType& a = expr.children[0]->type;
  const DataType& b = expr.children[1]->type;
  int have = IntegralDigits(expr.type);
  switch (expr.arith) {
    case ArithOp::kAdd:
    case ArithOp::kSubtract: return std::max(IntegralDigits(a), IntegralDigits(b)) + 1 > have;
    case ArithOp::kMultiply: return IntegralDigits(a) + IntegralDigits(b) > have;
    case ArithOp::kDivide:
    case ArithOp::kModulo: {
      const Expr& right = *expr.children[1];
      if (!IsLiteral(right) || right.value.is_null() || IsZero(right.value)) return true;
      return expr.arith == ArithOp::kDivide && IntegralDigits(a) + b.scale() > have;
    }
  }
  return true;
}

bool TimeArithCanFail(const Expr& expr) {
  const Expr& left = *expr.children[0];
  const Expr& right = *expr.children[1];
  bool adds = expr.arith == ArithOp::kAdd || expr.arith == ArithOp::kSubtract;
  // Two timestamps are never further apart than a duration can say (the evaluator saturates at the
  // sentinels). A moment moved by a constant stays far inside 64 bits: no text is beyond year 9999.
  if (adds && IsTime(left.type) && left.type.kind() == right.type.kind() &&
      !left.type.is(TypeKind::kDuration)) {
    return false;
  }
  if (adds && expr.type.is(TypeKind::kTimestamp)) return !IsLiteral(left) && !IsLiteral(right);
  if (!adds && IsLiteral(right) && !right.value.is_null() && expr.arith != ArithOp::kMultiply) {
    return IsZero(right.value);
  }
  return true;
}

bool ArithCanFail(const Expr& expr) {
  if (expr.type.is_float()) return false;
  for (const ExprPtr& child : expr.children) {
    if (IsTime(child->type)) return TimeArithCanFail(expr);
  }
  return expr.type.is_decimal() ? DecimalArithCanFail(expr) : IntegerArithCanFail(expr);
}

bool NegateCanFail(const Expr& expr) {
  return expr.type.is_integer() && (expr.type.is_unsigned_integer() ||
                                    ValueBits(*expr.children[0]) >= expr.type.integer_bits());
}

bool CanFailHere(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kArith: return ArithCanFail(expr);
    case ExprKind::kNegate: return NegateCanFail(expr);
    case ExprKind::kCast:
      return SafetyOfCast(expr.children[0]->type, expr.type) != CastSafety::kSafe;
    case ExprKind::kCall:
      return expr.function != nullptr && expr.function->fallible &&
             (expr.overload == nullptr || !expr.overload->infallible);
    case ExprKind::kField:
    case ExprKind::kIndex: return expr.children[0]->type.is(TypeKind::kJson);
    default: return false;
  }
}

}  // namespace

bool Expr::CanFail() const {
  if (kind == ExprKind::kTry) return false;
  if (CanFailHere(*this)) return true;
  return std::any_of(children.begin(), children.end(),
                     [](const ExprPtr& child) { return child->CanFail(); });
}

}  // namespace weir::plan
