#pragma once

#include <string>
#include <vector>

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

/// What goes into a table of a database.
struct DdlRow {
  std::string name;  ///< of the sink or view
  Span span;
  const ResolvedConnector* connector = nullptr;
  const Schema* row = nullptr;
  bool upsert = false;
  std::vector<int> key;  ///< of an upsert stream: columns that say which row a new one replaces
};

/// The row against the table that the connector's `ddl` file declares: F0602, F0608, F0609, F0610,
/// F0601 for engines that only add rows, W0603, W0604. Nothing without that option.
void CheckAgainstDdl(const DdlRow& row, StageContext& context);

}  // namespace weir::semantic
