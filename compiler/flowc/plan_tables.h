#pragma once

#include <string>
#include <vector>

#include "compiler/plan/logical_plan.h"
#include "compiler/plan/sink_node.h"

namespace weir::flowc {

/// Folders of the embedded store that the plan writes to, absolute, without repetition.
std::vector<std::string> StoreFolders(const plan::LogicalPlan& plan);

/// Views whose rows the engine alone holds: those that no table of the store copies.
std::vector<const plan::ViewNode*> MemoryViews(const plan::LogicalPlan& plan);

/// Up to three statements that show what the pipeline makes, views before tables; none without
/// either.
std::vector<std::string> ExampleQueries(const plan::LogicalPlan& plan);

/// The command line that runs a statement, to paste into a shell.
std::string QueryCommandLine(const std::string& sql);

}  // namespace weir::flowc
