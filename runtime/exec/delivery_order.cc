#include "runtime/exec/delivery_order.h"

#include "compiler/plan/sink_node.h"

namespace weir {

Result<std::map<std::string, std::string>> DeliveryOrder(const plan::PhysicalPlan& plan) {
  std::map<std::string, std::string> names, after;  // of sinks -> of their nodes
  for (const plan::PhysicalNode& node : plan.nodes) {
    if (node.logical->kind != plan::NodeKind::kSink) continue;
    const auto& sink = static_cast<const plan::SinkNode&>(*node.logical);
    names[sink.sink] = sink.name;
    if (!sink.after.empty()) after[sink.name] = sink.after;
  }
  std::map<std::string, std::string> order;
  for (const auto& [node, other] : after) {
    if (const auto found = names.find(other); found != names.end()) order[node] = found->second;
  }
  for (const auto& [node, first] : order) {
    const std::string* at = &first;
    for (size_t steps = 0; order.contains(*at); ++steps) {
      if (*at == node || steps > order.size()) {
        return InvalidArgumentError("sinks {} and {} wait for each other: take one `after` away",
                                    node, first);
      }
      at = &order.at(*at);
    }
  }
  return order;
}

}  // namespace weir
