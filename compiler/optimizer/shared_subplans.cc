// Two stages that compute the same from the same input run once. Only filters and projections that
// can't fail and that nobody reads by name: others hold state, route rows or count under their
// name.
#include "compiler/optimizer/plan_edit.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/row_nodes.h"

namespace weir {
namespace {

using plan::ExprPtr;
using plan::LogicalNode;
using plan::NodeKind;

bool SameSchema(const SchemaPtr& a, const SchemaPtr& b) {
  if (a->num_fields() != b->num_fields()) return false;
  for (int i = 0; i < a->num_fields(); ++i) {
    const Field& x = a->field(i);
    const Field& y = b->field(i);
    if (x.name != y.name || !(x.type == y.type) || !(x.pii == y.pii)) return false;
  }
  return true;
}

std::vector<ExprPtr> ExprsOf(LogicalNode& node) {
  std::vector<ExprPtr> exprs;
  node.VisitExprs([&](ExprPtr& expr) { exprs.push_back(expr); });
  return exprs;
}

bool SameExprs(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!plan::SameExpr(*a[i], *b[i])) return false;
  }
  return true;
}

/// A stage that only computes: merging two of them can't be seen.
bool IsPure(const std::vector<ExprPtr>& exprs) {
  for (const ExprPtr& expr : exprs) {
    if (expr->CanFail() || expr->volatility() == Volatility::kVolatile) return false;
  }
  return true;
}

class SharedSubplans final : public Rule {
 public:
  std::string_view name() const override { return "shared_subplans"; }

  bool Apply(plan::LogicalPlan& plan) override {
    bool changed = false;
    for (plan::NodeId id : plan.TopologicalOrder()) {
      for (plan::NodeId other = 0; other < static_cast<plan::NodeId>(plan.nodes.size()); ++other) {
        if (other == id || !plan.nodes[static_cast<size_t>(id)] ||
            !plan.nodes[static_cast<size_t>(other)] || !CanMerge(plan, id, other)) {
          continue;
        }
        RedirectReaders(plan, {other, 0}, {id, 0});
        plan.nodes[static_cast<size_t>(other)].reset();
        changed = true;
      }
    }
    return changed;
  }

 private:
  /// Whether readers of `drop` may read `keep`.
  static bool CanMerge(plan::LogicalPlan& plan, plan::NodeId keep, plan::NodeId drop) {
    LogicalNode& a = plan.at(keep);
    LogicalNode& b = plan.at(drop);
    if (a.kind != b.kind || (a.kind != NodeKind::kFilter && a.kind != NodeKind::kProject)) {
      return false;
    }
    if (a.inputs != b.inputs || !a.route_schemas.empty() || !b.route_schemas.empty() ||
        a.mode.upsert != b.mode.upsert || IsDeclaredStream(plan, {drop, 0}) || IsLabelled(b) ||
        !SameSchema(a.schema, b.schema)) {
      return false;
    }
    std::vector<ExprPtr> exprs = ExprsOf(a);
    return IsPure(exprs) && SameExprs(exprs, ExprsOf(b));
  }

  /// Unlabelled stages are called `stream/kind`, possibly with a number; a label is the author's.
  static bool IsLabelled(const LogicalNode& node) {
    size_t slash = node.name.rfind('/');
    std::string_view label = node.name;
    if (slash != std::string::npos) label.remove_prefix(slash + 1);
    static constexpr std::string_view kWords[] = {"where", "select", "extend", "set", "without"};
    for (std::string_view word : kWords) {
      if (label.starts_with(word)) return false;
    }
    return true;
  }
};

}  // namespace

std::unique_ptr<Rule> MakeSharedSubplans() { return std::make_unique<SharedSubplans>(); }

}  // namespace weir
