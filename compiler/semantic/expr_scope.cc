#include "compiler/semantic/expr_scope.h"

#include <algorithm>
#include <utility>

namespace weir::semantic {

Scope Scope::OfSchema(const Schema& schema, std::string what) {
  Scope scope;
  scope.set_what(std::move(what));
  for (int i = 0; i < schema.num_fields(); ++i) {
    const Field& field = schema.field(i);
    scope.AddColumn({field.name, field.type, i, field.pii, {}, {}});
  }
  return scope;
}

void Scope::AddRow(std::string alias, std::vector<ScopeColumn> columns, Span declared) {
  rows_.push_back({std::move(alias), std::move(columns), declared});
}

void Scope::AddBinding(std::string name, plan::ExprPtr value, Span declared) {
  bindings_.push_back({std::move(name), std::move(value), declared});
}

void Scope::AddUnreachable(std::string name, std::string hint) {
  unreachable_.push_back({std::move(name), std::move(hint)});
}

std::string_view Scope::what() const {
  if (!what_.empty() || parent_ == nullptr) return what_;
  return parent_->what();
}

void Scope::Learn(const Narrowing& facts) { facts_.AddAll(facts); }

void Scope::Forget(int index) {
  facts_.Forget(index);
  forgotten_.push_back(index);
}

bool Scope::IsKnownNotNull(const plan::Expr& expr) const {
  if (facts_.Knows(expr)) return true;
  if (parent_ == nullptr) return false;
  if (!forgotten_.empty()) {
    std::vector<int> columns;
    plan::CollectColumns(expr, columns);
    for (int index : forgotten_) {
      if (std::binary_search(columns.begin(), columns.end(), index)) return false;
    }
  }
  return parent_->IsKnownNotNull(expr);
}

const ScopeColumn* Scope::FindColumn(std::string_view name) const {
  for (const ScopeColumn& column : columns_) {
    if (column.name == name) return &column;
  }
  bool shadowed = FindBinding(name) != nullptr && parent_ != nullptr &&
                  parent_->FindBinding(name) != FindBinding(name);
  return parent_ == nullptr || shadowed ? nullptr : parent_->FindColumn(name);
}

const Scope::Row* Scope::FindRow(std::string_view alias) const {
  for (const Row& row : rows_) {
    if (row.alias == alias) return &row;
  }
  return parent_ == nullptr ? nullptr : parent_->FindRow(alias);
}

const Scope::Binding* Scope::FindBinding(std::string_view name) const {
  for (const Binding& binding : bindings_) {
    if (binding.name == name) return &binding;
  }
  return parent_ == nullptr ? nullptr : parent_->FindBinding(name);
}

const std::string* Scope::FindUnreachable(std::string_view name) const {
  for (const Unreachable& entry : unreachable_) {
    if (entry.name == name) return &entry.hint;
  }
  return parent_ == nullptr ? nullptr : parent_->FindUnreachable(name);
}

const ScopeColumn* Scope::ColumnAt(int index) const {
  for (const ScopeColumn& column : columns_) {
    if (column.index == index) return &column;
  }
  for (const Row& row : rows_) {
    for (const ScopeColumn& column : row.columns) {
      if (column.index == index) return &column;
    }
  }
  return parent_ == nullptr ? nullptr : parent_->ColumnAt(index);
}

void Scope::CollectNames(std::vector<std::string>& names) const {
  for (const ScopeColumn& column : columns_) names.push_back(column.name);
  for (const Row& row : rows_) names.push_back(row.alias);
  for (const Binding& binding : bindings_) names.push_back(binding.name);
  if (parent_ != nullptr) parent_->CollectNames(names);
}

std::vector<std::string> Scope::Names() const {
  std::vector<std::string> names;
  CollectNames(names);
  return names;
}

}  // namespace weir::semantic
