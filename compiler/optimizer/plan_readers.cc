#include "compiler/optimizer/plan_readers.h"

#include <algorithm>

namespace weir {

using plan::InputRef;
using plan::NodeId;

PlanReaders::PlanReaders(plan::LogicalPlan& plan)
    : plan_(plan), readers_(plan.Readers()), streams_(plan.nodes.size()) {
  for (auto& [name, output] : plan.streams) streams_[At(output.node)].push_back(&output);
}

bool PlanReaders::IsDeclared(InputRef output) const {
  const auto& streams = streams_[At(output.node)];
  return std::any_of(streams.begin(), streams.end(),
                     [&](const InputRef* stream) { return *stream == output; });
}

bool PlanReaders::HasRouteReaders(NodeId node) const {
  const auto& readers = readers_[At(node)];
  return std::any_of(readers.begin(), readers.end(), [this](const Reader& reader) {
    return plan_.at(reader.first).inputs[static_cast<size_t>(reader.second)].port != 0;
  });
}

void PlanReaders::Redirect(InputRef from, InputRef to) {
  std::vector<Reader> kept;
  std::vector<Reader> moved;
  for (const Reader& reader : readers_[At(from.node)]) {
    InputRef& input = plan_.at(reader.first).inputs[static_cast<size_t>(reader.second)];
    if (input == from && reader.first != to.node) {
      input = to;
      moved.push_back(reader);
    } else {
      kept.push_back(reader);
    }
  }
  readers_[At(from.node)] = std::move(kept);
  auto& readers = readers_[At(to.node)];
  readers.insert(readers.end(), moved.begin(), moved.end());

  std::vector<InputRef*> stay;
  for (InputRef* stream : streams_[At(from.node)]) {
    const bool moves = *stream == from;
    if (moves) *stream = to;
    (moves ? streams_[At(to.node)] : stay).push_back(stream);
  }
  streams_[At(from.node)] = std::move(stay);
}

void PlanReaders::Reconnect(plan::LogicalNode& node, int input, InputRef to) {
  InputRef& ref = node.inputs[static_cast<size_t>(input)];
  std::erase(readers_[At(ref.node)], Reader{node.id, input});
  ref = to;
  readers_[At(to.node)].emplace_back(node.id, input);
}

void PlanReaders::Remove(NodeId node) {
  auto& owned = plan_.nodes[At(node)];
  for (size_t i = 0; i < owned->inputs.size(); ++i) {
    std::erase(readers_[At(owned->inputs[i].node)], Reader{node, static_cast<int>(i)});
  }
  owned.reset();
}

}  // namespace weir
