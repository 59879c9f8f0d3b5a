#include "compiler/semantic/stage_exprs.h"

#include <fmt/format.h>

#include <iterator>

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {
namespace {

using plan::Expr;
using plan::ExprPtr;

void FindVolatileCall(const Expr& expr, VolatileCall& found) {
  if (!found.function.empty()) return;
  if (expr.kind == plan::ExprKind::kCall && expr.function != nullptr &&
      expr.function->volatility == Volatility::kVolatile) {
    found = {expr.function->name, expr.span};
    return;
  }
  for (const ExprPtr& child : expr.children) FindVolatileCall(*child, found);
}

}  // namespace

ExprPtr FindFallible(const ExprPtr& expr) {
  if (expr == nullptr || !expr->CanFail()) return nullptr;
  for (const ExprPtr& child : expr->children) {
    if (ExprPtr inner = FindFallible(child)) return inner->span.valid() ? inner : expr;
  }
  return expr;
}

ExprPtr FindFallible(plan::LogicalNode& node) {
  ExprPtr found;
  node.VisitExprs([&found](ExprPtr& expr) {
    if (found == nullptr) found = FindFallible(expr);
  });
  return found;
}

VolatileCall FindVolatile(plan::LogicalNode& node) {
  VolatileCall found;
  node.VisitExprs([&found](ExprPtr& expr) {
    if (expr != nullptr) FindVolatileCall(*expr, found);
  });
  return found;
}

std::string ImpliedName(const ast::Expr& expr) {
  const auto* name = expr.Try<ast::NameExpr>();
  return name != nullptr ? name->name.text : "";
}

BoundKeys BindKeys(const ast::KeyList& keys, const Scope& scope, StageContext& context,
                   bool need_names) {
  BoundKeys bound;
  for (const ast::KeyItem& item : keys.items) {
    ExprPtr expr = context.binder().Bind(*item.expr, scope);
    bound.ok &= !IsError(expr);
    std::string name = item.alias ? item.alias->text : ImpliedName(*item.expr);
    if (name.empty() && need_names) {
      context.Report(Code::kF0155, item.span)
          .Here("a computed key")
          .Help("name it: `" + context.catalog().TextOf(item.expr->span) + " as name`");
      bound.ok = false;
    }
    bound.exprs.push_back(std::move(expr));
    bound.names.push_back(std::move(name));
    bound.spans.push_back(item.span);
  }
  return bound;
}

void ColumnList::Add(std::string name, DataType type, PiiTag pii, Span span) {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (fields_[i].name != name || name.empty()) continue;
    auto report = context_.Report(Code::kF0154, span).Arg(name);
    if (spans_[i].valid()) report.Label(spans_[i], "the first one");
    report.Help("call one of them something else");
    return;
  }
  fields_.push_back({std::move(name), std::move(type), std::move(pii)});
  spans_.push_back(span);
}

ExprPtr ColumnOf(const Schema& schema, int index, Span span) {
  const Field& field = schema.field(index);
  return plan::MakeColumn(index, field.name, field.type, span);
}

plan::StreamMode RemapMode(const plan::StreamMode& mode, const std::vector<ExprPtr>& exprs) {
  auto place_of = [&exprs](int column) {
    for (size_t i = 0; i < exprs.size(); ++i) {
      if (exprs[i]->kind == plan::ExprKind::kColumn && exprs[i]->index == column) {
        return static_cast<int>(i);
      }
    }
    return -1;
  };
  plan::StreamMode out = mode;
  out.key.clear();
  for (int column : mode.key) {
    int place = place_of(column);
    if (place < 0) {
      out.key.clear();
      break;
    }
    out.key.push_back(place);
  }
  if (mode.closed_column >= 0) out.closed_column = place_of(mode.closed_column);
  return out;
}

std::string EstimateText(int64_t bytes_per_key, std::optional<int64_t> keys) {
  std::string text = fmt::format("about {} bytes a key", bytes_per_key);
  if (!keys) return text;
  static constexpr const char* kUnits[] = {"bytes", "KB", "MB", "GB", "TB"};
  double total = static_cast<double>(bytes_per_key) * static_cast<double>(*keys);
  size_t unit = 0;
  for (; total >= 1000 && unit + 1 < std::size(kUnits); ++unit) total /= 1000;
  return text + fmt::format(", {:.3g} {} for {} keys", total, kUnits[unit], *keys);
}

int64_t EstimatedBytes(const DataType& type) {
  switch (type.physical()) {
    case Physical::kBool: return 1;
    case Physical::kInt128:
    case Physical::kFixed16: return 16;
    case Physical::kString: return 40;
    case Physical::kCode: return 2;
    case Physical::kList: return 160;
    case Physical::kStruct: {
      int64_t bytes = 0;
      for (const StructField& field : type.fields()) bytes += EstimatedBytes(field.type);
      return bytes;
    }
    default: return 8;
  }
}

}  // namespace weir::semantic
