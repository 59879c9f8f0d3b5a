#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/exec/node_account.h"

namespace weir {

/// Books of all nodes of a plan, by node of the physical plan.
using NodeAccounts = std::map<int, NodeAccount>;

/// Name of each node's books: the node's own, with a number where several nodes share one.
std::vector<std::string> AccountNames(const plan::PhysicalPlan& plan);

/// "" when every ledger's identities hold, every operator counted the rows that its task handed it
/// and took from it, and every edge has the same count at both ends; else what is violated, with
/// the numbers. `accounts` are summed over workers, as of one barrier or with nothing in flight.
std::string CheckAccounts(const plan::PhysicalPlan& plan, const NodeAccounts& accounts);

/// The ledgers with their names, in plan order.
std::vector<NamedLedger> NameLedgers(const plan::PhysicalPlan& plan, const NodeAccounts& accounts);

}  // namespace weir
