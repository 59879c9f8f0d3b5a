#include "runtime/exec/table_refresher.h"

#include <utility>

#include "runtime/operators/table_loader.h"

namespace weir {

TableRefresher::TableRefresher(const plan::TableSpec& table,
                               std::unique_ptr<TableConnector> connector)
    : table_(table),
      connector_(std::move(connector)),
      versions_(std::make_shared<LookupTableVersions>()) {}

Status TableRefresher::Load(Micros now) {
  WEIR_ASSIGN(std::shared_ptr<const LookupTable> rows, LoadTable(table_, *connector_, now));
  versions_->Replace(std::move(rows));
  if (table_.refresh_every > 0) next_ = now + table_.refresh_every;
  return Status::Ok();
}

Status TableRefresher::Open(Micros now) {
  const Status opened = connector_->Open();
  if (!opened.ok()) return opened.WithContext(table_.name);
  return Load(now);
}

Status TableRefresher::Refresh(Micros now) {
  if (now < next_) return Status::Ok();
  next_ = now + table_.refresh_every;
  return Load(now);
}

}  // namespace weir
