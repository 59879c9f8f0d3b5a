#include "compiler/planner/key_tracking.h"

#include <algorithm>
#include <functional>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"

namespace weir::planner {
namespace {

using plan::Expr;
using plan::ExprPtr;
using plan::LogicalNode;
using plan::NodeKind;
using plan::Partitioning;
using plan::Route;

bool SameKeys(const std::vector<ExprPtr>& a, const std::vector<ExprPtr>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ExprPtr& x, const ExprPtr& y) { return plan::SameExpr(*x, *y); });
}

ExprPtr OutputColumn(const LogicalNode& node, int index) {
  const Field& field = node.schema->field(index);
  return plan::MakeColumn(index, field.name, field.type);
}

using FindOutput = std::function<int(const Expr& key)>;

/// The same placement with each key found again in the output, or none.
Placement Remap(const LogicalNode& node, const Placement& input, const FindOutput& find) {
  if (input.kind != Placement::Kind::kKey) return input;
  Placement out{Placement::Kind::kKey, {}};
  for (const ExprPtr& key : input.keys) {
    int index = find(*key);
    if (index < 0) return {};
    out.keys.push_back(OutputColumn(node, index));
  }
  return out;
}

Placement ThroughExprs(const LogicalNode& node, const std::vector<ExprPtr>& exprs,
                       const Placement& input) {
  return Remap(node, input, [&](const Expr& key) {
    for (size_t i = 0; i < exprs.size(); ++i) {
      if (plan::SameExpr(*exprs[i], key)) return static_cast<int>(i);
    }
    return -1;
  });
}

Placement OfAggregate(const plan::AggregateNode& node, const Placement& input) {
  if (input.kind != Placement::Kind::kKey) return input;
  Placement out{Placement::Kind::kKey, {}};
  for (size_t i = 0; i < node.keys.size(); ++i) {
    out.keys.push_back(OutputColumn(node, static_cast<int>(i)));
  }
  return out;
}

Placement OfState(const LogicalNode& node, const plan::StateProgram& program,
                  const Placement& input) {
  if (input.kind != Placement::Kind::kKey) return input;
  Placement out{Placement::Kind::kKey, {}};
  for (size_t i = 0; i < program.keys.size(); ++i) {
    int found = -1;
    for (size_t j = 0; j < program.output.size() && found < 0; ++j) {
      const Expr& expr = *program.output[j];
      bool is_key = expr.kind == plan::ExprKind::kColumn &&
                    expr.index == program.registers.key(static_cast<int>(i));
      if (is_key) found = static_cast<int>(j);
    }
    if (found < 0) return {};
    out.keys.push_back(OutputColumn(node, found));
  }
  return out;
}

const Route* RouteOfPort(const LogicalNode& node, int port) {
  auto leads = [port](const Route& route) {
    return route.kind == Route::Kind::kTo && route.port == port;
  };
  if (node.kind == NodeKind::kRoute) {
    const auto& routes = static_cast<const plan::RouteNode&>(node);
    for (const auto& arm : routes.arms) {
      if (leads(arm.route)) return &arm.route;
    }
    if (leads(routes.otherwise)) return &routes.otherwise;
  }
  return nullptr;
}

/// Rows of a `route` arm keep their place as far as they keep their columns.
Placement OfPort(const LogicalNode& node, int port, const Placement& input) {
  if (input.kind == Placement::Kind::kSingleton) return input;
  const Route* route = RouteOfPort(node, port);
  if (route == nullptr || route->shape != Route::Shape::kFields) return {};
  if (input.kind != Placement::Kind::kKey) return {};
  const Schema& schema = *node.port_schema(port);
  Placement out{Placement::Kind::kKey, {}};
  for (const ExprPtr& key : input.keys) {
    if (key->kind != plan::ExprKind::kColumn) return {};
    auto at = std::find(route->fields.begin(), route->fields.end(), key->index);
    if (at == route->fields.end()) return {};
    int index = static_cast<int>(at - route->fields.begin());
    out.keys.push_back(plan::MakeColumn(index, schema.field(index).name, schema.field(index).type));
  }
  return out;
}

}  // namespace

bool Satisfies(const Placement& have, const Partitioning& need) {
  switch (need.kind) {
    case Partitioning::Kind::kAny: return true;
    case Partitioning::Kind::kSingleton: return have.kind == Placement::Kind::kSingleton;
    case Partitioning::Kind::kKey:
      return have.kind == Placement::Kind::kKey && SameKeys(have.keys, need.keys);
  }
  return false;
}

Placement AfterExchange(const Placement& have, const Partitioning& need) {
  switch (need.kind) {
    case Partitioning::Kind::kAny: return have;
    case Partitioning::Kind::kSingleton: return {Placement::Kind::kSingleton, {}};
    case Partitioning::Kind::kKey: return {Placement::Kind::kKey, need.keys};
  }
  return have;
}

Placement OutputPlacement(const LogicalNode& node, int port, const Placement& input) {
  if (port > 0) return OfPort(node, port, input);
  switch (node.kind) {
    case NodeKind::kProject:
      return ThroughExprs(node, static_cast<const plan::ProjectNode&>(node).exprs, input);
    case NodeKind::kLookup:
      return ThroughExprs(node, static_cast<const plan::LookupNode&>(node).exprs, input);
    case NodeKind::kAggregate:
      return OfAggregate(static_cast<const plan::AggregateNode&>(node), input);
    case NodeKind::kSession:
      return OfState(node, static_cast<const plan::SessionNode&>(node).program, input);
    case NodeKind::kProcess: {
      // What `emit` writes need not hold the key.
      if (input.kind == Placement::Kind::kSingleton) return input;
      return OfState(node, static_cast<const plan::ProcessNode&>(node).program, input);
    }
    case NodeKind::kSource: return {};
    default: return input;
  }
}

}  // namespace weir::planner
