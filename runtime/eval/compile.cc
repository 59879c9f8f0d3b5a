#include "runtime/eval/compile.h"

#include "runtime/eval/constant.h"
#include "runtime/eval/nodes.h"
#include "runtime/types/decimal.h"

namespace weir {
namespace {

using plan::Expr;
using plan::ExprKind;

/// The literal of a node that is constant; one that fails stays.
EvalNodePtr Folded(EvalNodePtr node) {
  auto value = ComputeConstant(*node);
  return value.ok() ? MakeLiteralNode(node->type(), *std::move(value)) : std::move(node);
}

/// Compiles `expr` as a value of `type`: a cast is added when the base types differ. A null literal
/// becomes one of that type.
Result<EvalNodePtr> CompileAs(const Expr& expr, const DataType& type) {
  if (expr.kind == ExprKind::kLiteral && expr.value.is_null()) {
    return MakeLiteralNode(type.AsOptional(), Value());
  }
  WEIR_ASSIGN(EvalNodePtr node, CompileExpr(expr));
  if (node->type().SameBase(type) || type.is_error()) return node;
  bool constant = node->constant() != nullptr;
  WEIR_ASSIGN(EvalNodePtr cast,
              MakeCastNode(type.WithOptional(node->type().optional()), std::move(node)));
  return constant ? Folded(std::move(cast)) : std::move(cast);
}

Result<EvalNodes> CompileChildren(const Expr& expr) {
  EvalNodes nodes;
  for (const plan::ExprPtr& child : expr.children) {
    WEIR_ASSIGN(EvalNodePtr node, CompileExpr(*child));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<EvalNodes> CompileChildrenAs(const Expr& expr, const DataType& type) {
  EvalNodes nodes;
  for (const plan::ExprPtr& child : expr.children) {
    WEIR_ASSIGN(EvalNodePtr node, CompileAs(*child, type));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

bool IsTime(const DataType& type) {
  return type.is(TypeKind::kTimestamp) || type.is(TypeKind::kDate) || type.is(TypeKind::kDuration);
}

/// Operands of decimal arithmetic keep their own precision and scale.
Result<EvalNodes> CompileDecimalOperands(const Expr& expr) {
  EvalNodes nodes;
  for (const plan::ExprPtr& child : expr.children) {
    DataType type = child->type.is_integer() ? DecimalForInteger(child->type) : child->type;
    WEIR_ASSIGN(EvalNodePtr node, CompileAs(*child, type));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

Result<EvalNodePtr> CompileArith(const Expr& expr) {
  if (IsTime(expr.children[0]->type) || IsTime(expr.children[1]->type)) {
    WEIR_ASSIGN(EvalNodes children, CompileChildren(expr));
    return MakeTimeArithNode(expr, std::move(children));
  }
  if (expr.type.is_decimal()) {
    WEIR_ASSIGN(EvalNodes children, CompileDecimalOperands(expr));
    return MakeDecimalArithNode(expr, std::move(children));
  }
  WEIR_ASSIGN(EvalNodes children, CompileChildrenAs(expr, expr.type));
  if (expr.type.is_float()) return MakeFloatArithNode(expr, std::move(children));
  if (expr.type.is_integer()) return MakeIntegerArithNode(expr, std::move(children));
  return InternalError("there is no arithmetic on {}: {}", expr.type.ToString(), expr.ToString());
}

/// The type in which the operands of a comparison meet.
DataType MeetingType(const Expr& expr) {
  const DataType& left = expr.children[0]->type;
  return left.is(TypeKind::kNull) ? expr.children[1]->type : left;
}

Result<EvalNodePtr> CompileCompare(const Expr& expr) {
  DataType type = MeetingType(expr);
  if (type.is(TypeKind::kNull)) type = DataType::Bool();
  EvalNodes nodes;
  for (const plan::ExprPtr& child : expr.children) {
    // Numbers of different kinds are compared exactly, as they are.
    bool as_is = child->type.is_numeric() && type.is_numeric();
    as_is |= child->type.is(TypeKind::kEnum) && type.is(TypeKind::kEnum);
    WEIR_ASSIGN(EvalNodePtr node, as_is ? CompileExpr(*child) : CompileAs(*child, type));
    nodes.push_back(std::move(node));
  }
  if (expr.kind == ExprKind::kInRange) return MakeInRangeNode(expr, std::move(nodes));
  return MakeCompareNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileIf(const Expr& expr) {
  EvalNodes nodes;
  for (size_t i = 0; i < 3; ++i) {
    WEIR_ASSIGN(EvalNodePtr node,
                CompileAs(*expr.children[i], i == 0 ? DataType::Bool() : expr.type));
    nodes.push_back(std::move(node));
  }
  return MakeIfNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileCase(const Expr& expr) {
  EvalNodes nodes;
  for (size_t i = 0; i < expr.children.size(); ++i) {
    bool is_else = i + 1 == expr.children.size() && i % 2 == 1;
    bool is_test = i % 2 == 1 && !is_else;
    const Expr& child = *expr.children[i];
    WEIR_ASSIGN(EvalNodePtr node, i == 0    ? CompileExpr(child)
                                  : is_test ? CompileAs(child, DataType::Bool())
                                            : CompileAs(child, expr.type));
    nodes.push_back(std::move(node));
  }
  return MakeCaseNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileIndex(const Expr& expr) {
  const DataType& collection = expr.children[0]->type;
  WEIR_ASSIGN(EvalNodePtr left, CompileExpr(*expr.children[0]));
  DataType key = expr.children[1]->type;
  if (collection.is(TypeKind::kMap)) key = collection.map_key();
  if (collection.is(TypeKind::kList)) key = DataType::Int64();
  WEIR_ASSIGN(EvalNodePtr right, CompileAs(*expr.children[1], key));
  EvalNodes nodes;
  nodes.push_back(std::move(left));
  nodes.push_back(std::move(right));
  if (collection.is(TypeKind::kJson)) return MakeJsonIndexNode(expr, std::move(nodes));
  if (collection.is(TypeKind::kMap)) return MakeMapIndexNode(expr, std::move(nodes));
  if (collection.is(TypeKind::kList)) return MakeListIndexNode(expr, std::move(nodes));
  return InternalError("{} has no elements: {}", collection.ToString(), expr.ToString());
}

Result<EvalNodePtr> CompileField(const Expr& expr) {
  WEIR_ASSIGN(EvalNodes nodes, CompileChildren(expr));
  if (expr.children[0]->type.is(TypeKind::kJson)) return MakeJsonFieldNode(expr, std::move(nodes));
  return MakeStructFieldNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileMakeStruct(const Expr& expr) {
  EvalNodes nodes;
  for (size_t i = 0; i < expr.children.size(); ++i) {
    WEIR_ASSIGN(EvalNodePtr node, CompileAs(*expr.children[i], expr.type.fields()[i].type));
    nodes.push_back(std::move(node));
  }
  return MakeStructNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileContains(const Expr& expr) {
  const DataType& collection = expr.children[1]->type;
  DataType element = collection.is(TypeKind::kMap) ? collection.map_key() : collection.element();
  WEIR_ASSIGN(EvalNodePtr left, CompileAs(*expr.children[0], element));
  WEIR_ASSIGN(EvalNodePtr right, CompileExpr(*expr.children[1]));
  EvalNodes nodes;
  nodes.push_back(std::move(left));
  nodes.push_back(std::move(right));
  return MakeContainsNode(expr, std::move(nodes));
}

Result<EvalNodePtr> CompileCall(const Expr& expr) {
  WEIR_ASSIGN(EvalNodes nodes, CompileChildren(expr));
  std::vector<const Value*> constants;
  for (const EvalNodePtr& node : nodes) constants.push_back(node->constant());
  return MakeCallNode(expr, std::move(nodes), constants);
}

Result<EvalNodePtr> CompileCast(const Expr& expr) {
  const Expr& child = *expr.children[0];
  if (child.kind == ExprKind::kLiteral && child.value.is_null()) {
    return CompileAs(child, expr.type);
  }
  WEIR_ASSIGN(EvalNodePtr node, CompileExpr(child));
  return MakeCastNode(expr.type, std::move(node));
}

using Maker = EvalNodePtr (*)(const Expr&, EvalNodes);

/// Operations whose operands are compiled as they are.
Maker PlainMaker(ExprKind kind) {
  switch (kind) {
    case ExprKind::kNegate: return MakeNegateNode;
    case ExprKind::kIsNull: return MakeIsNullNode;
    case ExprKind::kTry: return MakeTryNode;
    case ExprKind::kInList: return MakeInListNode;
    case ExprKind::kLike: return MakeLikeNode;
    case ExprKind::kFormat: return MakeFormatNode;
    default: return nullptr;
  }
}

/// Operations whose operands all have one type.
Maker UniformMaker(const Expr& expr, DataType* type) {
  *type = DataType::Bool();
  switch (expr.kind) {
    case ExprKind::kAnd: return MakeAndNode;
    case ExprKind::kOr: return MakeOrNode;
    case ExprKind::kNot: return MakeNotNode;
    case ExprKind::kCoalesce: *type = expr.type; return MakeCoalesceNode;
    case ExprKind::kMakeList: *type = expr.type.element(); return MakeListNode;
    default: return nullptr;
  }
}

Result<EvalNodePtr> CompileNode(const Expr& expr) {
  DataType operand;
  if (Maker make = UniformMaker(expr, &operand)) {
    WEIR_ASSIGN(EvalNodes nodes, CompileChildrenAs(expr, operand));
    return make(expr, std::move(nodes));
  }
  if (Maker make = PlainMaker(expr.kind)) {
    WEIR_ASSIGN(EvalNodes nodes, CompileChildren(expr));
    return make(expr, std::move(nodes));
  }
  switch (expr.kind) {
    case ExprKind::kLiteral: return MakeLiteralNode(expr.type, expr.value.WithType(expr.type));
    case ExprKind::kColumn: return MakeColumnNode(expr);
    case ExprKind::kHidden: return MakeHiddenNode(expr);
    case ExprKind::kSubject: return MakeSubjectNode(expr);
    case ExprKind::kCall: return CompileCall(expr);
    case ExprKind::kArith: return CompileArith(expr);
    case ExprKind::kCompare:
    case ExprKind::kInRange: return CompileCompare(expr);
    case ExprKind::kIf: return CompileIf(expr);
    case ExprKind::kCase: return CompileCase(expr);
    case ExprKind::kCast: return CompileCast(expr);
    case ExprKind::kField: return CompileField(expr);
    case ExprKind::kIndex: return CompileIndex(expr);
    case ExprKind::kMakeStruct: return CompileMakeStruct(expr);
    case ExprKind::kContains: return CompileContains(expr);
    case ExprKind::kMatches: {
      WEIR_ASSIGN(EvalNodes nodes, CompileChildren(expr));
      return MakeMatchesNode(expr, std::move(nodes));
    }
    default: return InternalError("no evaluator for {}", expr.ToString());
  }
}

}  // namespace

Result<Value> ComputeConstant(EvalNode& node) {
  EvalInput input;
  input.capacity = 1;
  RowErrors errors;
  EvalContext context{input, &errors, nullptr};
  ColumnPtr column = node.Eval(context, RowSet::All(1));
  if (!errors.empty()) return Status(StatusCode::kInvalidArgument, errors.errors()[0].message);
  return column->ValueAt(0).WithType(node.type());
}

Result<EvalNodePtr> CompileExpr(const Expr& expr) {
  WEIR_ASSIGN(EvalNodePtr node, CompileNode(expr));
  if (node->constant() == nullptr && IsConstant(expr)) return Folded(std::move(node));
  return node;
}

}  // namespace weir
