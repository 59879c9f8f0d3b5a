#include "compiler/plan/logical_plan.h"

#include <algorithm>

#include "runtime/base/check.h"

namespace weir::plan {

NodeId LogicalPlan::Add(std::unique_ptr<LogicalNode> node) {
  NodeId id = static_cast<NodeId>(nodes.size());
  node->id = id;
  nodes.push_back(std::move(node));
  return id;
}

const TableSpec* LogicalPlan::FindTable(std::string_view name) const {
  auto found = std::find_if(tables.begin(), tables.end(),
                            [&](const TableSpec& table) { return table.name == name; });
  return found == tables.end() ? nullptr : &*found;
}

// Kahn, "Topological sorting of large networks" (CACM 1962); among ready nodes the smallest id
// first, so that the order is a function of the plan alone.
std::vector<NodeId> LogicalPlan::TopologicalOrder() const {
  std::vector<size_t> missing(nodes.size(), 0);
  std::vector<NodeId> ready;
  size_t live = 0;
  for (const auto& node : nodes) {
    if (!node) continue;
    ++live;
    missing[static_cast<size_t>(node->id)] = node->inputs.size();
    if (node->inputs.empty()) ready.push_back(node->id);
  }
  auto readers = Readers();
  std::vector<NodeId> order;
  std::make_heap(ready.begin(), ready.end(), std::greater<>());
  while (!ready.empty()) {
    std::pop_heap(ready.begin(), ready.end(), std::greater<>());
    NodeId id = ready.back();
    ready.pop_back();
    order.push_back(id);
    for (const auto& [reader, input] : readers[static_cast<size_t>(id)]) {
      if (--missing[static_cast<size_t>(reader)] != 0) continue;
      ready.push_back(reader);
      std::push_heap(ready.begin(), ready.end(), std::greater<>());
    }
  }
  WEIR_CHECK(order.size() == live, "the plan has a cycle: {} of {} nodes", order.size(), live);
  return order;
}

std::vector<std::vector<std::pair<NodeId, int>>> LogicalPlan::Readers() const {
  std::vector<std::vector<std::pair<NodeId, int>>> readers(nodes.size());
  for (const auto& node : nodes) {
    if (!node) continue;
    for (size_t i = 0; i < node->inputs.size(); ++i) {
      NodeId from = node->inputs[i].node;
      WEIR_CHECK(
          from >= 0 && static_cast<size_t>(from) < nodes.size() && nodes[static_cast<size_t>(from)],
          "input {} of {} is node {}", i, node->name, from);
      readers[static_cast<size_t>(from)].emplace_back(node->id, static_cast<int>(i));
    }
  }
  return readers;
}

std::unique_ptr<LogicalPlan> LogicalPlan::Clone() const {
  auto copy = std::make_unique<LogicalPlan>();
  copy->settings = settings;
  copy->tables = tables;
  copy->streams = streams;
  copy->nodes.reserve(nodes.size());
  for (const auto& node : nodes) copy->nodes.push_back(node ? node->Clone() : nullptr);
  return copy;
}

}  // namespace weir::plan
