#include "runtime/connectors/store/durable_store_writer.h"

#include <chrono>
#include <utility>

namespace weir {
namespace {

constexpr std::chrono::seconds kPatience{30};
/// What is left, the next run delivers.
constexpr std::chrono::seconds kPatienceWithFailingTable{2};

}  // namespace

DurableStoreWriter::DurableStoreWriter(StoreSink* sink, uint32_t worker, StoreUnits* units,
                                       std::unique_ptr<DurableStoreTarget> target)
    : sink_(sink),
      worker_(worker),
      units_(units),
      target_(std::move(target)),
      lane_(sink->LaneSettings(worker), target_.get(), &sink->budget()) {}

/// What an earlier run left goes first.
Status DurableStoreWriter::Open() {
  lane_.Start();
  PushReady();
  return Status::Ok();
}

void DurableStoreWriter::PushReady() {
  for (DeliveryUnit& unit : units_->TakeReady(worker_)) lane_.Push(std::move(unit));
}

Status DurableStoreWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  if (unit_rows_ == 0) unit_since_ = sink_->settings().clock->Now();
  pending_.push_back(sink_->Complete(batch));
  pending_rows_ += batch.num_rows();
  unit_rows_ += batch.num_rows();
  unit_bytes_ += static_cast<int64_t>(pending_.back().ByteSize());
  if (!IsFull()) return Status::Ok();
  WEIR_TRY(WriteSegment());
  Cut();
  return Status::Ok();
}

bool DurableStoreWriter::IsFull() const {
  const StoreSinkSettings& settings = sink_->settings();
  return unit_rows_ >= settings.batch_rows || unit_bytes_ >= kStoreMostUnitBytes ||
         (settings.batch_bytes > 0 && unit_bytes_ >= settings.batch_bytes);
}

bool DurableStoreWriter::IsDue() const {
  const StoreSinkSettings& settings = sink_->settings();
  return unit_rows_ > 0 && settings.batch_time > 0 &&
         settings.clock->Now() - unit_since_ >= settings.batch_time;
}

Status DurableStoreWriter::WriteSegment() {
  if (pending_.empty()) return Status::Ok();
  WEIR_TRY(units_->Append(worker_, std::exchange(pending_, {})));
  pending_rows_ = 0;
  return Status::Ok();
}

void DurableStoreWriter::Cut() {
  units_->Cut(worker_);
  unit_rows_ = unit_bytes_ = 0;
}

Status DurableStoreWriter::Freeze(uint64_t epoch) {
  WEIR_TRY(WriteSegment());
  if (IsDue()) Cut();
  units_->Freeze(worker_, epoch);
  frozen_ = epoch;
  asked_since_barrier_ = false;
  return Status::Ok();
}

Status DurableStoreWriter::Deliver(std::vector<RefusedRow>& refused) {
  // Asked again without a barrier between: the engine waits for the end, so that what is behind
  // the barrier goes although its unit is not full.
  if (asked_since_barrier_ && units_->CutCommitted(worker_)) {
    unit_rows_ = pending_rows_;
    unit_bytes_ = 0;
  }
  asked_since_barrier_ = true;
  PushReady();
  const size_t before = refused.size();
  uint64_t done = 0;
  WEIR_TRY(lane_.TakeResults(refused, &done));
  for (size_t i = before; i < refused.size(); ++i) {
    refused[i].batch = sink_->AsGiven(refused[i].batch);
  }
  // Refused rows go on behind the last barrier, so that the next commit is the first to have them.
  units_->Settle(worker_, done, frozen_ + 1);
  return Status::Ok();
}

/// Rows behind the last barrier are read again by the next run.
Status DurableStoreWriter::Close() {
  return lane_.Close(lane_.health().ok() ? kPatience : kPatienceWithFailingTable);
}

}  // namespace weir
