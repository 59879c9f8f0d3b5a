// `where true` lets every row pass: the stage goes away.
#include "compiler/optimizer/plan_readers.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/row_nodes.h"

namespace weir {
namespace {

bool IsTrue(const plan::ExprPtr& condition) {
  return condition->kind == plan::ExprKind::kLiteral && !condition->value.is_null() &&
         condition->value.as_bool();
}

class TrivialFilters final : public Rule {
 public:
  std::string_view name() const override { return "trivial_filters"; }

  bool Apply(plan::LogicalPlan& plan) override {
    bool changed = false;
    PlanReaders readers(plan);
    for (auto& node : plan.nodes) {
      if (!node || node->kind != plan::NodeKind::kFilter) continue;
      const auto& filter = static_cast<const plan::FilterNode&>(*node);
      // A filter may turn an upsert stream into one of final rows; then it means something.
      const plan::InputRef input = node->inputs[0];
      bool same_mode = plan.at(input.node).mode.upsert == node->mode.upsert;
      // An error port may have readers, which then would read nothing.
      if (!IsTrue(filter.condition) || !same_mode || readers.HasRouteReaders(node->id)) continue;
      readers.Redirect({node->id, 0}, input);
      readers.Remove(node->id);
      changed = true;
    }
    return changed;
  }
};

}  // namespace

std::unique_ptr<Rule> MakeTrivialFilters() { return std::make_unique<TrivialFilters>(); }

}  // namespace weir
