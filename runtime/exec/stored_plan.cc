#include "runtime/exec/stored_plan.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "compiler/plan/state_layout.h"
#include "runtime/exec/state_slot.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

using Nodes = std::map<std::string, std::string>;

/// First line: the nodes that it reads, with their ports. Then the layout, when it has state.
Nodes NodesOf(const plan::LogicalPlan& plan) {
  Nodes nodes;
  for (const auto& node : plan.nodes) {
    if (node == nullptr) continue;
    std::string text;
    for (const plan::InputRef& input : node->inputs) {
      text += fmt::format("{}{}", text.empty() ? "" : ", ", plan.at(input.node).name);
      if (input.port > 0) text += fmt::format(":{}", input.port);
    }
    const std::string layout = plan::StateLayout(*node);
    nodes[node->name] = layout.empty() ? text : text + "\n" + layout;
  }
  return nodes;
}

std::string InputsOf(const std::string& node) { return node.substr(0, node.find('\n')); }

std::string LayoutOf(const std::string& node) {
  const size_t line = node.find('\n');
  return line == std::string::npos ? "no state" : node.substr(line + 1);
}

std::string Difference(const std::string& name, const std::string& then, const std::string& now) {
  if (LayoutOf(then) != LayoutOf(now)) {
    return fmt::format("\n  {} keeps another state\n    then: {}\n    now:  {}", name,
                       LayoutOf(then), LayoutOf(now));
  }
  return fmt::format("\n  {} reads from {}, before from {}", name, InputsOf(now), InputsOf(then));
}

}  // namespace

StateDelta StoredPlan(const plan::LogicalPlan& plan) {
  StateWriter writer(kPlanOperator);
  for (const auto& [name, text] : NodesOf(plan)) {
    writer.Put(kPlanSlot, kUnkeyedGroup, name, text);
  }
  return writer.Take();
}

Status CheckStoredPlan(const StateBackend& state, const plan::LogicalPlan& plan) {
  WEIR_ASSIGN(const Nodes then, ReadStateSlot(&state, kPlanOperator, kPlanSlot));
  if (then.empty()) return Status::Ok();
  const Nodes now = NodesOf(plan);
  std::string differences;
  for (const auto& [name, text] : then) {
    const auto found = now.find(name);
    if (found == now.end()) {
      differences += fmt::format("\n  {} is not there any more", name);
    } else if (found->second != text) {
      differences += Difference(name, text, found->second);
    }
  }
  for (const auto& [name, text] : now) {
    if (!then.contains(name)) differences += fmt::format("\n  {} is new", name);
  }
  if (differences.empty()) return Status::Ok();
  return FailedPreconditionError(
      "the state is that of another form of this pipeline:{}\nnames are identity: give operators "
      "their earlier names back, run the earlier .flow with this state, or start with an empty "
      "state folder",
      differences);
}

}  // namespace weir
