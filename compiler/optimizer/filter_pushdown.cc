// A filter behind a projection moves in front of it, so that the projection computes only what is
// kept. Both must be unable to fail: otherwise other rows would take the error route.
#include "compiler/optimizer/plan_readers.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/row_nodes.h"

namespace weir {
namespace {

using plan::ExprKind;
using plan::ExprPtr;
using plan::FilterNode;
using plan::ProjectNode;

constexpr size_t kSwapsPerNode = 4;

bool IsCheap(const ExprPtr& expr) {
  return expr->kind == ExprKind::kColumn || expr->kind == ExprKind::kLiteral;
}

/// Nothing of the projection can be told apart when it sees fewer rows.
bool MayPass(const ProjectNode& project, const FilterNode& filter) {
  if (filter.condition->CanFail() || filter.condition->volatility() == Volatility::kVolatile) {
    return false;
  }
  for (const ExprPtr& expr : project.exprs) {
    if (expr->CanFail() || expr->volatility() == Volatility::kVolatile) return false;
  }
  // What the condition reads is computed twice afterwards; only columns are worth that.
  std::vector<int> columns;
  plan::CollectColumns(*filter.condition, columns);
  for (int column : columns) {
    if (!IsCheap(project.exprs[static_cast<size_t>(column)])) return false;
  }
  return true;
}

ExprPtr OverInput(const ExprPtr& condition, const ProjectNode& project) {
  return plan::TransformExpr(condition, [&](const ExprPtr& part) -> ExprPtr {
    if (part->kind != ExprKind::kColumn) return nullptr;
    const ExprPtr& source = project.exprs[static_cast<size_t>(part->index)];
    if (source->type == part->type) return source;
    // A narrowed option stays narrowed.
    auto copy = std::make_shared<plan::Expr>(*source);
    copy->type = part->type;
    return copy;
  });
}

class FilterPushdown final : public Rule {
 public:
  std::string_view name() const override { return "filter_pushdown"; }

  bool Apply(plan::LogicalPlan& plan) override {
    PlanReaders readers(plan);
    // A filter behind many projections would pass them one by one: n filters and n projections
    // would be n² swaps, so there are that many per node and no more.
    size_t left = kSwapsPerNode * plan.nodes.size();
    const size_t most = left;
    for (auto& node : plan.nodes) {
      if (!node || node->kind != plan::NodeKind::kFilter) continue;
      while (left > 0 && Swap(plan, readers, static_cast<FilterNode&>(*node))) --left;
    }
    return left < most;
  }

 private:
  /// project |> filter becomes filter |> project.
  static bool Swap(plan::LogicalPlan& plan, PlanReaders& readers, FilterNode& filter) {
    plan::InputRef below = filter.inputs[0];
    if (below.port != 0 || plan.at(below.node).kind != plan::NodeKind::kProject) return false;
    auto& project = static_cast<ProjectNode&>(plan.at(below.node));
    const plan::InputRef input = project.inputs[0];
    bool routes = !filter.route_schemas.empty() || !project.route_schemas.empty();
    bool upserts = filter.mode.upsert || project.mode.upsert || plan.at(input.node).mode.upsert;
    if (routes || upserts || readers.Of(project.id).size() != 1 || readers.IsDeclared(below) ||
        !MayPass(project, filter)) {
      return false;
    }
    filter.condition = OverInput(filter.condition, project);
    readers.Redirect({filter.id, 0}, below);
    readers.Reconnect(filter, 0, input);
    filter.schema = plan.at(input.node).port_schema(input.port);
    readers.Reconnect(project, 0, {filter.id, 0});
    return true;
  }
};

}  // namespace

std::unique_ptr<Rule> MakeFilterPushdown() { return std::make_unique<FilterPushdown>(); }

}  // namespace weir
