#pragma once

#include <optional>
#include <vector>

#include "compiler/plan/logical_node.h"

namespace weir::planner {

/// How the rows of one output port lie on the workers.
struct Placement {
  enum class Kind : uint8_t {
    kUnknown,    ///< wherever they were read or made
    kKey,        ///< by key group of `keys`, expressions over the row
    kSingleton,  ///< all on worker 0
  };
  Kind kind = Kind::kUnknown;
  std::vector<plan::ExprPtr> keys;
};

/// Whether rows placed as `have` already meet the requirement, without an exchange. The keys must
/// be the same in the same order: state belongs to the key group of exactly these.
bool Satisfies(const Placement& have, const plan::Partitioning& need);

/// Placement of the rows that `node` sees on an input, after the exchange it asks for.
Placement AfterExchange(const Placement& have, const plan::Partitioning& need);

/// Placement of the rows of an output port, given that of the node's input. Key columns that do not
/// survive into the output end it.
Placement OutputPlacement(const plan::LogicalNode& node, int port, const Placement& input);

}  // namespace weir::planner
