#pragma once

#include <utility>
#include <vector>

#include "compiler/plan/logical_plan.h"

namespace weir {

/// Who reads what in a plan, kept up to date while a rule edits it: an edit costs as much as the
/// node has readers, not as the plan has nodes.
class PlanReaders {
 public:
  using Reader = std::pair<plan::NodeId, int>;  ///< node, and which of its inputs

  explicit PlanReaders(plan::LogicalPlan& plan);

  /// Readers of any port of `node`.
  const std::vector<Reader>& Of(plan::NodeId node) const { return readers_[At(node)]; }
  /// Whether a declared stream (a tap of tests and queries) is this output.
  bool IsDeclared(plan::InputRef output) const;
  /// Whether anything reads another port than the first.
  bool HasRouteReaders(plan::NodeId node) const;

  /// Lets every reader (but `to.node`) and every declared stream of `from` use `to` instead.
  void Redirect(plan::InputRef from, plan::InputRef to);
  /// Lets `node` read something else.
  void Reconnect(plan::LogicalNode& node, int input, plan::InputRef to);
  /// Takes a node that nobody reads out of the plan.
  void Remove(plan::NodeId node);

 private:
  static size_t At(plan::NodeId node) { return static_cast<size_t>(node); }

  plan::LogicalPlan& plan_;
  std::vector<std::vector<Reader>> readers_;           ///< by node
  std::vector<std::vector<plan::InputRef*>> streams_;  ///< declared ones, by node
};

}  // namespace weir
