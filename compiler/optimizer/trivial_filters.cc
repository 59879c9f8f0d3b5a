// `where true` lets every row pass: the stage goes away.
#include "compiler/optimizer/plan_edit.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/row_nodes.h"

namespace weir {
namespace {

bool IsTrue(const plan::ExprPtr& condition) {
  return condition->kind == plan::ExprKind::kLiteral && !condition->value.is_null() &&
         condition->value.as_bool();
}

/// An error port may have readers, which then would read nothing.
bool HasRouteReaders(const plan::LogicalPlan& plan, plan::NodeId id) {
  for (const auto& node : plan.nodes) {
    if (!node) continue;
    for (const plan::InputRef& input : node->inputs) {
      if (input.node == id && input.port != 0) return true;
    }
  }
  return false;
}

class TrivialFilters final : public Rule {
 public:
  std::string_view name() const override { return "trivial_filters"; }

  bool Apply(plan::LogicalPlan& plan) override {
    bool changed = false;
    for (auto& node : plan.nodes) {
      if (!node || node->kind != plan::NodeKind::kFilter) continue;
      const auto& filter = static_cast<const plan::FilterNode&>(*node);
      // A filter may turn an upsert stream into one of final rows; then it means something.
      const plan::InputRef input = node->inputs[0];
      bool same_mode = plan.at(input.node).mode.upsert == node->mode.upsert;
      if (!IsTrue(filter.condition) || !same_mode || HasRouteReaders(plan, node->id)) continue;
      RedirectReaders(plan, {node->id, 0}, input);
      node.reset();
      changed = true;
    }
    return changed;
  }
};

}  // namespace

std::unique_ptr<Rule> MakeTrivialFilters() { return std::make_unique<TrivialFilters>(); }

}  // namespace weir
