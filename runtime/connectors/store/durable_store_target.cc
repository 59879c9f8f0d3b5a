#include "runtime/connectors/store/durable_store_target.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "runtime/connectors/store/unit_encoding.h"

namespace weir {
namespace {

/// For tests of crashes: `$WEIR_STORE_KILL` = `POINT:COUNT` ends the process as kill -9 does when
/// it comes to that point for the COUNT-th time.
void CrashIfTold(std::string_view point) {
  static const char* const told = std::getenv("WEIR_STORE_KILL");
  if (told == nullptr) return;
  static std::atomic<int> passed{0};
  const std::string_view wanted(told);
  const size_t colon = std::min(wanted.find(':'), wanted.size());
  if (wanted.substr(0, colon) != point) return;
  const int count = colon < wanted.size() ? std::atoi(told + colon + 1) : 1;
  if (++passed == count) std::raise(SIGKILL);
}

}  // namespace

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
  CrashIfTold("before");
  if (fitting.rows > 0) WEIR_TRY(target_->Send(fitting, refused));
  CrashIfTold("after");
  if (!refused.empty()) units_->NoteRefused(place);
  WEIR_TRY(marks_->SetDelivered(place.lane, std::min(place.number, units_->MarkLimit(place.lane))));
  CrashIfTold("marked");
  return Status::Ok();
}

}  // namespace weir
