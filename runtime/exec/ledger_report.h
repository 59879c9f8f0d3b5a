#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/exec/node_account.h"

namespace weir {

/// Books of all nodes of a plan, by node of the physical plan.
using NodeAccounts = std::map<int, NodeAccount>;

/// Books of the stages, by name (with a number where several share one): the same for every number
/// of workers, so that a restart with another one goes on with them.
using NamedAccounts = std::map<std::string, NodeAccount, std::less<>>;

/// Both halves of a pre-aggregated stage are one, without the partial results between them; and so
/// are the physical inputs of one logical input.
NamedAccounts JoinAccounts(const plan::PhysicalPlan& plan, const NodeAccounts& accounts);
/// The way back; what only one of two halves can have counted goes there, the rest to the first.
NodeAccounts SplitAccounts(const plan::PhysicalPlan& plan, const NamedAccounts& accounts);

/// "" when every ledger's identities hold, every operator counted the rows that its task handed it
/// and took from it, and every edge has the same count at both ends; else what is violated, with
/// the numbers. `accounts` are summed over workers, as of one barrier or with nothing in flight.
std::string CheckAccounts(const plan::PhysicalPlan& plan, const NodeAccounts& accounts);

/// The ledgers with their names, in plan order.
std::vector<NamedLedger> NameLedgers(const plan::PhysicalPlan& plan, const NodeAccounts& accounts);

}  // namespace weir
