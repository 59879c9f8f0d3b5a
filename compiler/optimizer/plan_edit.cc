#include "compiler/optimizer/plan_edit.h"

#include <algorithm>

namespace weir {

void RedirectReaders(plan::LogicalPlan& plan, plan::InputRef from, plan::InputRef to) {
  for (auto& node : plan.nodes) {
    if (!node || node->id == to.node) continue;
    std::replace(node->inputs.begin(), node->inputs.end(), from, to);
  }
  for (auto& [name, output] : plan.streams) {
    if (output == from) output = to;
  }
}

bool IsDeclaredStream(const plan::LogicalPlan& plan, plan::InputRef output) {
  return std::any_of(plan.streams.begin(), plan.streams.end(),
                     [&](const auto& stream) { return stream.second == output; });
}

size_t NumReaders(const plan::LogicalPlan& plan, plan::NodeId node) {
  size_t count = 0;
  for (const auto& reader : plan.nodes) {
    if (!reader) continue;
    count += static_cast<size_t>(
        std::count_if(reader->inputs.begin(), reader->inputs.end(),
                      [&](const plan::InputRef& input) { return input.node == node; }));
  }
  return count;
}

}  // namespace weir
