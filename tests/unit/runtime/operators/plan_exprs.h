#pragma once

#include <utility>
#include <vector>

#include "compiler/plan/expr.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/route.h"

namespace weir {

// Short makers of plan expressions and statements for tests.

inline plan::ExprPtr Col(int index, DataType type, std::string name = "c") {
  return plan::MakeColumn(index, std::move(name), std::move(type));
}
inline plan::ExprPtr Lit(Value value) { return plan::MakeLiteral(std::move(value)); }
inline plan::ExprPtr Add(plan::ExprPtr a, plan::ExprPtr b) {
  DataType type = a->type;
  return plan::MakeArith(plan::ArithOp::kAdd, std::move(type), std::move(a), std::move(b));
}
inline plan::ExprPtr ToInt(plan::ExprPtr text) {
  return plan::MakeUnary(plan::ExprKind::kCast, DataType::Int64(), std::move(text));
}
inline plan::ExprPtr Compare(plan::CompareOp op, plan::ExprPtr a, plan::ExprPtr b) {
  return plan::MakeCompare(op, std::move(a), std::move(b));
}
inline plan::Statement Assign(int target, plan::ExprPtr value) {
  plan::Statement statement;
  statement.kind = plan::Statement::Kind::kAssign;
  statement.target = target;
  statement.value = std::move(value);
  return statement;
}
inline plan::Statement If(plan::ExprPtr condition, plan::Block then_block,
                          plan::Block else_block = {}) {
  plan::Statement statement;
  statement.kind = plan::Statement::Kind::kIf;
  statement.value = std::move(condition);
  statement.then_block = std::move(then_block);
  statement.else_block = std::move(else_block);
  return statement;
}
/// `map[key] += 1` of a map<string, int64>.
inline plan::Statement CountIn(int map, const DataType& type, const plan::ExprPtr& key) {
  plan::Statement statement;
  statement.kind = plan::Statement::Kind::kPut;
  statement.target = map;
  statement.key = key;
  plan::ExprPtr old =
      plan::MakeBinary(plan::ExprKind::kIndex, DataType::Int64().AsOptional(), Col(map, type), key);
  statement.value =
      Add(plan::MakeBinary(plan::ExprKind::kCoalesce, DataType::Int64(), old, Lit(Value::Int64(0))),
          Lit(Value::Int64(1)));
  return statement;
}
inline plan::Route Discard(std::string reason) {
  plan::Route route;
  route.kind = plan::Route::Kind::kDiscard;
  route.reason = std::move(reason);
  return route;
}

}  // namespace weir
