// ==, <, is, in, like, matches.
#include <fmt/format.h>

#include <utility>

#include "compiler/semantic/expr_typer.h"
#include "runtime/eval/constant.h"

namespace weir::semantic {

using plan::CompareOp;
using plan::ExprKind;
using plan::ExprPtr;

namespace {

CompareOp CompareOf(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::kNotEqual: return CompareOp::kNotEqual;
    case ast::BinaryOp::kLess: return CompareOp::kLess;
    case ast::BinaryOp::kLessEqual: return CompareOp::kLessEqual;
    case ast::BinaryOp::kGreater: return CompareOp::kGreater;
    case ast::BinaryOp::kGreaterEqual: return CompareOp::kGreaterEqual;
    default: return CompareOp::kEqual;
  }
}

bool IsTotal(CompareOp op) { return op == CompareOp::kEqual || op == CompareOp::kNotEqual; }

bool IsNullLiteral(const ExprPtr& expr) { return expr->type.is(TypeKind::kNull); }

bool IsConstantValue(const ExprPtr& expr) {
  return expr->kind == ExprKind::kLiteral && !expr->value.is_null();
}

bool HasOrder(const DataType& type) {
  switch (type.kind()) {
    case TypeKind::kBool:
    case TypeKind::kJson:
    case TypeKind::kList:
    case TypeKind::kMap:
    case TypeKind::kStruct: return false;
    default: return true;
  }
}

bool HasEquality(const DataType& type) {
  return !type.is(TypeKind::kJson) && !type.is(TypeKind::kMap);
}

ExprPtr NullTest(ExprPtr operand, bool negated, Span span) {
  auto test = std::make_shared<plan::Expr>();
  test->kind = ExprKind::kIsNull;
  test->type = DataType::Bool();
  test->span = span;
  test->negated = negated;
  test->children = {std::move(operand)};
  return test;
}

/// bool, or bool? where a part may be null.
std::shared_ptr<plan::Expr> Test(ExprKind kind, std::vector<ExprPtr> children, bool negated,
                                 Span span) {
  auto test = std::make_shared<plan::Expr>();
  test->kind = kind;
  bool optional = false;
  for (const ExprPtr& child : children) optional |= child->type.optional();
  test->type = DataType::Bool().WithOptional(optional);
  test->span = span;
  test->negated = negated;
  test->children = std::move(children);
  return test;
}

}  // namespace

bool ExprTyper::Unify(ExprPtr& left, ExprPtr& right, std::string_view op, Span op_span) {
  auto misfit = [&](std::string help) {
    OperatorMisfit(op, left, right, op_span, std::move(help));
    return false;
  };
  // A literal takes the type of the other side.
  for (int side = 0; side < 2; ++side) {
    ExprPtr& literal = side == 0 ? left : right;
    const ExprPtr& other = side == 0 ? right : left;
    if (!IsConstantValue(literal) || IsConstantValue(other)) continue;
    if (literal->type.SameBase(other->type)) return true;
    if (other->type.is(TypeKind::kJson)) break;
    Adapted adapted = AdaptValue(literal->value, other->type.AsRequired());
    if (adapted.value) {
      literal = plan::MakeLiteral(*std::move(adapted.value), literal->span);
      return true;
    }
    if (adapted.misfit == Misfit::kText) {
      ReportText(*literal, other->type, literal->span);
      return false;
    }
  }
  std::optional<DataType> common = CommonTypeOf(left->type.AsRequired(), right->type.AsRequired());
  if (!common) {
    const ExprPtr& json = left->type.is(TypeKind::kJson) ? left : right;
    if (json->type.is(TypeKind::kJson)) {
      const ExprPtr& other = left->type.is(TypeKind::kJson) ? right : left;
      return misfit(fmt::format("say what it is: `cast({} as {})`", TextOf(json->span),
                                other->type.AsRequired().ToString()));
    }
    bool floats = left->type.is_float() || right->type.is_float();
    bool decimals = left->type.is_decimal() || right->type.is_decimal();
    if (floats && decimals) {
      const ExprPtr& exact = left->type.is_decimal() ? left : right;
      return misfit(
          fmt::format("decimals are exact and floats are not; choose: `cast({} as float64)`",
                      TextOf(exact->span)));
    }
    bool day = left->type.is(TypeKind::kDate) || right->type.is(TypeKind::kDate);
    bool time = left->type.is(TypeKind::kTimestamp) || right->type.is(TypeKind::kTimestamp);
    if (day && time) {
      const ExprPtr& moment = left->type.is(TypeKind::kTimestamp) ? left : right;
      return misfit(fmt::format("compare days: `date({})`", TextOf(moment->span)));
    }
    return misfit("");
  }
  left = Convert(std::move(left), common->WithOptional(left->type.optional()), left->span);
  right = Convert(std::move(right), common->WithOptional(right->type.optional()), right->span);
  return !IsError(left) && !IsError(right);
}

ExprPtr ExprTyper::TypeComparison(const ast::BinaryExpr& binary, const Scope& scope) {
  ExprPtr left = Type(*binary.left, scope);
  DataType hint = left->type.AsRequired();
  ExprPtr right = Type(*binary.right, scope, &hint);
  return Compare(CompareOf(binary.op), std::move(left), std::move(right), binary.span,
                 binary.op_span, ast::BinaryOpText(binary.op));
}

ExprPtr ExprTyper::Compare(CompareOp op, ExprPtr left, ExprPtr right, Span span, Span op_span,
                           std::string_view op_text) {
  if (IsError(left) || IsError(right)) return ErrorExpr(span);
  if (IsTotal(op) && (IsNullLiteral(left) || IsNullLiteral(right))) {
    ExprPtr operand = IsNullLiteral(left) ? std::move(right) : std::move(left);
    if (!operand->type.optional()) {
      diagnostics_.Report(Code::kW0201, operand->span)
          .Here(fmt::format("is {}", operand->type.ToString()));
    }
    return NullTest(std::move(operand), op == CompareOp::kNotEqual, span);
  }
  if (!Unify(left, right, op_text, op_span)) return ErrorExpr(span);
  const DataType& type = left->type;
  if (IsTotal(op) ? !HasEquality(type) : !HasOrder(type)) {
    std::string help = type.is(TypeKind::kJson)
                           ? fmt::format("compare as text: `to_json({})`", TextOf(left->span))
                           : "";
    return OperatorMisfit(op_text, left, right, op_span, std::move(help));
  }
  return plan::MakeCompare(op, std::move(left), std::move(right), span);
}

ExprPtr ExprTyper::TypeIs(const ast::IsExpr& is, const Scope& scope) {
  ExprPtr operand = Type(*is.operand, scope);
  if (IsError(operand)) return operand;
  if (is.what == ast::IsExpr::What::kNull) {
    if (!operand->type.optional() && !operand->type.is(TypeKind::kJson)) {
      diagnostics_.Report(Code::kW0201, is.operand->span)
          .Here(fmt::format("is {}", operand->type.ToString()))
          .Note(fmt::format("`{}` is always {}", TextOf(is.span), is.negated ? "true" : "false"));
    }
    return NullTest(std::move(operand), is.negated, is.span);
  }
  if (!operand->type.is(TypeKind::kBool)) {
    diagnostics_.Report(Code::kF0201, is.operand->span).Arg("bool").Arg(operand->type.ToString());
    return ErrorExpr(is.span);
  }
  ExprPtr wanted = plan::MakeLiteral(Value::Bool(is.what == ast::IsExpr::What::kTrue), is.span);
  CompareOp op = is.negated ? CompareOp::kNotEqual : CompareOp::kEqual;
  return plan::MakeCompare(op, std::move(operand), std::move(wanted), is.span);
}

ExprPtr ExprTyper::TypeIn(const ast::BinaryExpr& in, const Scope& scope) {
  ExprPtr subject = Type(*in.left, scope);
  if (in.right->kind == ast::ExprKind::kRange) return TypeInRange(in, std::move(subject), scope);
  if (in.right->kind == ast::ExprKind::kList) return TypeInList(in, std::move(subject), scope);
  ExprPtr collection = Type(*in.right, scope);
  if (IsError(subject) || IsError(collection)) return ErrorExpr(in.span);
  const DataType& type = collection->type;
  if (!type.is(TypeKind::kList) && !type.is(TypeKind::kMap)) {
    std::string help = type.is(TypeKind::kString)
                           ? fmt::format("a part of a text: `contains({}, {})`",
                                         TextOf(in.right->span), TextOf(in.left->span))
                           : "the right side of `in` is a list, a map or a range `low..high`";
    return OperatorMisfit("in", subject, collection, in.op_span, std::move(help));
  }
  DataType element = type.is(TypeKind::kList) ? type.element() : type.map_key();
  subject =
      Convert(std::move(subject), element.WithOptional(subject->type.optional()), in.left->span);
  if (IsError(subject)) return subject;
  return Test(ExprKind::kContains, {std::move(subject), std::move(collection)}, in.negated,
              in.span);
}

ExprPtr ExprTyper::TypeInList(const ast::BinaryExpr& in, ExprPtr subject, const Scope& scope) {
  const auto& list = in.right->As<ast::ListExpr>();
  DataType element = subject->type.AsRequired();
  std::vector<ExprPtr> elements;
  bool constant = true, poisoned = IsError(subject);
  for (const ast::ExprPtr& item : list.elements) {
    ExprPtr value = Type(*item, scope, &element);
    poisoned |= IsError(value);
    if (!poisoned && !Unify(subject, value, "in", in.op_span)) poisoned = true;
    constant &= IsConstantValue(value);
    elements.push_back(std::move(value));
  }
  if (poisoned) return ErrorExpr(in.span);
  element = subject->type.AsRequired();  // may have been widened by an element
  for (ExprPtr& value : elements) {
    value = Convert(std::move(value), element.WithOptional(value->type.optional()), value->span);
    if (IsError(value)) return ErrorExpr(in.span);
  }
  if (constant) {
    auto test = Test(ExprKind::kInList, {std::move(subject)}, in.negated, in.span);
    for (const ExprPtr& value : elements) test->values.push_back(value->value);
    return test;
  }
  for (const ExprPtr& value : elements) {
    if (value->type.optional()) element = element.AsOptional();
  }
  for (ExprPtr& value : elements) value = Retyped(value, element);
  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kMakeList;
  made->type = DataType::List(element);
  made->span = list.span;
  made->children = std::move(elements);
  return Test(ExprKind::kContains, {std::move(subject), std::move(made)}, in.negated, in.span);
}

ExprPtr ExprTyper::TypeInRange(const ast::BinaryExpr& in, ExprPtr subject, const Scope& scope) {
  const auto& range = in.right->As<ast::RangeExpr>();
  DataType hint = subject->type.AsRequired();
  ExprPtr low = Type(*range.low, scope, &hint);
  ExprPtr high = Type(*range.high, scope, &hint);
  if (IsError(subject) || IsError(low) || IsError(high)) return ErrorExpr(in.span);
  if (!Unify(subject, low, "in", in.op_span) || !Unify(subject, high, "in", in.op_span)) {
    return ErrorExpr(in.span);
  }
  DataType type = subject->type.AsRequired();
  if (!HasOrder(type)) return OperatorMisfit("in", subject, low, in.op_span, "");
  low = Convert(std::move(low), type.WithOptional(low->type.optional()), range.low->span);
  if (IsError(low)) return low;
  return Test(ExprKind::kInRange, {std::move(subject), std::move(low), std::move(high)}, in.negated,
              in.span);
}

ExprPtr ExprTyper::TypeLike(const ast::BinaryExpr& like, const Scope& scope) {
  ExprPtr subject = Type(*like.left, scope);
  ExprPtr pattern = Type(*like.right, scope);
  if (IsError(subject) || IsError(pattern)) return ErrorExpr(like.span);
  DataType text = DataType::String().WithOptional(subject->type.optional());
  subject = Convert(std::move(subject), text, like.left->span);
  pattern = Convert(std::move(pattern), DataType::String(), like.right->span);
  if (IsError(subject) || IsError(pattern)) return ErrorExpr(like.span);
  std::optional<Value> value = Evaluate(pattern, "the pattern");
  if (!value) return ErrorExpr(like.span);
  bool regex = like.op == ast::BinaryOp::kMatches;
  auto test = Test(regex ? ExprKind::kMatches : ExprKind::kLike, {std::move(subject)}, like.negated,
                   like.span);
  test->value = *value;
  if (!regex) return test;
  auto probe = std::make_shared<plan::Expr>(*test);
  probe->children = {plan::MakeLiteral(Value::String(""), like.left->span)};
  probe->type = DataType::Bool();
  Result<Value> compiled = EvaluateConstant(probe);
  if (compiled.ok()) return test;
  diagnostics_.Report(Code::kF0217, like.right->span).Arg(compiled.status().message());
  return ErrorExpr(like.span);
}

}  // namespace weir::semantic
