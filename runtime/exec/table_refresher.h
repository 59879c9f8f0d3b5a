#pragma once

#include <memory>
#include <string>

#include "compiler/plan/source_node.h"
#include "runtime/connector/source_connector.h"
#include "runtime/operators/lookup_table.h"

namespace weir {

/// One table of a running job: loads it, and again every `refresh every`. One thread; readers see
/// a new version as a whole.
class TableRefresher {
 public:
  TableRefresher(const plan::TableSpec& table, std::unique_ptr<TableConnector> connector);

  const std::string& name() const { return table_.name; }
  const std::shared_ptr<LookupTableVersions>& versions() const { return versions_; }

  Status Open(Micros now);
  /// Reads the table again when that is due. A failed refresh keeps the version that is there.
  Status Refresh(Micros now);
  Status Reload(Micros now) { return Load(now); }
  Micros next() const { return next_; }

 private:
  Status Load(Micros now);

  const plan::TableSpec& table_;
  std::unique_ptr<TableConnector> connector_;
  std::shared_ptr<LookupTableVersions> versions_;
  Micros next_ = kMaxTimestamp;
};

}  // namespace weir
