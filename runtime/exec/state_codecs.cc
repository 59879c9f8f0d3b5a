#include "runtime/exec/state_codecs.h"

#include "compiler/plan/logical_node.h"

namespace weir {

const std::map<std::string, int>& StateCodecs() {
  static const std::map<std::string, int> codecs = [] {
    std::map<std::string, int> all = {{"ledger", 3}, {"sinks", 2}};
    for (int kind = 0; kind <= static_cast<int>(plan::NodeKind::kView); ++kind) {
      all[std::string(plan::NodeKindName(static_cast<plan::NodeKind>(kind)))] = 1;
    }
    all["dedupe"] = 2;
    return all;
  }();
  return codecs;
}

std::map<std::string, int> StateCodecsOf(const plan::LogicalPlan& plan) {
  std::map<std::string, int> used;
  for (const char* part : {"ledger", "sinks"}) used[part] = StateCodecs().at(part);
  for (const auto& node : plan.nodes) {
    if (node == nullptr) continue;
    const bool has_state = node->stateful() || node->kind == plan::NodeKind::kSource ||
                           node->kind == plan::NodeKind::kView;
    const std::string kind(plan::NodeKindName(node->kind));
    if (has_state) used[kind] = StateCodecs().at(kind);
  }
  return used;
}

}  // namespace weir
