#include "tests/unit/runtime/eval/row_interpreter.h"

#include "runtime/types/text.h"

namespace weir {
namespace {

using plan::ArithOp;
using plan::CompareOp;
using plan::Expr;
using plan::ExprKind;

RowResult Ok(Value value) { return {false, std::move(value)}; }
RowResult Fail() { return {true, Value()}; }

int Order(const Value& a, const Value& b) {
  if (a.type().is(TypeKind::kString)) return a.as_string().compare(b.as_string());
  if (a.type().is(TypeKind::kBool)) return int{a.as_bool()} - int{b.as_bool()};
  return a.as_int64() < b.as_int64() ? -1 : a.as_int64() > b.as_int64() ? 1 : 0;
}

bool Holds(CompareOp op, int order) {
  switch (op) {
    case CompareOp::kEqual: return order == 0;
    case CompareOp::kNotEqual: return order != 0;
    case CompareOp::kLess: return order < 0;
    case CompareOp::kLessEqual: return order <= 0;
    case CompareOp::kGreater: return order > 0;
    case CompareOp::kGreaterEqual: return order >= 0;
  }
  return false;
}

}  // namespace

RowResult RowInterpreter::Arith(const Expr& expr) {
  RowResult a = Eval(*expr.children[0]);
  if (a.failed) return a;
  // Null decides at once, as in the evaluator: the right side is not asked.
  if (a.value.is_null()) return Ok(Value::Null());
  RowResult b = Eval(*expr.children[1]);
  if (b.failed) return b;
  if (b.value.is_null()) return Ok(Value::Null());
  Int128 x = a.value.as_int64(), y = b.value.as_int64(), result = 0;
  switch (expr.arith) {
    case ArithOp::kAdd: result = x + y; break;
    case ArithOp::kSubtract: result = x - y; break;
    case ArithOp::kMultiply: result = x * y; break;
    case ArithOp::kDivide:
    case ArithOp::kModulo:
      if (y == 0) return Fail();
      result = expr.arith == ArithOp::kDivide ? x / y : x % y;
      break;
  }
  if (result < INT64_MIN || result > INT64_MAX) return Fail();
  return Ok(Value::Int64(static_cast<int64_t>(result)));
}

RowResult RowInterpreter::Compare(const Expr& expr) {
  RowResult a = Eval(*expr.children[0]);
  if (a.failed) return a;
  bool total = expr.compare == CompareOp::kEqual || expr.compare == CompareOp::kNotEqual;
  if (!total && a.value.is_null()) return Ok(Value::Null());
  RowResult b = Eval(*expr.children[1]);
  if (b.failed) return b;
  if (a.value.is_null() || b.value.is_null()) {
    if (!total) return Ok(Value::Null());
    bool same = a.value.is_null() && b.value.is_null();
    return Ok(Value::Bool(same == (expr.compare == CompareOp::kEqual)));
  }
  return Ok(Value::Bool(Holds(expr.compare, Order(a.value, b.value))));
}

RowResult RowInterpreter::Logic(const Expr& expr) {
  bool decides = expr.kind == ExprKind::kOr;
  RowResult a = Eval(*expr.children[0]);
  if (a.failed) return a;
  if (!a.value.is_null() && a.value.as_bool() == decides) return a;
  RowResult b = Eval(*expr.children[1]);
  if (b.failed) return b;
  if (!b.value.is_null() && b.value.as_bool() == decides) return b;
  if (a.value.is_null() || b.value.is_null()) return Ok(Value::Null());
  return Ok(Value::Bool(!decides));
}

RowResult RowInterpreter::Branch(const Expr& expr) {
  RowResult first = Eval(*expr.children[0]);
  if (first.failed) return first;
  if (expr.kind == ExprKind::kCoalesce) {
    return first.value.is_null() ? Eval(*expr.children[1]) : first;
  }
  bool holds = !first.value.is_null() && first.value.as_bool();
  return Eval(*expr.children[holds ? 1 : 2]);
}

RowResult RowInterpreter::Case(const Expr& expr) {
  RowResult subject = Eval(*expr.children[0]);
  if (subject.failed) return subject;
  Value outer = std::exchange(subject_, subject.value);
  RowResult result;
  size_t arm = 1;
  for (; arm + 1 < expr.children.size(); arm += 2) {
    RowResult test = Eval(*expr.children[arm]);
    if (test.failed) {
      result = test;
      break;
    }
    if (test.value.is_null() || !test.value.as_bool()) continue;
    result = Eval(*expr.children[arm + 1]);
    break;
  }
  if (arm + 1 == expr.children.size()) result = Eval(*expr.children[arm]);
  subject_ = outer;
  return result;
}

RowResult RowInterpreter::Cast(const Expr& expr) {
  RowResult child = Eval(*expr.children[0]);
  if (child.failed) return child;
  if (child.value.is_null()) return expr.type.optional() ? child : Fail();
  std::string text;
  if (child.value.type().is(TypeKind::kString)) {
    text = child.value.as_string();
  } else if (child.value.type().is(TypeKind::kBool)) {
    text = child.value.as_bool() ? "true" : "false";
  } else {
    text = std::to_string(child.value.as_int64());
  }
  if (expr.type.is(TypeKind::kString)) return Ok(Value::String(text));
  auto number = ParseInt64(text);
  return number ? Ok(Value::Int64(*number)) : Fail();
}

RowResult RowInterpreter::Eval(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral: return Ok(expr.value);
    case ExprKind::kColumn: return Ok(row_[static_cast<size_t>(expr.index)]);
    case ExprKind::kSubject: return Ok(subject_);
    case ExprKind::kArith: return Arith(expr);
    case ExprKind::kCompare: return Compare(expr);
    case ExprKind::kAnd:
    case ExprKind::kOr: return Logic(expr);
    case ExprKind::kIf:
    case ExprKind::kCoalesce: return Branch(expr);
    case ExprKind::kCase: return Case(expr);
    case ExprKind::kCast: return Cast(expr);
    case ExprKind::kNot: {
      RowResult child = Eval(*expr.children[0]);
      if (child.failed || child.value.is_null()) return child;
      return Ok(Value::Bool(!child.value.as_bool()));
    }
    case ExprKind::kIsNull: {
      RowResult child = Eval(*expr.children[0]);
      return child.failed ? child : Ok(Value::Bool(child.value.is_null() != expr.negated));
    }
    case ExprKind::kTry: {
      RowResult child = Eval(*expr.children[0]);
      return child.failed ? Ok(Value::Null()) : child;
    }
    case ExprKind::kInList: {
      RowResult child = Eval(*expr.children[0]);
      if (child.failed || child.value.is_null()) return child;
      bool found = false;
      for (const Value& value : expr.values) found |= Order(child.value, value) == 0;
      return Ok(Value::Bool(found != expr.negated));
    }
    default: return Fail();
  }
}

}  // namespace weir
