// Windowed aggregates over few keys are half done before the exchange: each worker sends one
// partial result per key and window instead of each row (guarantees.md, rule 21).
#include <algorithm>

#include "compiler/optimizer/rules.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/source_node.h"

namespace weir {
namespace {

/// Keys with at most this many combinations count as few.
constexpr size_t kMaxCombinations = 4096;

/// Values that a key can have, by its type; 0: many.
size_t Cardinality(const DataType& type) {
  size_t null = type.optional() ? 1 : 0;
  if (type.is(TypeKind::kBool)) return 2 + null;
  if (type.is(TypeKind::kEnum)) return type.enum_values().size() + null;
  if (type.is_integer() && type.integer_bits() == 8) return 256 + null;
  return 0;
}

bool HasFewKeys(const plan::AggregateNode& node) {
  size_t combinations = 1;
  for (const plan::ExprPtr& key : node.keys) {
    size_t values = Cardinality(key->type);
    if (values == 0) return false;
    combinations *= values;
    if (combinations > kMaxCombinations) return false;
  }
  return true;
}

/// Accumulators are mergeable by their contract; a pane that rows enter and leave one by one
/// (sessions, last rows) has no partial form.
bool HasPanes(const plan::AggregateNode& node) {
  switch (node.window.kind) {
    case plan::WindowKind::kTumbling:
    case plan::WindowKind::kSliding:
    case plan::WindowKind::kCumulating: return node.emit.only_on_close();
    default: return false;
  }
}

/// Which row takes a sum out of its type is only known where all rows of the group are.
bool AllMergeable(const plan::AggregateNode& node) {
  return std::all_of(
      node.aggregates.begin(), node.aggregates.end(), [](const plan::AggregateCall& call) {
        return call.function != nullptr && (call.overload == nullptr || !call.Kernel().can_fail);
      });
}

/// A worker whose partitions are all idle doesn't hold the others' time back. A row that it reads
/// then may be late for a window that has fired elsewhere, which only the node behind the exchange
/// knows: partial results could come after their window.
bool MayFallBehind(const plan::LogicalPlan& plan, plan::NodeId from) {
  std::vector<plan::NodeId> open{from};
  std::vector<bool> seen(plan.nodes.size(), false);
  while (!open.empty()) {
    const plan::NodeId id = open.back();
    open.pop_back();
    if (seen[static_cast<size_t>(id)]) continue;
    seen[static_cast<size_t>(id)] = true;
    const plan::LogicalNode& node = plan.at(id);
    if (node.kind == plan::NodeKind::kSource) {
      const plan::TimeSpec& time = static_cast<const plan::SourceNode&>(node).time;
      if (time.watermark == plan::WatermarkKind::kNone) return true;
      if (time.idle && !time.idle_advance) return true;
    }
    for (const plan::InputRef& input : node.inputs) open.push_back(input.node);
  }
  return false;
}

class PreAggregation final : public Rule {
 public:
  std::string_view name() const override { return "pre_aggregation"; }

  bool Apply(plan::LogicalPlan& plan) override {
    bool changed = false;
    for (auto& node : plan.nodes) {
      if (!node || node->kind != plan::NodeKind::kAggregate) continue;
      auto& aggregate = static_cast<plan::AggregateNode&>(*node);
      if (aggregate.pre_aggregate || !HasPanes(aggregate) || !HasFewKeys(aggregate) ||
          !AllMergeable(aggregate) || MayFallBehind(plan, aggregate.id)) {
        continue;
      }
      aggregate.pre_aggregate = true;
      changed = true;
    }
    return changed;
  }
};

}  // namespace

std::unique_ptr<Rule> MakePreAggregation() { return std::make_unique<PreAggregation>(); }

}  // namespace weir
