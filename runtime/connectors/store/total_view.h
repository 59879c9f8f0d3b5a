#pragma once

#include <string>

#include "runtime/chdb/chdb_database.h"

namespace weir {

/// Where a materialized view reads and writes.
struct ViewPlaces {
  std::string source_database, source;
  std::string target_database, target;
};

/// Whether `select` has a result for every row that its source can hold, and its target takes every
/// result, so that it needs no rehearsal. True only for what is plainly so: one SELECT over the
/// source, from functions of a short list whose arguments can't make them fail, types as the
/// target's columns have them, and a target without defaults and constraints. Anything else: false.
Result<bool> IsTotalView(ChdbDatabase& database, const std::string& select,
                         const ViewPlaces& places);

}  // namespace weir
