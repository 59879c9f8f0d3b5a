#include "compiler/optimizer/node_routes.h"

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"

namespace weir {

void VisitRoutes(plan::LogicalNode& node, const std::function<void(plan::Route&)>& visit) {
  using plan::NodeKind;
  visit(node.error);
  switch (node.kind) {
    case NodeKind::kSource: visit(static_cast<plan::SourceNode&>(node).dead_letter); return;
    case NodeKind::kValidate: visit(static_cast<plan::ValidateNode&>(node).otherwise); return;
    case NodeKind::kDedupe: visit(static_cast<plan::DedupeNode&>(node).duplicate); return;
    case NodeKind::kLookup: visit(static_cast<plan::LookupNode&>(node).on_error); return;
    case NodeKind::kAggregate: visit(static_cast<plan::AggregateNode&>(node).late); return;
    case NodeKind::kSession: visit(static_cast<plan::SessionNode&>(node).late); return;
    case NodeKind::kSink: visit(static_cast<plan::SinkNode&>(node).refused); return;
    case NodeKind::kRoute: {
      auto& route = static_cast<plan::RouteNode&>(node);
      for (auto& arm : route.arms) visit(arm.route);
      visit(route.otherwise);
      return;
    }
    default: return;
  }
}

}  // namespace weir
