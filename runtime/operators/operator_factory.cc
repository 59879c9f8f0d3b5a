#include "runtime/operators/operator_factory.h"

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/operators/anomaly_operator.h"
#include "runtime/operators/dedupe_operator.h"
#include "runtime/operators/filter_operator.h"
#include "runtime/operators/flatten_operator.h"
#include "runtime/operators/forward_operator.h"
#include "runtime/operators/limit_operator.h"
#include "runtime/operators/lookup_operator.h"
#include "runtime/operators/partial_aggregate_operator.h"
#include "runtime/operators/process_operator.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/route_operator.h"
#include "runtime/operators/running_aggregate_operator.h"
#include "runtime/operators/sample_operator.h"
#include "runtime/operators/session_operator.h"
#include "runtime/operators/session_window_operator.h"
#include "runtime/operators/sink_operator.h"
#include "runtime/operators/top_operator.h"
#include "runtime/operators/validate_operator.h"
#include "runtime/operators/view_operator.h"
#include "runtime/operators/window_aggregate_operator.h"

namespace weir {
namespace {

using plan::NodeKind;

template <typename Made, typename Node>
std::unique_ptr<Operator> Make(const plan::LogicalNode& node) {
  return std::make_unique<Made>(static_cast<const Node&>(node));
}

Result<std::unique_ptr<Operator>> MakeAggregate(const plan::LogicalNode& node) {
  switch (static_cast<const plan::AggregateNode&>(node).window.kind) {
    case plan::WindowKind::kNone: return Make<RunningAggregateOperator, plan::AggregateNode>(node);
    case plan::WindowKind::kTumbling:
    case plan::WindowKind::kSliding:
    case plan::WindowKind::kCumulating:
      return Make<WindowAggregateOperator, plan::AggregateNode>(node);
    case plan::WindowKind::kSession: return Make<SessionWindowOperator, plan::AggregateNode>(node);
    case plan::WindowKind::kLastRows: break;
  }
  return UnimplementedError("{}: this kind of window cannot run", node.name);
}

Result<std::unique_ptr<Operator>> MakeLookup(const plan::LogicalNode& node,
                                             const OperatorResources& resources) {
  const auto& lookup = static_cast<const plan::LookupNode&>(node);
  std::shared_ptr<LookupTableVersions> table = resources.table(lookup.table);
  if (table == nullptr) return InternalError("{}: table {} is not loaded", node.name, lookup.table);
  return std::unique_ptr<Operator>(std::make_unique<LookupOperator>(lookup, std::move(table)));
}

Result<std::unique_ptr<Operator>> MakeSink(const plan::LogicalNode& node,
                                           const OperatorResources& resources, uint32_t worker) {
  const auto& sink = static_cast<const plan::SinkNode&>(node);
  WEIR_ASSIGN(std::unique_ptr<SinkWriter> writer, resources.make_sink_writer(sink, worker));
  std::string identity =
      fmt::format("{}/{}/{}", resources.pipeline, sink.sink, resources.incarnation);
  return std::unique_ptr<Operator>(
      std::make_unique<SinkOperator>(sink, std::move(writer), std::move(identity)));
}

Result<std::unique_ptr<Operator>> MakeView(const plan::LogicalNode& node,
                                           const OperatorResources& resources, uint32_t worker) {
  const auto& view = static_cast<const plan::ViewNode&>(node);
  WEIR_ASSIGN(std::unique_ptr<SinkWriter> writer, resources.make_view_writer(view, worker));
  return std::unique_ptr<Operator>(
      std::make_unique<ViewOperator>(view, std::move(writer), resources.view_rows(view.view)));
}

}  // namespace

Result<std::unique_ptr<Operator>> MakeOperator(const plan::PhysicalNode& node,
                                               const OperatorResources& resources,
                                               uint32_t worker) {
  if (node.is_partial) {
    return Make<PartialAggregateOperator, plan::AggregateNode>(*node.logical);
  }
  if (node.partial >= 0) {
    return std::unique_ptr<Operator>(std::make_unique<WindowAggregateOperator>(
        static_cast<const plan::AggregateNode&>(*node.logical),
        WindowAggregateOperator::Input::kPartials));
  }
  return MakeOperator(*node.logical, resources, worker);
}

Result<std::unique_ptr<Operator>> MakeOperator(const plan::LogicalNode& node,
                                               const OperatorResources& resources,
                                               uint32_t worker) {
  switch (node.kind) {
    case NodeKind::kFilter: return Make<FilterOperator, plan::FilterNode>(node);
    case NodeKind::kProject: return Make<ProjectOperator, plan::ProjectNode>(node);
    case NodeKind::kValidate: return Make<ValidateOperator, plan::ValidateNode>(node);
    case NodeKind::kDedupe: return Make<DedupeOperator, plan::DedupeNode>(node);
    case NodeKind::kRoute: return Make<RouteOperator, plan::RouteNode>(node);
    case NodeKind::kUnion:
    case NodeKind::kRekey: return Make<ForwardOperator, plan::LogicalNode>(node);
    case NodeKind::kFlatten: return Make<FlattenOperator, plan::FlattenNode>(node);
    case NodeKind::kLimit: return Make<LimitOperator, plan::LimitNode>(node);
    case NodeKind::kSession: return Make<SessionOperator, plan::SessionNode>(node);
    case NodeKind::kProcess: return Make<ProcessOperator, plan::ProcessNode>(node);
    case NodeKind::kAnomaly: return Make<AnomalyOperator, plan::AnomalyNode>(node);
    case NodeKind::kTop: return Make<TopOperator, plan::TopNode>(node);
    case NodeKind::kSample: return Make<SampleOperator, plan::SampleNode>(node);
    case NodeKind::kAggregate: return MakeAggregate(node);
    case NodeKind::kLookup: return MakeLookup(node, resources);
    case NodeKind::kSink: return MakeSink(node, resources, worker);
    case NodeKind::kView: return MakeView(node, resources, worker);
    default: break;
  }
  return UnimplementedError("{}: the stage {} cannot run", node.name,
                            plan::NodeKindName(node.kind));
}

}  // namespace weir
