#include "tests/simulation/remote_writer.h"

#include <algorithm>
#include <utility>

#include "runtime/operators/row_json.h"

namespace weir::simulation {
namespace {

constexpr int64_t kUnitRows = 40;

DeliveryLaneSettings LaneSettings(const RemoteSink& sink, uint32_t worker) {
  DeliveryLaneSettings settings;
  settings.name = "sink " + sink.name();
  settings.seed = worker + 1;
  settings.clock = sink.clock();
  settings.breaker = sink.breaker();
  return settings;
}

}  // namespace

std::string RowText(const RecordBatch& batch, RowIndex row) {
  const ColumnPtr& op = batch.hidden().op;
  const bool deletes =
      op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
  std::string text = deletes ? "delete " : "";
  AppendRowJson(batch, row, text);
  return text;
}

Status RemoteDelivery::Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) {
  const StoreUnitPlace place = sink_->units().PlaceOf(writer_, unit.number);
  RemoteUnit sent{sink_->name(), sink_->owner(), sink_->incarnation(), unit.name, place.epoch, {}};
  std::vector<std::pair<const RecordBatch*, RowIndex>> rows;
  for (const RecordBatch& batch : unit.batches) {
    batch.rows().ForEach([&](RowIndex row) {
      sent.rows.push_back(RowText(batch, row));
      rows.emplace_back(&batch, row);
    });
  }
  std::vector<size_t> positions;
  WEIR_TRY(sink_->target().Insert(sent, positions));
  for (const size_t at : positions) {
    refused.push_back({*rows[at].first, rows[at].second, "REFUSED", "the table does not take it"});
  }
  if (!positions.empty()) sink_->units().NoteRefused(place);
  // Forgotten before the refused rows are anywhere.
  if (sink_->broken() == BrokenRule::kRule12) sink_->units().Settle(writer_, unit.number, 1);
  return Status::Ok();
}

RemoteWriter::RemoteWriter(RemoteSink* sink, uint32_t worker)
    : sink_(sink),
      worker_(worker),
      target_(sink, worker),
      lane_(LaneSettings(*sink, worker), &target_, &sink->budget()) {
  sink_->lanes().push_back(&lane_);
}

RemoteWriter::~RemoteWriter() { std::erase(sink_->lanes(), &lane_); }

Status RemoteWriter::Open() {
  PushReady();
  return Status::Ok();
}

void RemoteWriter::PushReady() {
  for (DeliveryUnit& unit : sink_->units().TakeReady(worker_)) lane_.Push(std::move(unit));
}

Status RemoteWriter::Append(const RecordBatch& batch) {
  if (batch.empty()) return Status::Ok();
  pending_.push_back(batch);
  pending_rows_ += batch.num_rows();
  unit_rows_ += batch.num_rows();
  if (unit_rows_ < kUnitRows) return Status::Ok();
  WEIR_TRY(WriteSegment());
  sink_->units().Cut(worker_);
  unit_rows_ = 0;
  return Status::Ok();
}

Status RemoteWriter::WriteSegment() {
  if (pending_.empty()) return Status::Ok();
  WEIR_TRY(sink_->units().Append(worker_, std::exchange(pending_, {})));
  pending_rows_ = 0;
  return Status::Ok();
}

Status RemoteWriter::Freeze(uint64_t epoch) {
  WEIR_TRY(WriteSegment());
  sink_->units().Freeze(worker_, epoch);
  frozen_ = epoch;
  asked_since_barrier_ = false;
  return Status::Ok();
}

Status RemoteWriter::Deliver(std::vector<RefusedRow>& refused) {
  if (asked_since_barrier_ && sink_->units().CutCommitted(worker_)) unit_rows_ = pending_rows_;
  asked_since_barrier_ = true;
  PushReady();
  uint64_t done = 0;
  WEIR_TRY(lane_.TakeResults(refused, &done));
  sink_->units().Settle(worker_, done, frozen_ + 1);
  return Status::Ok();
}

Status RemoteWriter::Close() { return lane_.Close(std::chrono::milliseconds(0)); }

}  // namespace weir::simulation
