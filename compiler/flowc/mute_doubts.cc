#include "compiler/flowc/mute_doubts.h"

#include <fmt/format.h>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/expr.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/source_node.h"

namespace weir::flowc {
namespace {

using plan::NodeKind;

bool EmitsByClock(const plan::LogicalNode& node) {
  switch (node.kind) {
    case NodeKind::kAggregate:
      return static_cast<const plan::AggregateNode&>(node).emit.every.has_value();
    case NodeKind::kSession:
      return static_cast<const plan::SessionNode&>(node).emit.every.has_value();
    case NodeKind::kProcess:
      return static_cast<const plan::ProcessNode&>(node).emit.every.has_value();
    default: return false;
  }
}

/// The strongest of its expressions.
Volatility VolatilityOf(const plan::LogicalNode& node) {
  Volatility strongest = Volatility::kPure;
  node.Clone()->VisitExprs([&strongest](plan::ExprPtr& expr) {
    if (expr != nullptr) strongest = std::max(strongest, expr->volatility());
  });
  return strongest;
}

/// Records come with a time of their own, so `ingest_time()` is the same again.
bool AllTimed(const plan::LogicalPlan& plan, const ConnectorRegistry& connectors) {
  for (const auto& node : plan.nodes) {
    if (node == nullptr || node->kind != NodeKind::kSource) continue;
    const ConnectorSpec* spec =
        connectors.Find(static_cast<const plan::SourceNode&>(*node).connector.connector);
    if (spec == nullptr || !spec->source || !spec->source->timed_records) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> MuteDoubts(const plan::LogicalPlan& plan,
                                    const ConnectorRegistry& connectors) {
  std::vector<std::string> doubts;
  const bool timed = AllTimed(plan, connectors);
  for (const auto& node : plan.nodes) {
    if (node == nullptr) continue;
    if (node->kind == NodeKind::kSource) {
      const auto& source = static_cast<const plan::SourceNode&>(*node);
      if (source.time.idle) {
        doubts.push_back(fmt::format(
            "source {} has an idle time-out, so which rows are late depends on the clock",
            source.source));
      }
    }
    if (node->kind == NodeKind::kLookup) {
      doubts.push_back(fmt::format("{} looks up the table {}, whose rows may be others by now",
                                   node->name, static_cast<const plan::LookupNode&>(*node).table));
    }
    if (EmitsByClock(*node)) {
      doubts.push_back(fmt::format("{} emits by the clock (`emit every`)", node->name));
    }
    const Volatility volatility = VolatilityOf(*node);
    if (volatility == Volatility::kVolatile) {
      doubts.push_back(fmt::format("{} asks the clock or draws random values", node->name));
    } else if (volatility == Volatility::kIngest && !timed) {
      doubts.push_back(fmt::format(
          "{} uses ingest_time(), which is another one when a record without a time of its own is "
          "read again",
          node->name));
    }
  }
  return doubts;
}

}  // namespace weir::flowc
