// The plan as a tree from the ends (sinks, views, unread stages) up to the sources.
#include <fmt/format.h>

#include "compiler/plan/logical_plan.h"

namespace weir::plan {
namespace {

class TreePrinter {
 public:
  explicit TreePrinter(const LogicalPlan& plan) : plan_(plan), printed_(plan.nodes.size()) {}

  std::string Print() {
    auto readers = plan_.Readers();
    for (const auto& node : plan_.nodes) {
      if (node && readers[static_cast<size_t>(node->id)].empty()) PrintNode({node->id, 0}, 0);
    }
    return std::move(out_);
  }

 private:
  void PrintNode(InputRef ref, int depth) {
    const LogicalNode& node = plan_.at(ref.node);
    out_ += fmt::format("{:{}}{}", "", depth * 2, node.name);
    if (ref.port != 0) out_ += fmt::format(" [port {}]", ref.port);
    // A stage with several readers is shown once, with its inputs.
    if (printed_[static_cast<size_t>(ref.node)]) {
      out_ += " (see above)\n";
      return;
    }
    printed_[static_cast<size_t>(ref.node)] = true;
    out_ += ": " + node.Describe();
    if (node.mode.upsert) out_ += " [upsert]";
    out_ += '\n';
    for (const InputRef& input : node.inputs) PrintNode(input, depth + 1);
  }

  const LogicalPlan& plan_;
  std::vector<bool> printed_;
  std::string out_;
};

}  // namespace

std::string LogicalPlan::ToString() const { return TreePrinter(*this).Print(); }

}  // namespace weir::plan
