#include "compiler/optimizer/column_needs.h"

#include <algorithm>

#include "compiler/optimizer/node_routes.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"

namespace weir {
namespace {

using plan::LogicalNode;
using plan::LogicalPlan;
using plan::NodeKind;

void Need(std::vector<bool>& columns, int column) {
  if (column >= 0 && static_cast<size_t>(column) < columns.size()) {
    columns[static_cast<size_t>(column)] = true;
  }
}

/// Columns beyond the input are registers of state programs.
void NeedColumnsOf(const plan::Expr& expr, std::vector<bool>& columns) {
  std::vector<int> used;
  plan::CollectColumns(expr, used);
  for (int column : used) Need(columns, column);
}

class Analysis {
 public:
  explicit Analysis(LogicalPlan& plan) : plan_(plan), needs_(plan.nodes.size()) {}

  ColumnNeeds Run() {
    std::vector<plan::NodeId> order = plan_.TopologicalOrder();
    for (plan::NodeId id : order) Prepare(plan_.at(id));
    for (const auto& [name, output] : plan_.streams) {
      auto& needs = NeedsOf(output.node);
      if (output.port == 0) needs.assign(needs.size(), true);
    }
    std::reverse(order.begin(), order.end());
    for (plan::NodeId id : order) AddNeedsOfInputs(plan_.at(id));
    return std::move(needs_);
  }

 private:
  /// What the output must hold whoever reads it; and whether its rows may have left their worker.
  void Prepare(LogicalNode& node) {
    auto& needs = NeedsOf(node.id);
    needs.resize(node.schema ? static_cast<size_t>(node.schema->num_fields()) : 0);
    if (node.mode.upsert) {
      for (int column : node.mode.key) Need(needs, column);
      Need(needs, node.mode.closed_column);
    }
    exchanged_.resize(plan_.nodes.size());
    bool moved = node.partitioning().kind != plan::Partitioning::Kind::kAny;
    for (const plan::InputRef& input : node.inputs) {
      moved |= exchanged_[static_cast<size_t>(input.node)];
    }
    exchanged_[static_cast<size_t>(node.id)] = moved;
  }

  void AddNeedsOfInputs(LogicalNode& node) {
    for (const plan::InputRef& input : node.inputs) {
      if (input.port != 0) continue;
      auto& columns = NeedsOf(input.node);
      if (!AddKnownNeeds(node, columns)) columns.assign(columns.size(), true);
    }
  }

  /// False when the stage isn't looked into.
  bool AddKnownNeeds(LogicalNode& node, std::vector<bool>& columns) {
    bool state = node.kind == NodeKind::kAggregate || node.kind == NodeKind::kSession ||
                 node.kind == NodeKind::kProcess;
    if (node.kind == NodeKind::kProject) {
      const auto& project = static_cast<const plan::ProjectNode&>(node);
      // A batch without columns would have no length of its own.
      if (!project.exprs.empty() && !AnyStays(project)) NeedsOf(node.id)[0] = true;
      for (size_t i = 0; i < project.exprs.size(); ++i) {
        if (NeedsOf(node.id)[i] || !MayDrop(node, i)) NeedColumnsOf(*project.exprs[i], columns);
      }
    } else if (state || PassesColumns(node)) {
      node.VisitExprs([&](plan::ExprPtr& expr) { NeedColumnsOf(*expr, columns); });
    } else {
      return false;
    }
    if (PassesColumns(node)) {
      const auto& own = NeedsOf(node.id);
      for (size_t i = 0; i < own.size(); ++i) {
        if (own[i]) Need(columns, static_cast<int>(i));
      }
    }
    AddRoutes(node, columns);
    return true;
  }

  bool AnyStays(const plan::ProjectNode& project) {
    for (size_t i = 0; i < project.exprs.size(); ++i) {
      if (NeedsOf(project.id)[i] || !MayDrop(project, i)) return true;
    }
    return false;
  }

  /// A dead letter carries the original record while the row is still where it was read, later
  /// the row as JSON.
  void AddRoutes(LogicalNode& node, std::vector<bool>& columns) {
    VisitRoutes(node, [&](plan::Route& route) {
      if (route.kind != plan::Route::Kind::kTo) return;
      if (route.shape == plan::Route::Shape::kFields) {
        for (int column : route.fields) Need(columns, column);
      } else if (exchanged_[static_cast<size_t>(node.id)]) {
        columns.assign(columns.size(), true);
      }
    });
  }

  std::vector<bool>& NeedsOf(plan::NodeId id) { return needs_[static_cast<size_t>(id)]; }

  LogicalPlan& plan_;
  ColumnNeeds needs_;
  std::vector<bool> exchanged_;
};

}  // namespace

ColumnNeeds FindColumnNeeds(plan::LogicalPlan& plan) { return Analysis(plan).Run(); }

bool PassesColumns(const plan::LogicalNode& node) {
  switch (node.kind) {
    case NodeKind::kFilter:
    case NodeKind::kValidate:
    case NodeKind::kDedupe:
    case NodeKind::kRoute:
    case NodeKind::kSample:
    case NodeKind::kLimit:
    case NodeKind::kRekey: return node.inputs.size() == 1 && node.inputs[0].port == 0;
    default: return false;
  }
}

bool MayDrop(const plan::LogicalNode& node, size_t column) {
  const plan::Expr& expr = *static_cast<const plan::ProjectNode&>(node).exprs[column];
  return !expr.CanFail();
}

}  // namespace weir
