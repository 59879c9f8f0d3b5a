#include <string>
#include <utility>

#include "compiler/format/printer.h"

namespace weir::format {

Doc Printer::Lookup(const ast::LookupStage& stage) {
  std::string head = "lookup " + Raw(stage.table.span);
  if (stage.alias) head += " as " + Raw(stage.alias->span);
  std::vector<Doc> parts{Text(head + " "), Keys("on", stage.on)};
  std::vector<Doc> clauses{Line(), AssignmentStage("set", stage.assignments)};
  if (stage.on_error) {
    clauses.push_back(Line());
    clauses.push_back(comments_.Before(stage.on_error->span.begin));
    clauses.push_back(Text("on error "));
    clauses.push_back(Route(stage.on_error->route));
  }
  parts.push_back(Indent(2, Concat(std::move(clauses))));
  return Group(Concat(std::move(parts)));
}

Doc Printer::Join(const ast::JoinStage& stage) {
  static constexpr const char* kWords[] = {"inner ", "left ", "full "};
  std::string head = "join ";
  if (stage.join) head += kWords[static_cast<int>(*stage.join)];
  head += Raw(stage.right.span);
  if (stage.alias) head += " as " + Raw(stage.alias->span);
  std::vector<Doc> parts{Text(head + " on "), Expr(stage.on)};
  std::vector<Doc> clauses{Line()};
  if (stage.as_of != nullptr) {
    clauses.push_back(Concat({Text("as of "), Expr(stage.as_of)}));
  } else {
    clauses.push_back(
        Concat({Text("within "), Expr(stage.within_low), Text(".."), Expr(stage.within_high)}));
  }
  if (stage.unmatched) {
    clauses.push_back(Line());
    clauses.push_back(comments_.Before(stage.unmatched->span.begin));
    clauses.push_back(Concat({Text("unmatched "), Route(*stage.unmatched)}));
  }
  if (stage.late) {
    clauses.push_back(Line());
    clauses.push_back(comments_.Before(stage.late->span.begin));
    clauses.push_back(Late(*stage.late));
  }
  parts.push_back(Indent(2, Concat(std::move(clauses))));
  return Group(Concat(std::move(parts)));
}

Doc Printer::Aggregate(const ast::AggregateStage& stage) {
  std::vector<Entry> clauses;
  if (stage.by) clauses.push_back({stage.by->span, [&] { return Keys("by", *stage.by); }});
  if (stage.over) {
    clauses.push_back({stage.over->span, [&] {
                         return Concat({Text("over "), Window(*stage.over)});
                       }});
  }
  if (stage.emit) clauses.push_back({stage.emit->span, [&] { return Emit(*stage.emit); }});
  if (stage.late) clauses.push_back({stage.late->span, [&] { return Late(*stage.late); }});
  if (stage.ttl) {
    clauses.push_back({stage.ttl->span, [&] {
                         return Concat({Text("ttl "), Expr(stage.ttl->amount)});
                       }});
  }
  if (stage.on_error) {
    clauses.push_back({stage.on_error->span, [&] {
                         return Concat({Text("on error "), Route(stage.on_error->route)});
                       }});
  }
  std::vector<Doc> parts{AssignmentStage("aggregate", stage.aggregates)};
  Arrange(clauses);
  if (!clauses.empty() && !stage.aggregates.empty()) {
    if (Doc behind = comments_.Behind(stage.aggregates.back().span.end)) {
      parts.push_back(std::move(behind));
    }
  }
  for (size_t i = 0; i < clauses.size(); ++i) {
    parts.push_back(Line());
    parts.push_back(i + 1 < clauses.size()
                        ? WithComments(clauses[i])
                        : Concat({comments_.Before(clauses[i].span.begin), clauses[i].print()}));
  }
  return Group(Concat(std::move(parts)));
}

Doc Printer::Window(const ast::WindowSpec& window) {
  static constexpr const char* kWords[] = {"tumbling ", "sliding ", "cumulating ", "session gap ",
                                           "last "};
  std::vector<Doc> parts{Text(kWords[static_cast<int>(window.kind)]), Expr(window.size)};
  auto add = [&](const char* word, const ast::ExprPtr& amount) {
    if (amount == nullptr) return;
    parts.push_back(Text(word));
    parts.push_back(Expr(amount));
  };
  add(" every ", window.every);
  add(" offset ", window.offset);
  add(" max ", window.max);
  if (window.kind == ast::WindowKind::kRows) parts.push_back(Text(" rows"));
  return Concat(std::move(parts));
}

}  // namespace weir::format
