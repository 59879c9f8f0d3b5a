#pragma once

#include <string>

#include "compiler/plan/logical_node.h"

namespace weir::plan {

/// What decides how the stored state of a node is found, read and meant: its kind, key and window,
/// and each stored value in the order in which they are stored, with its name and type (of
/// aggregates also what they are over). Two nodes with the same text can go on from each other's
/// state. "" for nodes without keyed state.
std::string StateLayout(const LogicalNode& node);

}  // namespace weir::plan
