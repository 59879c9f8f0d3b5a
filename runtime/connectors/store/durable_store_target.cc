#include "runtime/connectors/store/durable_store_target.h"

#include <algorithm>

#include "runtime/base/kill_point.h"
#include "runtime/connectors/store/unit_encoding.h"

namespace weir {

/// A table without a column for deletes can't take them.
RecordBatch DurableStoreTarget::WithoutDeletes(const RecordBatch& batch,
                                               std::vector<RefusedRow>& refused) const {
  if (deleted_column_ < 0) return batch;
  const ColumnView<uint8_t> deleted(*batch.column(deleted_column_));
  RowIndices kept;
  batch.rows().ForEach([&](RowIndex row) {
    if (deleted[row] == 0) {
      kept.push_back(row);
    } else {
      refused.push_back({batch, row, kDeleteNotStored, kDeleteNotStoredMessage, 1});
    }
  });
  return kept.size() == batch.num_rows() ? batch : batch.WithSelection(std::move(kept));
}

Status DurableStoreTarget::Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) {
  const StoreUnitPlace place = units_->PlaceOf(writer_, unit.number);
  WEIR_TRY(marks_->Reach(place.lane, place.epoch));
  DeliveryUnit fitting;
  fitting.name = unit.name;
  for (const RecordBatch& batch : unit.batches) {
    fitting.batches.push_back(WithoutDeletes(batch, refused));
  }
  EncodeUnit(*encoder_, fitting, refused);
  KillPoint::Pass("store-unit-begun");
  if (fitting.rows > 0) WEIR_TRY(target_->Send(fitting, refused));
  KillPoint::Pass("store-unit-inserted");
  if (!refused.empty()) units_->NoteRefused(place);
  WEIR_TRY(marks_->SetDelivered(place.lane, std::min(place.number, units_->MarkLimit(place.lane)),
                                [&] { return units_->StandWith(place); }));
  KillPoint::Pass("store-unit-marked");
  return Status::Ok();
}

}  // namespace weir
