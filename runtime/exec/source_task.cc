#include "runtime/exec/source_task.h"

#include <algorithm>
#include <utility>

#include "runtime/eval/evaluator.h"
#include "runtime/operators/column_copy.h"
#include "runtime/state/state_access.h"

namespace weir {
namespace {

constexpr std::string_view kPositions = "positions";
/// How long to leave a partition alone that is at its end and did not say until when.
constexpr Micros kPollPause = 10'000;
/// … and one whose records are on their way.
constexpr Micros kWaitPause = 1'000;
/// Smallest number of records worth decoding together.
constexpr uint32_t kSmallestRead = 128;

plan::SourceNode DecodeStage(const plan::SourceNode& node) {
  plan::SourceNode stage = node;
  if (stage.name.find('/') == std::string::npos) stage.name += "/decode";
  return stage;
}

int64_t BytesOf(const RecordChunk& chunk) {
  int64_t bytes = 0;
  for (std::string_view record : chunk.records) bytes += static_cast<int64_t>(record.size()) + 1;
  return bytes;
}

/// Takes out of `chunk` what is behind `limit`; whether there was any.
bool CutAtLimit(RecordChunk& chunk, int64_t limit) {
  size_t kept = chunk.size();
  while (kept > 0 && chunk.offsets[kept - 1] > limit) --kept;
  if (kept == chunk.size()) return false;
  chunk.Truncate(kept);
  return true;
}

}  // namespace

SourceTask::SourceTask(const plan::SourceNode& node, int node_id, WorkerContext* context)
    : node_(node),
      node_id_(node_id),
      decode_stage_(DecodeStage(node)),
      context_(context),
      ports_(static_cast<size_t>(node.num_ports())) {}

SourceTask::~SourceTask() = default;

Status SourceTask::Open(const OperatorContext& context, SourceConnector& connector) {
  operator_context_ = context;
  connector_ = &connector;
  WEIR_ASSIGN(RecordDecoder decoder, RecordDecoder::Make(node_.decode, node_.schema));
  decoder_.emplace(std::move(decoder));
  if (node_.time.time != nullptr) {
    WEIR_ASSIGN(time_, Evaluator::Compile(node_.time.time));
  }
  router_ = std::make_unique<RowRouter>(decode_stage_, decode_stage_.dead_letter);
  router_->Open(operator_context_);
  const size_t count = connector.num_partitions();
  const Micros lag = node_.time.watermark == plan::WatermarkKind::kLag ? node_.time.lag : 0;
  for (size_t i = context.worker; i < count; i += context.num_workers) {
    SourcePartition partition;
    partition.name = connector.partition_name(i);
    partition.index = static_cast<uint32_t>(i);
    partition.watermark = PartitionWatermark(lag);
    partitions_.push_back(std::move(partition));
  }
  progress_.emplace(partitions_.size());
  if (count > 0) {
    limit_ = TokenBucket(static_cast<double>(node_.rate_max) *
                         static_cast<double>(partitions_.size()) / static_cast<double>(count));
  }
  return Status::Ok();
}

Status SourceTask::Restore(const StateReader& state) {
  std::vector<std::pair<std::string, std::string>> unmatched;
  WEIR_TRY(state.ForEachUnkeyed(kPositions,
                                [&](std::string_view name, std::string_view value) -> Status {
                                  connector_->NoteKnown(name);
                                  for (SourcePartition& partition : partitions_) {
                                    if (partition.name == name)
                                      return DecodePartition(value, partition);
                                  }
                                  unmatched.emplace_back(name, value);
                                  return Status::Ok();
                                }));
  for (const auto& [name, value] : unmatched) {
    const std::optional<size_t> index = connector_->FindRenamed(name);
    for (SourcePartition& partition : partitions_) {
      if (partition.index != index || !partition.resume_from.empty()) continue;
      partition.name = name;  // under which the state goes on knowing it
      WEIR_TRY(DecodePartition(value, partition));
    }
  }
  return Status::Ok();
}

Status SourceTask::Start(Micros now) {
  for (SourcePartition& partition : partitions_) {
    if (partition.ended) continue;
    auto reader = connector_->MakeReader(partition.index);
    if (!reader.ok()) return reader.status().WithContext(node_.source);
    partition.reader = *std::move(reader);
    const Status opened = partition.reader->Open(partition.resume_from);
    if (!opened.ok()) return opened.WithContext(node_.source);
    if (partition.resume_from.empty()) partition.resume_from = partition.reader->StartPosition();
  }
  // A source without event time must not hold back the others that its rows are joined with.
  const bool timeless = node_.time.watermark == plan::WatermarkKind::kNone;
  for (SourcePartition& partition : partitions_) {
    if (partition.ended) {
      EndPartition(partition);
    } else if (timeless) {
      BecomeIdle(partition, now);
    } else if (partition.watermark.current() > progress_->current()) {
      const Micros before = progress_->current();
      progress_->SetWatermark(Slot(partition), partition.watermark.current());
      Announce(before, progress_->idle());
    }
  }
  if (timeless) drift_ = nullptr;
  ReportDrift();
  if (partitions_.empty()) {
    ended_ = true;
    SendAll(Control::Watermark(kMaxTimestamp));
    SendAll(Control::End());
  }
  return Status::Ok();
}

void SourceTask::Emit(int port, RecordBatch batch) {
  if (batch.empty() || context_->failed()) return;
  ports_[static_cast<size_t>(port)].Emit(batch);
}

void SourceTask::SendAll(const Control& control) {
  for (OutputPort& port : ports_) port.Send(control);
}

NodeAccount SourceTask::Account() const {
  NodeAccount account{ledger_, {}, {}};
  for (const OutputPort& port : ports_) account.rows_out.push_back(port.rows());
  for (const SourcePartition& partition : partitions_) {
    if (partition.reader == nullptr) continue;
    if (const auto lag = partition.reader->Lag()) account.ledger.gauges["lag"] += *lag;
  }
  return account;
}

void SourceTask::SetAccount(const NodeAccount& account) {
  ledger_ = account.ledger;
  for (size_t i = 0; i < ports_.size() && i < account.rows_out.size(); ++i) {
    ports_[i].set_rows(account.rows_out[i]);
  }
}

void SourceTask::Barrier(uint64_t epoch) {
  context_->accounts.emplace_back(node_id_, Account());
  if (context_->snapshot_state) {
    StateWriter writer(node_.name);
    for (const SourcePartition& partition : partitions_) {
      writer.Put(kPositions, kUnkeyedGroup, partition.name, EncodePartition(partition));
      context_->positions.Set(node_.name, partition.name, {partition.Position(), partition.ended});
    }
    context_->deltas.push_back(writer.Take());
  }
  SendAll(Control::Barrier(epoch));
}

/// What changed for the source as a whole since `watermark` and `idle` were current.
void SourceTask::Announce(Micros watermark, bool idle) {
  if (progress_->current() > watermark) SendAll(Control::Watermark(progress_->current()));
  if (progress_->idle() != idle) SendAll(Control::Status(progress_->idle()));
  if (progress_->ended() && !ended_) {
    ended_ = true;
    SendAll(Control::End());
  }
}

void SourceTask::EndPartition(SourcePartition& partition) {
  partition.ended = true;
  const Micros watermark = progress_->current();
  const bool idle = progress_->idle();
  progress_->SetWatermark(Slot(partition), kMaxTimestamp);
  progress_->SetEnded(Slot(partition));
  Announce(watermark, idle);
}

void SourceTask::BecomeIdle(SourcePartition& partition, Micros now) {
  const Micros watermark = progress_->current();
  const bool idle = progress_->idle();
  if (node_.time.idle_advance) {
    if (partition.watermark.Heartbeat(now)) {
      progress_->SetWatermark(Slot(partition), partition.watermark.current());
    }
  } else if (!partition.idle) {
    partition.idle = true;
    progress_->SetIdle(Slot(partition), true);
  }
  Announce(watermark, idle);
}

void SourceTask::BecomeActive(SourcePartition& partition) {
  partition.empty_since = kMaxTimestamp;
  if (!partition.idle || node_.time.watermark == plan::WatermarkKind::kNone) return;
  const Micros watermark = progress_->current();
  const bool idle = progress_->idle();
  partition.idle = false;
  progress_->SetIdle(Slot(partition), false);
  Announce(watermark, idle);
}

void SourceTask::Heartbeat(Micros now) {
  if (node_.time.watermark == plan::WatermarkKind::kNone || stopped_) return;
  for (SourcePartition& partition : partitions_) {
    if (partition.ended) continue;
    // A heartbeat is a sign of life.
    if (partition.empty_since != kMaxTimestamp) partition.empty_since = now;
    if (partition.idle) {
      BecomeActive(partition);
      partition.empty_since = now;
    }
    if (!partition.watermark.Heartbeat(now)) continue;
    const Micros watermark = progress_->current();
    const bool idle = progress_->idle();
    progress_->SetWatermark(Slot(partition), partition.watermark.current());
    Announce(watermark, idle);
  }
}

void SourceTask::Poke() {
  for (SourcePartition& partition : partitions_) partition.not_before = kMinTimestamp;
}

bool SourceTask::MustWait(const SourcePartition& partition) const {
  return drift_ != nullptr && drift_->MustWait(partition.watermark.current());
}

void SourceTask::ReportDrift() {
  if (drift_ == nullptr) return;
  Micros slowest = kMaxTimestamp;
  for (const SourcePartition& partition : partitions_) {
    const bool has_records = partition.empty_since == kMaxTimestamp && !partition.at_limit;
    if (partition.ended || partition.idle || !has_records) continue;
    slowest = std::min(slowest, partition.watermark.current());
  }
  drift_->Report(operator_context_.worker, slowest);
}

/// The readable partition that is furthest behind in event time: keeps partitions together, so that
/// little state waits for the slowest one.
SourcePartition* SourceTask::NextPartition(Micros now) {
  SourcePartition* best = nullptr;
  for (size_t i = 0; i < partitions_.size(); ++i) {
    SourcePartition& partition = partitions_[(next_ + i) % partitions_.size()];
    if (partition.ended || partition.at_limit || partition.not_before > now) continue;
    if (MustWait(partition)) continue;
    if (best == nullptr || partition.watermark.current() < best->watermark.current()) {
      best = &partition;
    }
  }
  if (best != nullptr) next_ = Slot(*best) + 1;
  return best;
}

Micros SourceTask::WakeAt(Micros now) const {
  Micros wake_at = kMaxTimestamp;
  for (const SourcePartition& partition : partitions_) {
    if (partition.ended || partition.at_limit) continue;
    const Micros readable = MustWait(partition) ? now + kPollPause : now;
    wake_at = std::min(wake_at, std::max(partition.not_before, readable));
    const bool may_become_idle = node_.time.idle && partition.empty_since != kMaxTimestamp &&
                                 (!partition.idle || node_.time.idle_advance);
    if (may_become_idle) {
      wake_at = std::min(wake_at, std::max(partition.empty_since + *node_.time.idle, now + 1));
    }
  }
  return wake_at;
}

SourceTask::Progress SourceTask::RunOnce(Micros now) {
  if (stopped_ || ended_ || context_->failed()) return {};
  pace_.Done(now);
  const Progress progress = ReadOne(now);
  ReportDrift();
  return progress;
}

SourceTask::Progress SourceTask::ReadOne(Micros now) {
  if (node_.time.idle) {
    for (SourcePartition& partition : partitions_) {
      if (!partition.ended && partition.empty_since != kMaxTimestamp && !MustWait(partition) &&
          now - partition.empty_since >= *node_.time.idle) {
        BecomeIdle(partition, now);
      }
    }
  }
  SourcePartition* partition = NextPartition(now);
  if (partition == nullptr) return {false, WakeAt(now)};
  const int64_t wanted =
      std::min<int64_t>({operator_context_.batch_rows, partition->batch_hint, pace_.size()});
  const int64_t allowed = limit_.Available(now, wanted);
  if (allowed == 0) return {false, limit_.NextAt(now)};
  const int64_t before = ledger_.records_read;
  const bool had_ended = partition->ended;
  Read(*partition, static_cast<size_t>(allowed), now);
  limit_.Take(ledger_.records_read - before);
  if (ledger_.records_read > before) pace_.Started(ledger_.records_read - before, now);
  const bool worked = ledger_.records_read > before || partition->ended != had_ended;
  return {worked, worked ? now : WakeAt(now)};
}

void SourceTask::Read(SourcePartition& partition, size_t max_rows, Micros now) {
  chunk_.Clear();
  Result<PollResult> polled = partition.reader->Poll(max_rows, now, chunk_);
  if (!polled.ok()) {
    context_->Fail(polled.status(), node_.source);
    return;
  }
  const size_t read = chunk_.size();
  const bool passed = partition.limit != nullptr && CutAtLimit(chunk_, partition.limit_offset);
  if (chunk_.size() > 0) {
    BecomeActive(partition);
    Handle(partition, chunk_, now);
    partition.last_offset = chunk_.offsets.back();
  }
  partition.not_before = kMinTimestamp;
  if (partition.limit != nullptr) {
    const bool there = passed || (read > 0 && partition.last_offset >= partition.limit_offset);
    Status status;
    if (there) {
      status = ReachLimit(partition, passed);
    } else if (polled->state == PollState::kEnd) {
      status = FailedPreconditionError(
          "partition {} ends before the position that the targets' marks name: what they hold is "
          "not there to be read again; --accept-resend goes on regardless",
          partition.name);
    }
    if (!status.ok()) return context_->Fail(status, node_.source);
    if (there) return;
  }
  if (polled->state == PollState::kEnd) {
    EndPartition(partition);
  } else if (polled->state == PollState::kEmpty) {
    if (partition.empty_since == kMaxTimestamp) partition.empty_since = now;
    partition.not_before = std::max(polled->not_before, now + kPollPause);
  } else if (polled->state == PollState::kWaiting) {
    partition.empty_since = kMaxTimestamp;
    partition.not_before = std::max(polled->not_before, now + kWaitPause);
  }
}

/// Whether the time of a record that could not be decoded was read all the same: then its dead
/// letter has it.
bool SourceTask::HasReadableTime(const RejectedRow& row) const {
  if (node_.time.time->kind != plan::ExprKind::kColumn) return false;
  for (const auto& [field, reason] : row.errors) {
    if (field.empty() || field == node_.time.time->name) return false;
  }
  return true;
}

void SourceTask::Handle(SourcePartition& partition, const RecordChunk& chunk, Micros now) {
  std::vector<RejectedRow> rejected;
  decoder_->Decode(chunk, now, columns_, rejected);
  RecordBatch batch = MakeBatch(partition, chunk, now);
  batch.mutable_hidden().watermark =
      Column::Constant(Value::Timestamp(partition.watermark.current()), batch.capacity());
  columns_.clear();
  const auto count = static_cast<uint32_t>(chunk.size());
  ledger_.records_read += count;
  ledger_.rows_in += count;
  ledger_.bytes_read += BytesOf(chunk);

  RowIndices good;
  good.reserve(count);
  size_t next = 0;
  for (RowIndex row = 0; row < count; ++row) {
    if (next < rejected.size() && rejected[next].row == row) {
      ++next;
    } else {
      good.push_back(row);
    }
  }
  if (time_ != nullptr) {
    RowErrors errors;
    ColumnPtr times = time_->Evaluate(EvalInput::Of(batch, now), RowSet::Of(good), errors);
    if (!rejected.empty()) {
      MutableColumnPtr known = DeepCopyRows(times, RowSet::All(count));
      for (const RejectedRow& row : rejected) {
        if (!HasReadableTime(row)) known->SetNull(row.row);
      }
      times = std::move(known);
    }
    for (RejectedRow& row : RejectFailedRows(errors)) rejected.push_back(std::move(row));
    batch.mutable_hidden().event_time = std::move(times);
    JudgeTimes(batch, now, good, rejected);
  }
  if (!rejected.empty()) {
    std::sort(rejected.begin(), rejected.end(),
              [](const RejectedRow& a, const RejectedRow& b) { return a.row < b.row; });
    const Status routed = router_->Reject(batch, rejected, ledger_, *this);
    if (!routed.ok()) return context_->Fail(routed, node_.source);
  }
  ledger_.passed += static_cast<int64_t>(good.size());
  ledger_.rows_out += static_cast<int64_t>(good.size());
  if (!good.empty()) EmitRows(partition, batch, good);
}

/// Takes rows without a usable event time out of `good`: failed ones (already in `rejected`), null
/// ones, and those further in the future than the guard allows: one bad clock must not close every
/// window.
void SourceTask::JudgeTimes(const RecordBatch& batch, Micros now, RowIndices& good,
                            std::vector<RejectedRow>& rejected) {
  const Column& times = *batch.hidden().event_time;
  const ColumnView<Micros> view(times);
  const Micros latest =
      now > kMaxTimestamp - node_.time.future ? kMaxTimestamp : now + node_.time.future;
  size_t failed = 0;  // entries before are sorted decode errors of other rows
  std::vector<RowIndex> failed_rows;
  for (const RejectedRow& row : rejected) failed_rows.push_back(row.row);
  std::sort(failed_rows.begin(), failed_rows.end());
  RowIndices kept;
  kept.reserve(good.size());
  for (RowIndex row : good) {
    while (failed < failed_rows.size() && failed_rows[failed] < row) ++failed;
    if (failed < failed_rows.size() && failed_rows[failed] == row) continue;
    if (view.IsNull(row)) {
      rejected.push_back({row, {}, {{"", "no event time"}}, "no event time", "no event time"});
    } else if (view[row] > latest) {
      rejected.push_back({row,
                          {},
                          {{"", "event time too far in the future"}},
                          "event time too far in the future",
                          "event time too far in the future"});
    } else {
      kept.push_back(row);
    }
  }
  good = std::move(kept);
}

void SourceTask::EmitRows(SourcePartition& partition, const RecordBatch& batch,
                          const RowIndices& rows) {
  Micros stamp = partition.watermark.current();
  if (node_.time.watermark == plan::WatermarkKind::kNone) {
    EmitRange(batch, rows, 0, rows.size(), stamp);
    return;
  }
  const ColumnView<Micros> times(*batch.hidden().event_time);
  size_t begin = 0;
  uint32_t steps = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!partition.watermark.Observe(times[rows[i]])) continue;
    EmitRange(batch, rows, begin, i + 1, stamp);
    begin = i + 1;
    ++steps;
    stamp = partition.watermark.current();
    const Micros before = progress_->current();
    progress_->SetWatermark(Slot(partition), stamp);
    Announce(before, progress_->idle());
  }
  EmitRange(batch, rows, begin, rows.size(), stamp);
  partition.batch_hint = steps == 0
                             ? std::min(partition.batch_hint * 2, kBatchRows)
                             : std::max(static_cast<uint32_t>(rows.size()) / steps, kSmallestRead);
}

void SourceTask::EmitRange(const RecordBatch& batch, const RowIndices& rows, size_t begin,
                           size_t end, Micros stamp) {
  if (begin == end || context_->failed()) return;
  RecordBatch part = batch;
  if (end - begin < batch.capacity()) {
    part = batch.WithSelection(RowIndices(rows.begin() + static_cast<std::ptrdiff_t>(begin),
                                          rows.begin() + static_cast<std::ptrdiff_t>(end)));
  }
  part.mutable_hidden().watermark = Column::Constant(Value::Timestamp(stamp), batch.capacity());
  ports_[0].Emit(part);
}

}  // namespace weir
