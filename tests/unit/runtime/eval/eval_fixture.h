#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "compiler/plan/expr.h"
#include "runtime/eval/constant.h"
#include "runtime/eval/evaluator.h"
#include "runtime/eval/predicate.h"

namespace weir {

// Short makers for tests of expressions.

inline plan::ExprPtr Lit(int64_t value) { return plan::MakeLiteral(Value::Int64(value)); }
inline plan::ExprPtr Lit(double value) { return plan::MakeLiteral(Value::Float64(value)); }
inline plan::ExprPtr Lit(const char* value) { return plan::MakeLiteral(Value::String(value)); }
inline plan::ExprPtr Lit(Value value) { return plan::MakeLiteral(std::move(value)); }
inline plan::ExprPtr Col(int index, DataType type) {
  return plan::MakeColumn(index, "c" + std::to_string(index), std::move(type));
}
inline plan::ExprPtr Cast(plan::ExprPtr child, DataType type) {
  return plan::MakeUnary(plan::ExprKind::kCast, std::move(type), std::move(child));
}
inline plan::ExprPtr Node(plan::ExprKind kind, DataType type, std::vector<plan::ExprPtr> children) {
  auto expr = std::make_shared<plan::Expr>();
  expr->kind = kind;
  expr->type = std::move(type);
  expr->children = std::move(children);
  return expr;
}
inline plan::ExprPtr Member(plan::ExprPtr child, std::string name, DataType type, int index = 0) {
  auto expr = std::make_shared<plan::Expr>();
  expr->kind = plan::ExprKind::kField;
  expr->type = std::move(type);
  expr->name = std::move(name);
  expr->index = index;
  expr->children = {std::move(child)};
  return expr;
}

/// A flat column; a null Value is null.
inline ColumnPtr Flat(DataType type, const std::vector<Value>& values) {
  MutableColumnPtr column = Column::Make(std::move(type), static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) {
    column->SetValue(static_cast<RowIndex>(i), values[i]);
  }
  return column;
}
inline ColumnPtr Ints(const std::vector<int64_t>& values) {
  std::vector<Value> list;
  for (int64_t value : values) list.push_back(Value::Int64(value));
  return Flat(DataType::Int64(), list);
}
inline ColumnPtr Texts(DataType type, const std::vector<std::string>& values) {
  std::vector<Value> list;
  for (const std::string& value : values) list.push_back(Value(type, value));
  return Flat(type, list);
}

/// Results of an expression over all rows as text: JSON values, `error: message` for failed rows.
inline std::vector<std::string> RunAll(const plan::ExprPtr& expr,
                                       const std::vector<ColumnPtr>& columns = {}) {
  auto evaluator = Evaluator::Compile(expr);
  if (!evaluator.ok()) return {"compile: " + evaluator.status().message()};
  uint32_t capacity = columns.empty() ? 1 : columns[0]->length();
  EvalInput input{columns.data(), columns.size(), nullptr, capacity, 0};
  RowErrors errors;
  ColumnPtr result = (*evaluator)->Evaluate(input, RowSet::All(capacity), errors);
  std::vector<std::string> out;
  for (RowIndex row = 0; row < capacity; ++row) {
    const RowError* error = errors.Find(row);
    out.push_back(error ? "error: " + error->message : result->ValueAt(row).ToJson());
  }
  return out;
}

inline std::string RunOne(const plan::ExprPtr& expr, const std::vector<ColumnPtr>& columns = {}) {
  return RunAll(expr, columns)[0];
}

}  // namespace weir
