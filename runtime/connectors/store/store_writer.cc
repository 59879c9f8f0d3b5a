#include "runtime/connectors/store/store_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "runtime/connectors/store/unit_encoding.h"

namespace weir {
namespace {

constexpr std::chrono::seconds kPatienceAtClose{30};
/// With a target that fails the job has waited already.
constexpr std::chrono::seconds kPatienceWhenFailing{2};

bool IsDelete(const ColumnPtr& op, RowIndex row) {
  return op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
}

}  // namespace

StoreWriter::StoreWriter(StoreSink* sink, uint32_t lane, std::unique_ptr<NativeEncoder> encoder,
                         std::unique_ptr<StoreTarget> target)
    : sink_(sink),
      lane_number_(lane),
      encoder_(std::move(encoder)),
      target_(std::move(target)),
      lane_(sink->LaneSettings(lane), target_.get(), &sink->budget()) {
  for (const NativeTarget& column : encoder_->targets()) {
    stores_deletes_ |= column.column == sink->table().deleted_column();
  }
}

Status StoreWriter::Open() {
  lane_.Start();
  return Status::Ok();
}

void StoreWriter::Refuse(const RecordBatch& stored, RowIndex row, std::string code,
                         std::string message) {
  unfit_.push_back({sink_->AsGiven(stored), row, std::move(code), std::move(message), 1});
}

/// A table without a column for deletes can't take them.
RecordBatch StoreWriter::WithoutDeletes(const RecordBatch& batch) {
  const ColumnPtr& op = batch.hidden().op;
  if (stores_deletes_ || op == nullptr) return batch;
  RowIndices kept;
  batch.rows().ForEach([&](RowIndex row) {
    if (!IsDelete(op, row)) {
      kept.push_back(row);
      return;
    }
    Refuse(batch, row, kDeleteNotStored, kDeleteNotStoredMessage);
  });
  return batch.WithSelection(std::move(kept));
}

Status StoreWriter::Append(const RecordBatch& batch) {
  const RecordBatch stored = WithoutDeletes(sink_->Complete(batch));
  if (stored.empty()) return Status::Ok();
  if (pending_rows_ == 0) pending_since_ = sink_->settings().clock->Now();
  pending_rows_ += stored.num_rows();
  pending_bytes_ += static_cast<int64_t>(stored.ByteSize());
  pending_.push_back(stored);
  const StoreSinkSettings& settings = sink_->settings();
  const bool full = pending_rows_ >= settings.batch_rows || pending_bytes_ >= kStoreMostUnitBytes ||
                    (settings.batch_bytes > 0 && pending_bytes_ >= settings.batch_bytes);
  if (full) CutAll();
  return Status::Ok();
}

bool StoreWriter::IsDue() const {
  const StoreSinkSettings& settings = sink_->settings();
  return pending_rows_ > 0 && settings.batch_time > 0 &&
         settings.clock->Now() - pending_since_ >= settings.batch_time;
}

/// Makes a unit of the first batches.
void StoreWriter::Cut(size_t batches) {
  std::vector<RecordBatch> later(pending_.begin() + static_cast<ptrdiff_t>(batches),
                                 pending_.end());
  pending_.resize(batches);
  DeliveryUnit unit;
  unit.name = fmt::format("{}/{}/{}/0", sink_->settings().unit_prefix, lane_number_, ++unit_);
  unit.batches = std::move(pending_);
  std::vector<RefusedRow> refused;
  EncodeUnit(*encoder_, unit, refused);
  for (RefusedRow& row : refused) {
    row.batch = sink_->AsGiven(row.batch);
    unfit_.push_back(std::move(row));
  }
  unit.memory = static_cast<int64_t>(unit.bytes.size());
  for (const RecordBatch& batch : unit.batches) {
    unit.memory += static_cast<int64_t>(batch.ByteSize());
  }
  pending_ = std::move(later);
  pending_frozen_ = 0;
  pending_rows_ = pending_bytes_ = 0;
  for (const RecordBatch& batch : pending_) {
    pending_rows_ += batch.num_rows();
    pending_bytes_ += static_cast<int64_t>(batch.ByteSize());
  }
  if (unit.rows > 0) cut_.push_back(std::move(unit));
}

void StoreWriter::FreezeCut() {
  std::move(cut_.begin(), cut_.end(), std::back_inserter(frozen_));
  cut_.clear();
}

Status StoreWriter::Freeze(uint64_t) {
  if (IsDue()) CutAll();
  FreezeCut();
  pending_frozen_ = pending_.size();
  asked_since_barrier_ = false;
  return Status::Ok();
}

Status StoreWriter::Deliver(std::vector<RefusedRow>& refused) {
  // Asked again without a barrier between: the engine waits for the end, so what is behind the
  // barrier goes although its unit is not full. What came later has no barrier yet.
  if (asked_since_barrier_ && pending_frozen_ > 0) {
    std::vector<DeliveryUnit> later = std::move(cut_);
    cut_.clear();
    Cut(pending_frozen_);
    FreezeCut();
    cut_ = std::move(later);
  }
  asked_since_barrier_ = true;
  for (DeliveryUnit& unit : frozen_) lane_.Push(std::move(unit));
  frozen_.clear();
  std::move(unfit_.begin(), unfit_.end(), std::back_inserter(refused));
  unfit_.clear();
  const size_t before = refused.size();
  const Status status = lane_.TakeResults(refused);
  for (size_t i = before; i < refused.size(); ++i)
    refused[i].batch = sink_->AsGiven(refused[i].batch);
  return status;
}

bool StoreWriter::HasUndelivered() const {
  return pending_frozen_ > 0 || !frozen_.empty() || !unfit_.empty() || lane_.HasUndelivered();
}

int64_t StoreWriter::undelivered_rows() const {
  int64_t rows = pending_rows_ + static_cast<int64_t>(unfit_.size()) + lane_.undelivered_rows();
  for (const DeliveryUnit& unit : cut_) rows += unit.rows;
  for (const DeliveryUnit& unit : frozen_) rows += unit.rows;
  return rows;
}

/// What no barrier came for (the last updates of a view) goes too.
Status StoreWriter::Close() {
  if (!pending_.empty()) CutAll();
  FreezeCut();
  for (DeliveryUnit& unit : frozen_) lane_.Push(std::move(unit));
  frozen_.clear();
  WEIR_TRY(lane_.Close(lane_.health().ok() ? kPatienceAtClose : kPatienceWhenFailing));
  std::vector<RefusedRow> refused = std::move(unfit_);
  WEIR_TRY(lane_.TakeResults(refused));
  if (refused.empty()) return Status::Ok();
  return FailedPreconditionError("table {}: {} rows refused at the end: {}", sink_->table().name,
                                 refused.size(), refused.front().message);
}

}  // namespace weir
