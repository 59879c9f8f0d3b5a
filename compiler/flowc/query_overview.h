#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/flowc/query_target.h"

namespace weir::flowc {

/// Something that can stand after FROM.
struct OverviewEntry {
  std::string name;
  std::string kind;             ///< table, view, view in memory
  std::optional<int64_t> rows;  ///< none: not counted
};

struct Overview {
  std::vector<OverviewEntry> entries;
  std::vector<std::string> queries;  ///< examples that can be run now
};

/// Tables and views without those that only feed others. Without `count` no rows.
Result<Overview> ReadOverview(QueryTarget& target, bool count);

std::string OverviewText(const Overview& overview, const std::string& where);
/// One JSON object.
std::string OverviewJson(const Overview& overview, const RunRecord& record);

}  // namespace weir::flowc
