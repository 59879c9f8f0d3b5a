// Two stages that compute the same from the same input run once. Only filters and projections that
// can't fail and that nobody reads by name: others hold state, route rows or count under their
// name.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "compiler/optimizer/plan_readers.h"
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
    PlanReaders readers(plan);
    for (plan::NodeId id : plan.TopologicalOrder()) {
      if (plan.nodes[static_cast<size_t>(id)] == nullptr || readers.Of(id).size() < 2) continue;
      for (const auto& [text, stages] : AlikeReaders(plan, readers, id)) {
        if (stages.size() > 1) changed |= MergeAlike(plan, readers, stages);
      }
    }
    return changed;
  }

 private:
  using Stages = std::vector<plan::NodeId>;

  /// Stages behind `id` by what they look like: only those of one text can be the same.
  static std::map<std::string, Stages> AlikeReaders(plan::LogicalPlan& plan,
                                                    const PlanReaders& readers, plan::NodeId id) {
    std::map<std::string, Stages> alike;
    for (const auto& [reader, input] : readers.Of(id)) {
      LogicalNode& node = plan.at(reader);
      const bool computes = node.kind == NodeKind::kFilter || node.kind == NodeKind::kProject;
      if (!computes || !node.route_schemas.empty()) continue;
      std::string text = node.kind == NodeKind::kFilter ? "where" : "select";
      text += std::to_string(node.inputs[0].port);
      node.VisitExprs([&text](ExprPtr& expr) { text += ", " + expr->ToString(); });
      alike[text].push_back(reader);
    }
    return alike;
  }

  static bool MergeAlike(plan::LogicalPlan& plan, PlanReaders& readers, const Stages& stages) {
    const auto may_go = [&](plan::NodeId id) {
      return !readers.IsDeclared({id, 0}) && !IsLabelled(plan.at(id));
    };
    const auto named = std::find_if_not(stages.begin(), stages.end(), may_go);
    const plan::NodeId keep = named == stages.end() ? stages.front() : *named;
    bool changed = false;
    for (plan::NodeId drop : stages) {
      if (drop == keep || !may_go(drop) || !IsSame(plan.at(keep), plan.at(drop))) continue;
      readers.Redirect({drop, 0}, {keep, 0});
      readers.Remove(drop);
      changed = true;
    }
    return changed;
  }

  static bool IsSame(LogicalNode& a, LogicalNode& b) {
    if (a.kind != b.kind || a.inputs != b.inputs || a.mode.upsert != b.mode.upsert ||
        !SameSchema(a.schema, b.schema)) {
      return false;
    }
    const std::vector<ExprPtr> exprs = ExprsOf(a);
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
