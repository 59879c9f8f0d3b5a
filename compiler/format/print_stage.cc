#include <string>
#include <utility>

#include "compiler/format/printer.h"

namespace weir::format {

/// One stage: on one line if it fits. More: one a line, indented below a `from` that starts a
/// declaration, level with one that follows `=`.
Doc Printer::Pipeline(const ast::Pipeline& pipeline, int indent) {
  std::vector<Doc> head{Text("from "), Names(pipeline.inputs)};
  if (pipeline.stages.empty()) return Concat(std::move(head));
  if (pipeline.stages.size() == 1) {
    Doc before = comments_.Before(pipeline.stages[0]->span.begin);
    Doc stage = Concat({Line(), std::move(before), Stage(*pipeline.stages[0])});
    return Concat({Concat(std::move(head)), Indent(indent, std::move(stage))});
  }
  if (Doc behind = comments_.Behind(pipeline.inputs.back().span.end)) {
    head.push_back(std::move(behind));
  }
  Doc stages = Concat({HardLine(), Stages(pipeline.stages)});
  return Concat({Concat(std::move(head)), Indent(indent, std::move(stages))});
}

Doc Printer::Stages(const std::vector<ast::StagePtr>& stages) {
  std::vector<Doc> parts;
  for (size_t i = 0; i < stages.size(); ++i) {
    if (i > 0) parts.push_back(HardLine());
    parts.push_back(comments_.Before(stages[i]->span.begin));
    parts.push_back(Stage(*stages[i]));
    if (i + 1 == stages.size()) break;  // The comment behind the last belongs to the declaration.
    if (Doc behind = comments_.Behind(stages[i]->span.end)) parts.push_back(std::move(behind));
  }
  return Concat(std::move(parts));
}

Doc Printer::Defined(Doc head, const ast::Pipeline& pipeline) {
  Doc before = comments_.Before(pipeline.span.begin);
  Doc body = Concat({Line(), std::move(before), Pipeline(pipeline, 0)});
  return Group(Concat({std::move(head), Text(" ="), Indent(2, std::move(body))}));
}

Doc Printer::Stage(const ast::Stage& stage) {
  std::vector<Doc> parts;
  for (const ast::Annotation& annotation : stage.annotations) {
    parts.push_back(Text("@" + Raw(annotation.name.span)));
    if (annotation.args) parts.push_back(Args(*annotation.args));
    parts.push_back(Text(" "));
  }
  if (stage.label) parts.push_back(Text(Raw(stage.label->span) + ": "));
  parts.push_back(StageBody(stage));
  return Concat({Text("|> "), Indent(3, Concat(std::move(parts)))});
}

Doc Printer::StageBody(const ast::Stage& stage) {
  using ast::StageKind;
  switch (stage.kind) {
    case StageKind::kWhere:
      return Concat({Text("where "), Expr(stage.As<ast::WhereStage>().condition)});
    case StageKind::kSelect: return Select(stage.As<ast::SelectStage>());
    case StageKind::kExtend:
      return AssignmentStage("extend", stage.As<ast::ExtendStage>().assignments);
    case StageKind::kSet: return AssignmentStage("set", stage.As<ast::SetStage>().assignments);
    case StageKind::kWithout:
      return Concat({Text("without "), Names(stage.As<ast::WithoutStage>().names)});
    case StageKind::kValidate: return Validate(stage.As<ast::ValidateStage>());
    case StageKind::kDedupe: {
      const auto& dedupe = stage.As<ast::DedupeStage>();
      std::vector<Doc> parts{Text("dedupe "), Keys("by", dedupe.by), Text(" within "),
                             Expr(dedupe.within)};
      if (dedupe.route) {
        parts.push_back(Text(" else "));
        parts.push_back(Route(*dedupe.route));
      }
      return Concat(std::move(parts));
    }
    case StageKind::kLookup: return Lookup(stage.As<ast::LookupStage>());
    case StageKind::kJoin: return Join(stage.As<ast::JoinStage>());
    case StageKind::kAggregate: return Aggregate(stage.As<ast::AggregateStage>());
    case StageKind::kSession: {
      const auto& session = stage.As<ast::SessionStage>();
      std::vector<Doc> head{Text("session "), Keys("by", session.by), Text(" gap "),
                            Expr(session.gap)};
      if (session.max != nullptr) {
        head.push_back(Text(" max "));
        head.push_back(Expr(session.max));
      }
      return Parts(Concat(std::move(head)), session.parts);
    }
    case StageKind::kProcess: {
      const auto& process = stage.As<ast::ProcessStage>();
      Doc head =
          Concat({Text("process "), Keys("by", process.by), Text(" ttl "), Expr(process.ttl)});
      return Parts(std::move(head), process.parts);
    }
    case StageKind::kAnomaly: {
      const auto& anomaly = stage.As<ast::AnomalyStage>();
      std::vector<Doc> parts{Text("anomaly of "), Expr(anomaly.value)};
      if (anomaly.by) {
        parts.push_back(Text(" "));
        parts.push_back(Keys("by", *anomaly.by));
      }
      parts.push_back(Indent(2, Concat({Line(), Text("using "), CallOnly(anomaly.detector), Line(),
                                        Text("as "), Name(anomaly.alias)})));
      return Group(Concat(std::move(parts)));
    }
    case StageKind::kRoute: return RouteStage(stage.As<ast::RouteStage>());
    case StageKind::kUnion:
      return Concat({Text("union "), Names(stage.As<ast::UnionStage>().streams)});
    case StageKind::kFlatten: {
      const auto& flatten = stage.As<ast::FlattenStage>();
      std::vector<Doc> parts{Text("flatten "), Expr(flatten.value)};
      if (flatten.alias) parts.push_back(Text(" as " + Raw(flatten.alias->span)));
      return Concat(std::move(parts));
    }
    case StageKind::kTop: {
      const auto& top = stage.As<ast::TopStage>();
      std::vector<Doc> parts{Text("top "), Expr(top.count), Text(" "), Keys("by", top.by)};
      if (top.per) {
        parts.push_back(Text(" "));
        parts.push_back(Keys("per", *top.per));
      }
      return Concat(std::move(parts));
    }
    case StageKind::kSort: return Sort(stage.As<ast::SortStage>());
    case StageKind::kLimit: {
      const auto& limit = stage.As<ast::LimitStage>();
      std::vector<Doc> parts{Text("limit "), Expr(limit.count)};
      if (limit.per) {
        parts.push_back(Text(" "));
        parts.push_back(Keys("per", *limit.per));
      }
      return Concat(std::move(parts));
    }
    case StageKind::kSample:
      return Concat({Text("sample "), Expr(stage.As<ast::SampleStage>().fraction)});
    case StageKind::kRekey:
      return Concat({Text("rekey "), Keys("by", stage.As<ast::RekeyStage>().by)});
    case StageKind::kApply: {
      const auto& apply = stage.As<ast::ApplyStage>();
      return Concat({Text("apply " + Raw(apply.name.span)), Args(apply.args)});
    }
    case StageKind::kInto: return Into(stage.As<ast::IntoStage>());
    case StageKind::kError: break;
  }
  return Text(Raw(stage.span));
}

Doc Printer::Select(const ast::SelectStage& stage) {
  std::vector<Entry> entries;
  for (const ast::SelectItem& item : stage.items) {
    entries.push_back({item.span, [this, &item] {
                         if (item.star) {
                           if (item.except.empty()) return Text("*");
                           return Concat({Text("* except ("), Names(item.except), Text(")")});
                         }
                         if (!item.alias) return Expr(item.expr);
                         return Concat({Expr(item.expr), Text(" as "), Name(*item.alias)});
                       }});
  }
  return Group(
      Concat({Text("select"), Indent(2, Concat({Line(), CommaLines(std::move(entries))}))}));
}

Doc Printer::AssignmentStage(const char* word, const std::vector<ast::Assignment>& assignments) {
  std::vector<Entry> entries = AssignmentEntries(assignments);
  if (assignments.size() == 1) {
    return Concat({Text(std::string(word) + " "), Indent(2, CommaLines(std::move(entries)))});
  }
  return Group(Concat({Text(word), Indent(2, Concat({Line(), CommaLines(std::move(entries))}))}));
}

Doc Printer::Validate(const ast::ValidateStage& stage) {
  std::vector<Entry> entries;
  for (const ast::ValidateRule& rule : stage.rules) {
    entries.push_back({rule.span, [this, &rule] { return ValidateRule(rule); }});
  }
  // The closing brace stands somewhere before the route; comments up to there are inside.
  const Span braces{stage.span.file, stage.keyword.begin, stage.route.span.begin};
  if (entries.size() == 1 && !comments_.Within(braces.begin, braces.end)) {
    return Group(Concat({Text("validate {"), Indent(2, Concat({Line(), entries[0].print()})),
                         Line(), Text("} else "), Route(stage.route)}));
  }
  Doc block = BraceBlock(std::move(entries), braces);
  return Concat({Text("validate "), std::move(block), Text(" else "), Route(stage.route)});
}

Doc Printer::ValidateRule(const ast::ValidateRule& rule) {
  std::vector<Doc> parts;
  if (rule.warn) parts.push_back(Text("warn "));
  parts.push_back(Text(Raw(rule.name.span) + ": "));
  parts.push_back(Expr(rule.condition));
  if (rule.message) {
    parts.push_back(Indent(2, Concat({Line(), Text("message "), String(*rule.message)})));
  }
  return Group(Concat(std::move(parts)));
}

Doc Printer::RouteStage(const ast::RouteStage& stage) {
  std::vector<Entry> entries;
  for (const ast::RouteArm& arm : stage.arms) {
    entries.push_back(
        {arm.span, [this, &arm] {
           if (arm.condition == nullptr) {
             return Concat({Text("else "), Route(arm.route)});
           }
           return Concat({Text("when "), Expr(arm.condition), Text(" "), Route(arm.route)});
         }});
  }
  return Concat({Text("route "), BraceBlock(std::move(entries), stage.span)});
}

Doc Printer::Sort(const ast::SortStage& stage) {
  std::vector<Entry> entries;
  for (const ast::SortItem& item : stage.items) {
    entries.push_back(
        {item.span, [this, &item] {
           static constexpr const char* kWords[] = {"", " asc", " desc"};
           return Concat({Expr(item.expr), Text(kWords[static_cast<int>(item.order)])});
         }});
  }
  return Group(Concat({Text("sort by "), Indent(2, CommaLines(std::move(entries)))}));
}

Doc Printer::Into(const ast::IntoStage& stage) {
  std::vector<Doc> parts{Text("into ")};
  parts.push_back(stage.connector ? Connector(*stage.connector) : Names(stage.targets));
  if (stage.pii) {
    parts.push_back(Text(" "));
    parts.push_back(Pii(*stage.pii));
  }
  if (stage.after) parts.push_back(Text(" after " + Raw(stage.after->span)));
  return Concat(std::move(parts));
}

}  // namespace weir::format
