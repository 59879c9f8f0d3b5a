#include "compiler/plan/describe.h"

#include <fmt/format.h>

#include "runtime/types/text.h"

namespace weir::plan {

std::string DescribeDuration(Micros duration) {
  std::string out;
  AppendDuration(duration, out);
  return out;
}

std::string DescribeExprs(const std::vector<ExprPtr>& exprs) {
  std::string out;
  for (const ExprPtr& expr : exprs) {
    if (!out.empty()) out += ", ";
    out += expr->ToString();
  }
  return out;
}

std::string DescribeColumns(const std::vector<ExprPtr>& exprs, const SchemaPtr& schema) {
  std::string out;
  for (size_t i = 0; i < exprs.size(); ++i) {
    std::string name = schema ? schema->field(static_cast<int>(i)).name : fmt::format("#{}", i);
    bool passed_on = exprs[i]->kind == ExprKind::kColumn && exprs[i]->name == name;
    if (!out.empty()) out += ", ";
    out += passed_on ? name : name + " = " + exprs[i]->ToString();
  }
  return out;
}

std::string DescribeRoute(std::string_view word, const Route& route) {
  switch (route.kind) {
    case Route::Kind::kNone: return "";
    case Route::Kind::kTo: return fmt::format(" {} -> {}", word, route.target);
    case Route::Kind::kDiscard: return fmt::format(" {} discard \"{}\"", word, route.reason);
    case Route::Kind::kFail: return fmt::format(" {} fail", word);
    case Route::Kind::kDefault: return fmt::format(" {} default", word);
  }
  return "";
}

std::string DescribeWindow(const WindowSpec& window) {
  auto text = [](Micros duration) { return DescribeDuration(duration); };
  switch (window.kind) {
    case WindowKind::kNone: return "";
    case WindowKind::kTumbling:
      return " over tumbling " + text(window.size) +
             (window.offset == 0 ? "" : " offset " + text(window.offset));
    case WindowKind::kSliding:
      return fmt::format(" over sliding {} every {}", text(window.size), text(window.slide));
    case WindowKind::kCumulating:
      return fmt::format(" over cumulating {} every {}", text(window.size), text(window.slide));
    case WindowKind::kSession:
      return " over session gap " + text(window.gap) +
             (window.max ? " max " + text(*window.max) : "");
    case WindowKind::kLastRows: return fmt::format(" over last {} rows", window.rows);
  }
  return "";
}

std::string DescribeEmit(const EmitSpec& emit) {
  std::string out;
  auto add = [&](const std::string& when) { out += (out.empty() ? " emit " : ", ") + when; };
  if (emit.on_close) add("on close");
  if (emit.on_update) add("on update");
  if (emit.every) add("every " + DescribeDuration(*emit.every));
  return out;
}

std::string DescribeKeys(std::string_view word, const std::vector<ExprPtr>& keys) {
  return keys.empty() ? "" : fmt::format(" {} {}", word, DescribeExprs(keys));
}

std::string DescribeLate(Micros lateness, const Route& late) {
  return DescribeRoute("late after " + DescribeDuration(lateness), late);
}

}  // namespace weir::plan
