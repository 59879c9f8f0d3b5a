#include "compiler/plan/physical_plan.h"

#include <fmt/format.h>

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
  if (node.is_partial) out += " (partial)";
  for (size_t i = 0; i < node.inputs.size(); ++i) {
    out += (i == 0 ? " <- " : ", ") + DescribeInput(node.inputs[i]);
  }
  return out + "\n";
}

}  // namespace

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
