#include <fmt/format.h>

#include "compiler/ast/dump_text.h"

namespace weir::ast::dump {
namespace {

std::string Parts(const KeyedParts& parts) {
  std::string out;
  if (parts.state) {
    out += " (state";
    for (const StateField& field : parts.state->fields) {
      out += fmt::format(" [{}: {} = {} merge {} ttl {}{}]", Text(field.name), Text(field.type),
                         Text(field.default_value), Text(field.merge), Text(field.ttl),
                         Text(field.annotations));
    }
    out += ')';
  }
  if (parts.on_event) {
    out += " (on event " + Text(parts.on_event->event) + ' ' + Text(parts.on_event->block) + ')';
  }
  for (const TimerHandler& timer : parts.on_timer) {
    out += " (on timer " + Text(timer.timer) + ' ' + Text(timer.block) + ')';
  }
  if (parts.on_close) out += " (on close " + Text(parts.on_close->block) + ')';
  if (parts.output) {
    out += " (output";
    for (const OutputField& field : parts.output->fields) {
      out += " [" + Text(field.name) + " = " + Text(field.value) + ']';
    }
    out += ')';
  }
  return out + Clause("emit", parts.emit) + Clause("late", parts.late) +
         Clause("error", parts.on_error);
}

std::string SelectText(const SelectStage& stage) {
  std::string out;
  for (const SelectItem& item : stage.items) {
    out += item.star ? " [* except " + Text(item.except) + ']'
                     : " [" + Text(item.expr) + " as " + Text(item.alias) + ']';
  }
  return out;
}

std::string ValidateText(const ValidateStage& stage) {
  std::string out;
  for (const ValidateRule& rule : stage.rules) {
    out += fmt::format(" [{}{}: {} message {}]", rule.warn ? "warn " : "", Text(rule.name),
                       Text(rule.condition), Text(rule.message));
  }
  return out + " else " + Text(stage.route);
}

std::string LookupText(const LookupStage& stage) {
  return fmt::format(" {} as {} (on {}) (set {}){}", Text(stage.table), Text(stage.alias),
                     Text(stage.on), Text(stage.assignments), Clause("error", stage.on_error));
}

std::string JoinText(const JoinStage& stage) {
  static constexpr const char* kWords[] = {"inner", "left", "full"};
  return fmt::format(" {} {} as {} on {} within {} {} as-of {}{}{}",
                     stage.join ? kWords[static_cast<int>(*stage.join)] : "-", Text(stage.right),
                     Text(stage.alias), Text(stage.on), Text(stage.within_low),
                     Text(stage.within_high), Text(stage.as_of),
                     Clause("unmatched", stage.unmatched), Clause("late", stage.late));
}

std::string AggregateText(const AggregateStage& stage) {
  return ' ' + Text(stage.aggregates) + Clause("by", stage.by) + Clause("over", stage.over) +
         Clause("emit", stage.emit) + Clause("late", stage.late) + Clause("ttl", stage.ttl) +
         Clause("error", stage.on_error);
}

std::string RouteText(const RouteStage& stage) {
  std::string out;
  for (const RouteArm& arm : stage.arms) {
    out += " [" + Text(arm.condition) + ' ' + Text(arm.route) + ']';
  }
  return out;
}

std::string SortText(const SortStage& stage) {
  static constexpr const char* kWords[] = {"-", "asc", "desc"};
  std::string out;
  for (const SortItem& item : stage.items) {
    out += " [" + Text(item.expr) + ' ' + kWords[static_cast<int>(item.order)] + ']';
  }
  return out;
}

std::string IntoText(const IntoStage& stage) {
  return ' ' + (stage.connector ? Text(*stage.connector) : Text(stage.targets)) +
         Clause("pii", stage.pii) + Clause("after", stage.after);
}

std::string Body(const Stage& stage) {
  switch (stage.kind) {
    case StageKind::kWhere: return ' ' + Text(stage.As<WhereStage>().condition);
    case StageKind::kSelect: return SelectText(stage.As<SelectStage>());
    case StageKind::kExtend: return ' ' + Text(stage.As<ExtendStage>().assignments);
    case StageKind::kSet: return ' ' + Text(stage.As<SetStage>().assignments);
    case StageKind::kWithout: return ' ' + Text(stage.As<WithoutStage>().names);
    case StageKind::kValidate: return ValidateText(stage.As<ValidateStage>());
    case StageKind::kDedupe: {
      const auto& dedupe = stage.As<DedupeStage>();
      return ' ' + Text(dedupe.by) + " within " + Text(dedupe.within) +
             Clause("else", dedupe.route);
    }
    case StageKind::kLookup: return LookupText(stage.As<LookupStage>());
    case StageKind::kJoin: return JoinText(stage.As<JoinStage>());
    case StageKind::kAggregate: return AggregateText(stage.As<AggregateStage>());
    case StageKind::kSession: {
      const auto& session = stage.As<SessionStage>();
      return fmt::format(" by {} gap {} max {}{}", Text(session.by), Text(session.gap),
                         Text(session.max), Parts(session.parts));
    }
    case StageKind::kProcess: {
      const auto& process = stage.As<ProcessStage>();
      return fmt::format(" by {} ttl {}{}", Text(process.by), Text(process.ttl),
                         Parts(process.parts));
    }
    case StageKind::kAnomaly: {
      const auto& anomaly = stage.As<AnomalyStage>();
      return fmt::format(" {}{} {} as {}", Text(anomaly.value), Clause("by", anomaly.by),
                         Text(anomaly.detector), Text(anomaly.alias));
    }
    case StageKind::kRoute: return RouteText(stage.As<RouteStage>());
    case StageKind::kUnion: return ' ' + Text(stage.As<UnionStage>().streams);
    case StageKind::kFlatten: {
      const auto& flatten = stage.As<FlattenStage>();
      return ' ' + Text(flatten.value) + " as " + Text(flatten.alias);
    }
    case StageKind::kTop: {
      const auto& top = stage.As<TopStage>();
      return ' ' + Text(top.count) + " by " + Text(top.by) + Clause("per", top.per);
    }
    case StageKind::kSort: return SortText(stage.As<SortStage>());
    case StageKind::kLimit: {
      const auto& limit = stage.As<LimitStage>();
      return ' ' + Text(limit.count) + Clause("per", limit.per);
    }
    case StageKind::kSample: return ' ' + Text(stage.As<SampleStage>().fraction);
    case StageKind::kRekey: return ' ' + Text(stage.As<RekeyStage>().by);
    case StageKind::kApply: {
      const auto& apply = stage.As<ApplyStage>();
      return ' ' + apply.name.Joined() + Text(apply.args);
    }
    case StageKind::kInto: return IntoText(stage.As<IntoStage>());
    case StageKind::kError: return "<error>";
  }
  return {};
}

}  // namespace

std::string Text(const Stage& stage) {
  return fmt::format("{}:{} {}{}", Text(stage.label), Text(stage.annotations),
                     StageWord(stage.kind), Body(stage));
}

void Append(const Pipeline& pipeline, int indent, std::string& out) {
  const std::string blanks(static_cast<size_t>(indent), ' ');
  out += blanks + "from " + Text(pipeline.inputs) + '\n';
  for (const StagePtr& stage : pipeline.stages) out += blanks + "|> " + Text(*stage) + '\n';
}

}  // namespace weir::ast::dump
