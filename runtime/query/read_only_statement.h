#pragma once

#include <set>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace weir {

/// One statement that reads tables and touches nothing else.
struct ReadOnlyStatement {
  std::string sql;              ///< without the semicolon at its end
  std::set<std::string> names;  ///< every name in it: of tables, columns, functions …
  std::string table;  ///< the first name after FROM, DESCRIBE, … ; "" when there is none
};

/// InvalidArgument: no statement, several, or one that can't be cut into tokens; PermissionDenied:
/// one that would do more than read tables.
Result<ReadOnlyStatement> CheckReadOnly(std::string_view sql);

}  // namespace weir
