// Arithmetic, and, or, not, ??.
#include <fmt/format.h>

#include <utility>

#include "compiler/semantic/expr_typer.h"
#include "runtime/types/decimal.h"

namespace weir::semantic {

using plan::ArithOp;
using plan::ExprKind;
using plan::ExprPtr;

namespace {

std::string_view ArithText(ArithOp op) {
  switch (op) {
    case ArithOp::kAdd: return "+";
    case ArithOp::kSubtract: return "-";
    case ArithOp::kMultiply: return "*";
    case ArithOp::kDivide: return "/";
    case ArithOp::kModulo: return "%";
  }
  return "?";
}

ArithOp ArithOf(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kSubtract: return ArithOp::kSubtract;
    case ast::BinaryOp::kMultiply: return ArithOp::kMultiply;
    case ast::BinaryOp::kDivide: return ArithOp::kDivide;
    case ast::BinaryOp::kModulo: return ArithOp::kModulo;
    default: return ArithOp::kAdd;
  }
}

bool IsLiteral(const ExprPtr& expr) {
  return expr->kind == ExprKind::kLiteral && !expr->value.is_null();
}

bool IsTime(const DataType& type) {
  return type.is(TypeKind::kTimestamp) || type.is(TypeKind::kDate) || type.is(TypeKind::kDuration);
}

ExprPtr Cast(ExprPtr expr, const DataType& type) {
  DataType target = type.WithOptional(expr->type.optional());
  if (expr->type == target) return expr;
  Conversion conversion = TryConvert(expr, target);
  if (conversion.misfit == Misfit::kNone) return conversion.expr;
  Span span = expr->span;
  return plan::MakeUnary(ExprKind::kCast, target, std::move(expr), span);
}

/// A number literal beside a number that is none takes its type where it fits.
ExprPtr AdaptBeside(ExprPtr literal, const DataType& other) {
  if (!IsLiteral(literal)) return literal;
  if (literal->type.is_integer() && other.is_decimal()) {
    return plan::MakeLiteral(DecimalOfInteger(literal->value), literal->span);
  }
  if (literal->type.is_decimal() && other.is_decimal()) return literal;
  Adapted adapted = AdaptValue(literal->value, other.AsRequired());
  if (!adapted.value) return literal;
  return plan::MakeLiteral(*std::move(adapted.value), literal->span);
}

DataType DecimalResult(ArithOp op, const DataType& a, const DataType& b) {
  switch (op) {
    case ArithOp::kMultiply: return DecimalMultiplyType(a, b);
    case ArithOp::kDivide: return DecimalDivideType(a, b);
    case ArithOp::kModulo: return DecimalModuloType(a, b);
    default: return DecimalAddType(a, b);
  }
}

}  // namespace

ExprPtr ExprTyper::TypeUnary(const ast::UnaryExpr& unary, const Scope& scope) {
  if (unary.op == ast::UnaryOp::kNot) {
    ExprPtr operand = Condition(*unary.operand, scope, "not");
    if (IsError(operand)) return operand;
    return plan::MakeUnary(ExprKind::kNot, DataType::Bool(), std::move(operand), unary.span);
  }
  ExprPtr operand = Type(*unary.operand, scope);
  const DataType type = operand->type;
  if (type.is_error()) return operand;
  if (IsLiteral(operand) && !type.is_unsigned_integer()) {
    if (type.is_integer() && operand->value.as_int64() != INT64_MIN) {
      return plan::MakeLiteral(Value(type, -operand->value.as_int64()), unary.span);
    }
    if (type.is_float())
      return plan::MakeLiteral(Value(type, -operand->value.as_float64()), unary.span);
    if (type.is_decimal()) {
      return plan::MakeLiteral(
          Value::Decimal(-operand->value.as_int128(), type.precision(), type.scale()), unary.span);
    }
    if (type.is(TypeKind::kDuration)) {
      return plan::MakeLiteral(Value::Duration(-operand->value.as_int64()), unary.span);
    }
  }
  constexpr uint64_t kMinInt64 = uint64_t{1} << 63;
  if (IsLiteral(operand) && type.is(TypeKind::kUInt64) && operand->value.as_uint64() == kMinInt64) {
    return plan::MakeLiteral(Value::Int64(INT64_MIN), unary.span);
  }
  if (type.is_unsigned_integer()) {
    DataType wider = CommonInteger(type, DataType::Of(TypeKind::kInt8));
    operand = Cast(std::move(operand), wider);
  } else if (!type.is_numeric() && !type.is(TypeKind::kDuration)) {
    diagnostics_.Report(Code::kF0204, unary.op_span).Arg("-").Arg(type.ToString());
    return ErrorExpr(unary.span);
  }
  DataType result = operand->type;
  return plan::MakeUnary(ExprKind::kNegate, result, std::move(operand), unary.span);
}

ExprPtr ExprTyper::TypeBinary(const ast::BinaryExpr& binary, const Scope& scope,
                              const DataType* hint) {
  switch (binary.op) {
    case ast::BinaryOp::kMultiply:
    case ast::BinaryOp::kDivide:
    case ast::BinaryOp::kModulo:
    case ast::BinaryOp::kAdd:
    case ast::BinaryOp::kSubtract: return TypeArithmetic(binary, scope, hint);
    case ast::BinaryOp::kCoalesce: return TypeCoalesce(binary, scope, hint);
    case ast::BinaryOp::kIn: return TypeIn(binary, scope);
    case ast::BinaryOp::kLike:
    case ast::BinaryOp::kMatches: return TypeLike(binary, scope);
    case ast::BinaryOp::kAnd:
    case ast::BinaryOp::kOr: return TypeLogic(binary, scope);
    default: return TypeComparison(binary, scope);
  }
}

ExprPtr ExprTyper::TypeLogic(const ast::BinaryExpr& binary, const Scope& scope) {
  const bool is_and = binary.op == ast::BinaryOp::kAnd;
  ExprPtr left = Condition(*binary.left, scope, is_and ? "and" : "or");
  Scope inner(&scope);
  if (!IsError(left)) inner.Learn(NarrowedBy(*left, is_and));
  ExprPtr right = Condition(*binary.right, inner, is_and ? "and" : "or");
  if (IsError(left) || IsError(right)) return ErrorExpr(binary.span);
  return plan::MakeBinary(is_and ? ExprKind::kAnd : ExprKind::kOr, DataType::Bool(),
                          std::move(left), std::move(right), binary.span);
}

ExprPtr ExprTyper::TypeCoalesce(const ast::BinaryExpr& binary, const Scope& scope,
                                const DataType* hint) {
  ExprPtr left = Type(*binary.left, scope, hint);
  DataType expected = left->type.AsRequired();
  bool typed = !expected.is_error() && !expected.is(TypeKind::kNull);
  ExprPtr right = Type(*binary.right, scope, typed ? &expected : hint);
  if (IsError(left) || IsError(right)) return ErrorExpr(binary.span);
  if (!typed) return right;  // null ?? x
  if (!left->type.optional()) {
    diagnostics_.Report(Code::kW0201, binary.left->span)
        .Here(fmt::format("is {}", left->type.ToString()))
        .Help(fmt::format("`{}` alone says the same", TextOf(binary.left->span)));
    return left;
  }
  bool optional = right->type.optional();
  Conversion fitted = TryConvert(right, expected.WithOptional(optional));
  if (fitted.misfit == Misfit::kNone) {
    right = fitted.expr;
  } else {
    std::optional<DataType> common = CommonTypeOf(expected, right->type.AsRequired());
    bool literal = IsLiteral(right) && !right->type.is_numeric();
    if (!common || literal) {
      ReportMisfit(fitted, expected.WithOptional(optional), right, binary.right->span);
      return ErrorExpr(binary.span);
    }
    left = Cast(std::move(left), *common);
    right = Cast(std::move(right), *common);
  }
  DataType result = left->type.WithOptional(optional);
  return plan::MakeBinary(ExprKind::kCoalesce, result, std::move(left), std::move(right),
                          binary.span);
}

ExprPtr ExprTyper::TypeArithmetic(const ast::BinaryExpr& binary, const Scope& scope,
                                  const DataType* hint) {
  (void)hint;
  const auto* attempt = binary.left->Try<ast::TryExpr>();
  if (attempt != nullptr && !attempt->parenthesized) {
    ExprPtr tried = Type(*attempt->operand, scope);
    if (!IsError(tried) && !tried->CanFail()) {
      std::string whole = TextOf(attempt->operand->span.To(binary.right->span));
      diagnostics_.Report(Code::kF0212, attempt->span)
          .Arg(TextOf(attempt->operand->span))
          .Here("binds tighter than the operator after it")
          .Help(fmt::format("write `try ({})`", whole))
          .Suggest(binary.span, fmt::format("try ({})", whole), "put the operation in parentheses");
      return ErrorExpr(binary.span);
    }
  }
  ExprPtr left = Type(*binary.left, scope);
  ExprPtr right = Type(*binary.right, scope);
  return Arithmetic(ArithOf(binary.op), std::move(left), std::move(right), binary.span,
                    binary.op_span);
}

ExprPtr ExprTyper::OperatorMisfit(std::string_view op, const ExprPtr& left, const ExprPtr& right,
                                  Span op_span, std::string help) {
  diagnostics_.Report(Code::kF0204, op_span)
      .Arg(op)
      .Arg(fmt::format("{} and {}", left->type.ToString(), right->type.ToString()))
      .Label(left->span, left->type.ToString())
      .Label(right->span, right->type.ToString())
      .Help(std::move(help));
  return ErrorExpr(left->span.To(right->span));
}

ExprPtr ExprTyper::Arithmetic(ArithOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
  if (IsError(left) || IsError(right)) return ErrorExpr(span);
  if (IsTime(left->type) || IsTime(right->type)) {
    return Times(op, std::move(left), std::move(right), span, op_span);
  }
  if (left->type.is_numeric() && right->type.is_numeric()) {
    return Numbers(op, std::move(left), std::move(right), span, op_span);
  }
  std::string help;
  bool text = left->type.is(TypeKind::kString) || right->type.is(TypeKind::kString);
  if (text && op == ArithOp::kAdd) {
    help = fmt::format("strings are put together with `f\"{{{}}}{{{}}}\"`", TextOf(left->span),
                       TextOf(right->span));
  } else if (left->type.is(TypeKind::kJson) || right->type.is(TypeKind::kJson)) {
    const ExprPtr& json = left->type.is(TypeKind::kJson) ? left : right;
    help = fmt::format("say what it is: `cast({} as int64)`", TextOf(json->span));
  }
  return OperatorMisfit(ArithText(op), left, right, op_span, std::move(help));
}

ExprPtr ExprTyper::Numbers(ArithOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
  const bool optional = left->type.optional() || right->type.optional();
  left = AdaptBeside(std::move(left), right->type);
  right = AdaptBeside(std::move(right), left->type);
  const DataType& a = left->type;
  const DataType& b = right->type;
  DataType result;
  if (a.is_float() || b.is_float()) {
    if (a.is_decimal() || b.is_decimal()) {
      const ExprPtr& exact = a.is_decimal() ? left : right;
      return OperatorMisfit(ArithText(op), left, right, op_span,
                            fmt::format("decimals are exact and floats are not; choose: `cast({} "
                                        "as float64)`",
                                        TextOf(exact->span)));
    }
    result = *CommonTypeOf(a.AsRequired(), b.AsRequired());
    left = Cast(std::move(left), result);
    right = Cast(std::move(right), result);
  } else if (a.is_decimal() || b.is_decimal()) {
    if (a.is_integer()) left = Cast(std::move(left), DecimalForInteger(a));
    if (b.is_integer()) right = Cast(std::move(right), DecimalForInteger(b));
    result = DecimalResult(op, left->type, right->type);
  } else {
    result = CommonInteger(a, b);
    left = Cast(std::move(left), result);
    right = Cast(std::move(right), result);
  }
  return plan::MakeArith(op, result.WithOptional(optional), std::move(left), std::move(right),
                         span);
}

ExprPtr ExprTyper::Times(ArithOp op, ExprPtr left, ExprPtr right, Span span, Span op_span) {
  const bool optional = left->type.optional() || right->type.optional();
  const DataType moment = DataType::Timestamp();
  const DataType length = DataType::Duration();
  const ExprPtr left_as_written = left, right_as_written = right;
  if (left->type.is(TypeKind::kDate)) left = Cast(std::move(left), moment);
  if (right->type.is(TypeKind::kDate)) right = Cast(std::move(right), moment);
  const bool left_moment = left->type.is(TypeKind::kTimestamp);
  const bool right_moment = right->type.is(TypeKind::kTimestamp);
  const bool left_length = left->type.is(TypeKind::kDuration);
  const bool right_length = right->type.is(TypeKind::kDuration);
  std::optional<DataType> result;
  switch (op) {
    case ArithOp::kAdd:
      if (left_length && right_length) result = length;
      if ((left_moment && right_length) || (left_length && right_moment)) result = moment;
      break;
    case ArithOp::kSubtract:
      if ((left_length && right_length) || (left_moment && right_moment)) result = length;
      if (left_moment && right_length) result = moment;
      break;
    case ArithOp::kMultiply:
      if ((left_length && right->type.is_integer()) || (left->type.is_integer() && right_length)) {
        result = length;
      }
      break;
    case ArithOp::kDivide:
      if (left_length && right->type.is_integer()) result = length;
      break;
    case ArithOp::kModulo:
      if (left_length && right_length) result = length;
      break;
  }
  if (!result) {
    std::string help;
    if (op == ArithOp::kDivide && left_length && right_length) {
      help = fmt::format("compare numbers: `seconds({}) / seconds({})`", TextOf(left->span),
                         TextOf(right->span));
    } else if (left->type.is_integer() || right->type.is_integer()) {
      help = "a number has no unit; write a duration: `10m`, `500ms`";
    }
    return OperatorMisfit(ArithText(op), left_as_written, right_as_written, op_span,
                          std::move(help));
  }
  return plan::MakeArith(op, result->WithOptional(optional), std::move(left), std::move(right),
                         span);
}

}  // namespace weir::semantic
