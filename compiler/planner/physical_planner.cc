#include "compiler/planner/physical_planner.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "compiler/plan/aggregate_node.h"
#include "compiler/planner/key_tracking.h"
#include "runtime/base/check.h"

namespace weir::planner {
namespace {

using plan::InputRef;
using plan::LogicalNode;
using plan::LogicalPlan;
using plan::NodeId;
using plan::NodeKind;
using plan::Partitioning;
using plan::PhysicalInput;
using plan::PhysicalNode;
using plan::PhysicalPlan;

bool IsOutput(const LogicalNode& node) {
  return node.kind == NodeKind::kSink || node.kind == NodeKind::kView;
}

class Planner {
 public:
  Planner(std::shared_ptr<const LogicalPlan> logical, const PhysicalOptions& options)
      : logical_(std::move(logical)), options_(options), plan_(std::make_shared<PhysicalPlan>()) {
    plan_->logical = logical_;
  }

  std::shared_ptr<const PhysicalPlan> Run() {
    MarkReachable();
    for (NodeId id : logical_->TopologicalOrder()) {
      if (reachable_[static_cast<size_t>(id)]) Place(logical_->at(id));
    }
    NumberChains();
    return plan_;
  }

 private:
  void MarkReachable() {
    reachable_.assign(logical_->nodes.size(), false);
    for (const auto& node : logical_->nodes) {
      if (node != nullptr && IsOutput(*node)) Reach(node->id);
    }
    if (!options_.keep_streams) return;
    for (const auto& [name, output] : logical_->streams) Reach(output.node);
  }

  void Reach(NodeId id) {
    std::vector<NodeId> open = {id};
    while (!open.empty()) {
      NodeId next = open.back();
      open.pop_back();
      if (next < 0 || reachable_[static_cast<size_t>(next)]) continue;
      reachable_[static_cast<size_t>(next)] = true;
      for (const InputRef& input : logical_->at(next).inputs) open.push_back(input.node);
    }
  }

  void Place(const LogicalNode& node) {
    Partitioning need = node.partitioning();
    std::vector<PhysicalInput> inputs;
    std::optional<Placement> placement;
    for (size_t i = 0; i < node.inputs.size(); ++i) {
      for (const NodeId physical : ProducersOf(node.inputs[i])) {
        const InputRef& ref = node.inputs[i];
        Placement have =
            OutputPlacement(logical_->at(ref.node), ref.port, seen_[static_cast<size_t>(physical)]);
        inputs.push_back(Connect(physical, ref.port, have, need));
        inputs.back().logical_input = static_cast<int>(i);
        Placement here = AfterExchange(have, need);
        placement = placement ? Common(*placement, here) : here;
      }
    }
    NodeId partial = -1;
    if (options_.pre_aggregate && WantsPartial(node, inputs)) {
      inputs = {AddPartial(node, std::move(inputs))};
      partial = inputs[0].node;
    }
    physical_of_[node.id] = Add(node, std::move(inputs), placement.value_or(Placement{}), false);
    plan_->nodes.back().partial = partial;
  }

  /// The main output of a pre-aggregated stage comes from its second half, rows on their way out by
  /// a route from both.
  std::vector<NodeId> ProducersOf(const InputRef& ref) const {
    const NodeId physical = physical_of_.at(ref.node);
    const NodeId partial = plan_->nodes[static_cast<size_t>(physical)].partial;
    if (ref.port == 0 || partial < 0) return {physical};
    return {partial, physical};
  }

  /// What holds for the rows of both inputs.
  static Placement Common(const Placement& a, const Placement& b) {
    if (a.kind == Placement::Kind::kKey) {
      return Satisfies(b, {Partitioning::Kind::kKey, a.keys}) ? a : Placement{};
    }
    return a.kind == b.kind ? a : Placement{};
  }

  static PhysicalInput Connect(NodeId node, int port, const Placement& have,
                               const Partitioning& need) {
    PhysicalInput input{node, port, PhysicalInput::Exchange::kForward, {}};
    if (Satisfies(have, need)) return input;
    if (need.kind == Partitioning::Kind::kSingleton) {
      input.exchange = PhysicalInput::Exchange::kSingleton;
    } else {
      input.exchange = PhysicalInput::Exchange::kHash;
      input.keys = need.keys;
    }
    return input;
  }

  static bool WantsPartial(const LogicalNode& node, const std::vector<PhysicalInput>& inputs) {
    return node.kind == NodeKind::kAggregate && inputs.size() == 1 &&
           inputs[0].exchange != PhysicalInput::Exchange::kForward &&
           static_cast<const plan::AggregateNode&>(node).pre_aggregate;
  }

  PhysicalInput AddPartial(const LogicalNode& node, std::vector<PhysicalInput> inputs) {
    PhysicalInput after = inputs[0];
    inputs[0].exchange = PhysicalInput::Exchange::kForward;
    inputs[0].keys.clear();
    for (size_t i = 0; i < after.keys.size(); ++i) {
      const auto& key = after.keys[i];
      after.keys[i] = plan::MakeColumn(static_cast<int>(i), key->name, key->type, key->span);
    }
    after.node = Add(node, std::move(inputs), Placement{}, true);
    after.port = 0;
    return after;
  }

  NodeId Add(const LogicalNode& node, std::vector<PhysicalInput> inputs, Placement placement,
             bool is_partial) {
    PhysicalNode physical;
    physical.id = static_cast<NodeId>(plan_->nodes.size());
    physical.inputs = std::move(inputs);
    physical.logical = std::shared_ptr<const LogicalNode>(logical_, &node);
    physical.is_partial = is_partial;
    plan_->nodes.push_back(std::move(physical));
    seen_.push_back(std::move(placement));
    return plan_->nodes.back().id;
  }

  /// Exchanges between a node and the sources, the longest way.
  std::vector<int> Depths() const {
    std::vector<int> depths;
    for (const PhysicalNode& node : plan_->nodes) {
      int depth = 0;
      for (const PhysicalInput& input : node.inputs) {
        int step = input.exchange == PhysicalInput::Exchange::kForward ? 0 : 1;
        depth = std::max(depth, depths[static_cast<size_t>(input.node)] + step);
      }
      depths.push_back(depth);
    }
    return depths;
  }

  void NumberChains() {
    const std::vector<int> depths = Depths();
    std::vector<size_t> group(plan_->nodes.size());
    std::iota(group.begin(), group.end(), size_t{0});
    auto root = [&group](size_t node) {
      while (group[node] != node) node = group[node] = group[group[node]];
      return node;
    };
    for (const PhysicalNode& node : plan_->nodes) {
      for (const PhysicalInput& input : node.inputs) {
        size_t from = static_cast<size_t>(input.node);
        size_t to = static_cast<size_t>(node.id);
        bool direct = input.exchange == PhysicalInput::Exchange::kForward;
        if (direct && depths[from] == depths[to]) group[root(to)] = root(from);
      }
    }
    std::unordered_map<size_t, int> numbers;
    for (PhysicalNode& node : plan_->nodes) {
      int next = static_cast<int>(numbers.size());
      node.chain = numbers.try_emplace(root(static_cast<size_t>(node.id)), next).first->second;
    }
    plan_->num_chains = static_cast<int>(numbers.size());
  }

  std::shared_ptr<const LogicalPlan> logical_;
  PhysicalOptions options_;
  std::shared_ptr<PhysicalPlan> plan_;
  std::vector<bool> reachable_;
  std::unordered_map<NodeId, NodeId> physical_of_;
  std::vector<Placement> seen_;  ///< rows that each physical node sees, after its exchange
};

}  // namespace

std::shared_ptr<const PhysicalPlan> PlanPhysical(std::shared_ptr<const LogicalPlan> logical,
                                                 const PhysicalOptions& options) {
  WEIR_CHECK(logical != nullptr, "a plan is needed");
  return Planner(std::move(logical), options).Run();
}

}  // namespace weir::planner
