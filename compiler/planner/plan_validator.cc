#include "compiler/planner/plan_validator.h"

#include <set>
#include <string>

#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"

namespace weir::planner {
namespace {

using plan::ExprPtr;
using plan::InputRef;
using plan::LogicalNode;
using plan::LogicalPlan;
using plan::NodeId;
using plan::NodeKind;

Status CheckInputs(const LogicalPlan& plan, const LogicalNode& node) {
  if (node.kind == NodeKind::kSource && !node.inputs.empty()) {
    return InternalError("source {} has an input", node.name);
  }
  for (const InputRef& input : node.inputs) {
    bool known = input.node >= 0 && static_cast<size_t>(input.node) < plan.nodes.size() &&
                 plan.nodes[static_cast<size_t>(input.node)] != nullptr;
    if (!known) return InternalError("{} reads node {}, which is not there", node.name, input.node);
    const LogicalNode& from = plan.at(input.node);
    if (input.port < 0 || input.port >= from.num_ports()) {
      return InternalError("{} reads port {} of {}, which has {}", node.name, input.port, from.name,
                           from.num_ports());
    }
    if (from.port_schema(input.port) == nullptr) {
      return InternalError("{} reads port {} of {}, which has no schema", node.name, input.port,
                           from.name);
    }
  }
  return Status::Ok();
}

bool SameColumns(const Schema& a, const Schema& b) {
  if (a.num_fields() != b.num_fields()) return false;
  for (int i = 0; i < a.num_fields(); ++i) {
    if (a.field(i).name != b.field(i).name) return false;
    if (!(a.field(i).type == b.field(i).type)) return false;
  }
  return true;
}

Status CheckShapes(const LogicalPlan& plan, const LogicalNode& node) {
  if (node.kind != NodeKind::kSink && node.schema == nullptr) {
    return InternalError("{} has no schema", node.name);
  }
  const SchemaPtr* expected = nullptr;
  if (node.kind == NodeKind::kUnion || node.kind == NodeKind::kView) expected = &node.schema;
  if (node.kind == NodeKind::kSink) expected = &static_cast<const plan::SinkNode&>(node).row;
  if (expected == nullptr) return Status::Ok();
  for (const InputRef& input : node.inputs) {
    const SchemaPtr& schema = plan.at(input.node).port_schema(input.port);
    if (!SameColumns(**expected, *schema)) {
      return InternalError("{} takes {} and gets {} from {}", node.name, (*expected)->ToString(),
                           schema->ToString(), plan.at(input.node).name);
    }
  }
  return Status::Ok();
}

/// Expressions of these see exactly the columns of the input; state blocks and lookups see more.
bool SeesInputOnly(NodeKind kind) {
  return kind == NodeKind::kFilter || kind == NodeKind::kProject || kind == NodeKind::kValidate ||
         kind == NodeKind::kDedupe || kind == NodeKind::kAggregate || kind == NodeKind::kRoute ||
         kind == NodeKind::kRekey || kind == NodeKind::kFlatten;
}

Status CheckColumns(const LogicalPlan& plan, LogicalNode& node) {
  if (!SeesInputOnly(node.kind) || node.inputs.empty()) return Status::Ok();
  const InputRef& input = node.inputs[0];
  const int width = plan.at(input.node).port_schema(input.port)->num_fields();
  std::vector<int> columns;
  node.VisitExprs([&columns](ExprPtr& expr) {
    if (expr != nullptr) plan::CollectColumns(*expr, columns);
  });
  if (!columns.empty() && (columns.front() < 0 || columns.back() >= width)) {
    return InternalError("{} reads column {} of an input with {}", node.name, columns.back(),
                         width);
  }
  return Status::Ok();
}

Status CheckErrorRoute(const LogicalNode& node) {
  const plan::Route& route = node.error;
  if (route.kind == plan::Route::Kind::kTo && (route.port < 1 || route.port >= node.num_ports())) {
    return InternalError("the error route of {} leads to port {} of {}", node.name, route.port,
                         node.num_ports());
  }
  return Status::Ok();
}

}  // namespace

Status ValidateLogical(const LogicalPlan& plan) {
  std::set<std::string> stateful;
  size_t present = 0;
  // The visitor wants mutable expressions; a copy keeps the promise of const.
  const auto copy = plan.Clone();
  for (const auto& node : copy->nodes) {
    if (node == nullptr) continue;
    ++present;
    WEIR_TRY(CheckInputs(*copy, *node));
    WEIR_TRY(CheckShapes(*copy, *node));
    WEIR_TRY(CheckColumns(*copy, *node));
    WEIR_TRY(CheckErrorRoute(*node));
    if (node->stateful() && !stateful.insert(node->name).second) {
      return InternalError("two stages with state are called {}", node->name);
    }
  }
  if (copy->TopologicalOrder().size() != present) return InternalError("the plan has a cycle");
  return Status::Ok();
}

}  // namespace weir::planner
