#include "compiler/plan/state_layout.h"

#include <fmt/format.h>

#include <iterator>
#include <optional>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/describe.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"

namespace weir::plan {
namespace {

/// ` by customer: string, day(at): date`.
std::string TypedKeys(const std::vector<ExprPtr>& keys) {
  std::string text;
  for (const ExprPtr& key : keys) {
    text += fmt::format("{}{}: {}", text.empty() ? " by " : ", ", key->ToString(),
                        key->type.ToString());
  }
  return text;
}

std::string Layout(const AggregateNode& node) {
  std::string text = TypedKeys(node.keys) + DescribeWindow(node.window);
  for (const AggregateCall& call : node.aggregates) {
    // The arguments as they stand: a sum of something else is another sum.
    fmt::format_to(std::back_inserter(text), "; {} = {}({}", call.name, call.function->name,
                   DescribeExprs(call.arguments));
    for (const std::optional<Value>& constant : call.constants) {
      if (constant) text += ", " + constant->ToString();
    }
    if (call.filter) text += " where " + call.filter->ToString();
    text += "): " + call.type.ToString();
  }
  return text;
}

std::string Layout(const StateProgram& program) {
  std::string text = TypedKeys(program.keys);
  for (const StateField& field : program.fields) {
    fmt::format_to(std::back_inserter(text), "; {}: {}", field.name, field.type.ToString());
  }
  for (const std::string& timer : program.timers) text += "; timer " + timer;
  return text;
}

std::string Layout(const ViewNode& node) {
  std::string key;
  for (const int column : node.key) {
    key += (key.empty() ? " key " : ", ") + node.schema->field(column).name;
  }
  return key + "; " + node.schema->ToString();
}

std::string Details(const LogicalNode& node) {
  switch (node.kind) {
    case NodeKind::kAggregate: return Layout(static_cast<const AggregateNode&>(node));
    case NodeKind::kSession: return Layout(static_cast<const SessionNode&>(node).program);
    case NodeKind::kProcess: return Layout(static_cast<const ProcessNode&>(node).program);
    case NodeKind::kView: return Layout(static_cast<const ViewNode&>(node));
    case NodeKind::kDedupe: {
      const auto& dedupe = static_cast<const DedupeNode&>(node);
      return TypedKeys(dedupe.keys) + " within " + DescribeDuration(dedupe.within);
    }
    case NodeKind::kLimit: return TypedKeys(static_cast<const LimitNode&>(node).per);
    case NodeKind::kAnomaly: {
      const auto& anomaly = static_cast<const AnomalyNode&>(node);
      return fmt::format("{} history {}", TypedKeys(anomaly.keys), anomaly.history);
    }
    case NodeKind::kTop: {
      const auto& top = static_cast<const TopNode&>(node);
      return fmt::format("{}; {}", TypedKeys(top.per), top.schema->ToString());
    }
    default: return "; " + node.schema->ToString();
  }
}

}  // namespace

std::string StateLayout(const LogicalNode& node) {
  if (!node.stateful()) return "";
  return std::string(NodeKindName(node.kind)) + Details(node);
}

}  // namespace weir::plan
