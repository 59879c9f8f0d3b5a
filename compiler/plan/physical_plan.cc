#include "compiler/plan/physical_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/describe.h"

namespace weir::plan {
namespace {

std::string DescribeInput(const PhysicalInput& input) {
  std::string from = fmt::format("#{}", input.node);
  if (input.port != 0) from += fmt::format(" port {}", input.port);
  switch (input.exchange) {
    case PhysicalInput::Exchange::kForward: return from;
    case PhysicalInput::Exchange::kHash:
      return fmt::format("{} by hash({})", from, DescribeExprs(input.keys));
    case PhysicalInput::Exchange::kSingleton: return from + " to one worker";
  }
  return from;
}

std::string DescribeNode(const PhysicalNode& node) {
  std::string out =
      fmt::format("  #{} {}: {}", node.id, node.logical->name, node.logical->Describe());
  if (node.is_partial) out += " (partial results before the exchange, with several workers)";
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    out += (i == 0 ? " <- " : ", ") + DescribeInput(node.inputs[i]);
  }
  return out + "\n";
}

}  // namespace

SchemaPtr PhysicalNode::port_schema(int port) const {
  if (!is_partial || port != 0) return logical->port_schema(port);
  return PartialAggregateSchema(static_cast<const AggregateNode&>(*logical));
}

std::shared_ptr<const PhysicalPlan> WithoutPartials(std::shared_ptr<const PhysicalPlan> plan) {
  const auto is_partial = [](const PhysicalNode& node) { return node.is_partial; };
  if (std::none_of(plan->nodes.begin(), plan->nodes.end(), is_partial)) return plan;
  auto whole = std::make_shared<PhysicalPlan>();
  whole->logical = plan->logical;
  whole->num_chains = plan->num_chains;
  std::vector<NodeId> now(plan->nodes.size(), -1);  ///< new id by old one
  for (const PhysicalNode& node : plan->nodes) {
    if (node.is_partial) continue;
    PhysicalNode& copy = whole->nodes.emplace_back(node);
    copy.id = now[static_cast<size_t>(node.id)] = static_cast<NodeId>(whole->nodes.size() - 1);
    copy.partial = -1;
    copy.inputs.clear();
    // The exchange of the pair goes: nothing is exchanged with one worker.
    const bool joined = node.partial >= 0;
    const auto& inputs =
        joined ? plan->nodes[static_cast<size_t>(node.partial)].inputs : node.inputs;
    for (const PhysicalInput& input : inputs) {
      const NodeId from = now[static_cast<size_t>(input.node)];
      if (from < 0) continue;  // what leaves a partial by a route leaves the whole stage so, too
      copy.inputs.push_back(input);
      copy.inputs.back().node = from;
    }
  }
  return whole;
}

std::string PhysicalPlan::ToString() const {
  std::string out;
  for (int chain = 0; chain < num_chains; ++chain) {
    out += fmt::format("chain {}\n", chain);
    for (const PhysicalNode& node : nodes) {
      if (node.chain == chain) out += DescribeNode(node);
    }
  }
  return out;
}

}  // namespace weir::plan
