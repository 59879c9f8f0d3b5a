#include "runtime/operators/running_aggregate_operator.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "runtime/operators/row_stamps.h"
#include "runtime/operators/update_pace.h"

namespace weir {
namespace {

constexpr char kBlockVersion = 1;
constexpr Micros kMicrosPerDay = 24 * 3600 * kMicrosPerSecond;

}  // namespace

RunningAggregateOperator::RunningAggregateOperator(const plan::AggregateNode& node)
    : Operator(node),
      aggregate_(node),
      lifetime_(node.ttl.value_or(0)),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      input_(node),
      ends_(offsetof(GroupHeader, links), lifetime_) {}

Status RunningAggregateOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  WEIR_TRY(input_.Open());
  WEIR_ASSIGN(accumulators_, Accumulators::Make(aggregate_.aggregates, sizeof(GroupHeader)));
  rows_ = std::make_unique<AggregateRows>(aggregate_, *accumulators_);
  rows_->Open(context_);
  groups_ = std::make_unique<StateTable>(accumulators_->block_size(),
                                         [this](uint8_t* block) { accumulators_->Destroy(block); });
  Store(*groups_, "groups",
        [this](const uint8_t* block, std::string& out) { Serialize(block, out); });
  MayLeave(*groups_, ColdGroups());
  return Status::Ok();
}

Micros RunningAggregateOperator::LifeStart(RowIndex row, const ColumnView<Micros>& times) const {
  if (!has_retain_key()) return times[row];
  const auto key = static_cast<size_t>(aggregate_.retain_key);
  const Column& column = *input_.key_columns()[key];
  const int64_t value = ColumnView<int64_t>(column)[row];
  return column.type().is(TypeKind::kDate) ? value * kMicrosPerDay : value;
}

Status RunningAggregateOperator::TakeOldRows(const RecordBatch& batch, RowSet& rows,
                                             Collector& out) {
  if (lifetime_ == 0) return Status::Ok();
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const RowStamps stamps(batch);
  RowIndices old;
  rows.ForEach([&](RowIndex row) {
    const Micros stamp = stamps[row];
    const Micros watermark = std::max(stamp, watermark_);
    if (watermark != kMinTimestamp && LifeStart(row, times) + lifetime_ <= watermark) {
      old.push_back(row);
    }
  });
  if (old.empty()) return Status::Ok();
  if (late_to_.route().is_set()) {
    WEIR_TRY(late_to_.RouteLate(batch, old, ledger_, out));
  } else {
    std::vector<RejectedRow> rejected;
    for (RowIndex row : old) {
      rejected.push_back({row,
                          {},
                          {},
                          "older than what is kept",
                          std::string(RowErrorCodeName(RowErrorCode::kTooOld))});
    }
    WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  }
  RowIndices kept;
  SubtractRows(rows, old, kept);
  kept_ = std::move(kept);
  rows = RowSet::Of(kept_);
  return Status::Ok();
}

Status RunningAggregateOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  input_.Evaluate(batch, batch.rows(), context_.clock->Now(), failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  WEIR_TRY(TakeOldRows(batch, rows, out));
  input_.EncodeKeys(rows, batch.capacity());
  blocks_.resize(batch.capacity());
  created_.clear();
  WEIR_TRY(groups_->Load(input_.keys(), rows));
  groups_->FindOrCreate(input_.keys(), rows, blocks_.data(), created_);
  for (uint8_t* block : created_) {
    accumulators_->Init(block);
    HeaderOf(block).expires_from = kMinTimestamp;
  }
  WEIR_TRY(AddRows(batch, rows, out));
  ledger_.gauges["keys"] = static_cast<int64_t>(groups_->size());
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) {
    next_emit_ = context_.clock->Now() + aggregate_.emit.every.value_or(kCombineFor);
  }
  return Status::Ok();
}

// A group whose life is over from a row's point of view begins anew with that row, whether or not
// the watermark here has ended it yet, which varies with the number of workers.
Status RunningAggregateOperator::AddRows(const RecordBatch& batch, const RowSet& rows,
                                         Collector& out) {
  if (lifetime_ == 0) return AddToGroups(batch, rows, out);
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const RowStamps stamps(batch);
  RowIndices together;
  for (uint32_t i = 0; i < rows.count(); ++i) {
    const RowIndex row = rows[i];
    GroupHeader& header = HeaderOf(blocks_[row]);
    const Micros stamp = stamps[row];
    if (header.expires_from != kMinTimestamp && stamp != kMinTimestamp &&
        header.expires_from + lifetime_ <= stamp) {
      WEIR_TRY(AddToGroups(batch, RowSet::Of(together), out));
      together.clear();
      WEIR_TRY(Restart(blocks_[row], out));
    }
    header.expires_from = std::max(header.expires_from, LifeStart(row, times));
    together.push_back(row);
  }
  WEIR_TRY(AddToGroups(batch, RowSet::Of(together), out));
  for (uint8_t* block : created_) Register(block);
  return Status::Ok();
}

Status RunningAggregateOperator::Restart(uint8_t* block, Collector& out) {
  // Its last value comes first.
  if (HeaderOf(block).changed != 0) {
    BeginUpdates();
    while (next_leaving_ < leaving_.size()) WEIR_TRY(EmitLeaving(out));
  }
  if (HeaderOf(block).emitted != 0) {
    const std::vector<AggregateRows::Group> ended{{StateTable::KeyOf(block), block}};
    size_t next = 0;
    rows_->EmitNextDeletes(ended, next, OutputTime(), context_, ledger_, out);
  }
  accumulators_->Destroy(block);
  accumulators_->Init(block);
  HeaderOf(block).expires_from = kMinTimestamp;
  HeaderOf(block).changed = HeaderOf(block).emitted = 0;
  return Status::Ok();
}

Status RunningAggregateOperator::AddToGroups(const RecordBatch& batch, const RowSet& rows,
                                             Collector& out) {
  if (rows.empty()) return Status::Ok();
  RowErrors refused;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(rows), batch.capacity(), refused);
  RowIndices good;
  RowSet taken = rows;
  if (!refused.empty()) {
    WEIR_TRY(errors_to_.Reject(batch, RejectFailedRows(refused), ledger_, out));
    SubtractRows(rows, refused.Rows(), good);
    taken = RowSet::Of(good);
  }
  taken.ForEach([&](RowIndex row) {
    uint8_t* block = blocks_[row];
    GroupHeader& header = HeaderOf(block);
    if (header.changed != 0) return;
    header.changed = 1;
    changed_.push_back(block);
  });
  ledger_.absorbed += taken.count();
  return Status::Ok();
}

void RunningAggregateOperator::Register(uint8_t* block) {
  ends_.Add(block, HeaderOf(block).expires_from + lifetime_);
}

void RunningAggregateOperator::BeginUpdates() {
  next_emit_ = kMaxTimestamp;
  leaving_.clear();
  for (uint8_t* block : changed_) {
    groups_->MarkDirty(block);
    HeaderOf(block).changed = 0;
    HeaderOf(block).emitted = 1;
    leaving_.push_back({StateTable::KeyOf(block), block});
  }
  changed_.clear();
  AggregateRows::Sort(leaving_);
  next_leaving_ = 0;
  leaving_deleted_ = false;
}

void RunningAggregateOperator::BeginEnds() {
  for (uint8_t* block : ends_.TakeDue(watermark_)) {
    if (HeaderOf(block).expires_from + lifetime_ > watermark_) {
      Register(block);
    } else {
      ended_.push_back(block);
    }
  }
  leaving_.clear();
  for (uint8_t* block : ended_) {
    if (HeaderOf(block).emitted != 0) leaving_.push_back({StateTable::KeyOf(block), block});
  }
  AggregateRows::Sort(leaving_);
  next_leaving_ = 0;
  leaving_deleted_ = true;
}

Status RunningAggregateOperator::EmitLeaving(Collector& out) {
  if (leaving_deleted_) {
    rows_->EmitNextDeletes(leaving_, next_leaving_, OutputTime(), context_, ledger_, out);
    return Status::Ok();
  }
  return rows_->EmitNext(leaving_, next_leaving_, nullptr, OutputTime(), OutputTime(), "update",
                         context_, ledger_, out);
}

Status RunningAggregateOperator::Resume(Collector& out) {
  for (size_t emitted = 0; HasMore() && emitted < context_.batch_rows;) {
    const size_t before = next_leaving_;
    if (next_leaving_ < leaving_.size()) {
      WEIR_TRY(EmitLeaving(out));
      emitted += next_leaving_ - before;
    } else if (std::exchange(expires_, false)) {
      BeginEnds();
    } else {
      for (uint8_t* block : std::exchange(ended_, {})) groups_->Erase(block);
    }
  }
  return Status::Ok();
}

Status RunningAggregateOperator::ProcessWatermark(Micros watermark, Collector& out) {
  watermark_ = std::max(watermark_, watermark);
  if (watermark == kMaxTimestamp || lifetime_ == 0) return Status::Ok();
  groups_->BringBack(watermark_);
  if (!ends_.AnyDue(watermark_)) return Status::Ok();
  // A group that ends shows its last value first.
  if (!changed_.empty()) BeginUpdates();
  expires_ = true;
  return Resume(out);
}

Status RunningAggregateOperator::EmitChanged(Collector& out) {
  BeginUpdates();
  return Resume(out);
}

Status RunningAggregateOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status RunningAggregateOperator::Flush(Collector& out) {
  return !aggregate_.emit.every && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

Status RunningAggregateOperator::Finish(Collector& out) {
  WEIR_TRY(FinishSweep());
  return changed_.empty() ? Status::Ok() : EmitChanged(out);
}

// Entries: slot "groups", by encoded key: version, header (16 bytes), accumulators.
void RunningAggregateOperator::Serialize(const uint8_t* block, std::string& out) const {
  const GroupHeader& header = HeaderOf(block);
  out.push_back(kBlockVersion);
  const size_t start = out.size();
  out.append(reinterpret_cast<const char*>(&header.expires_from), sizeof(Micros));
  out.push_back(static_cast<char>(header.changed));
  out.push_back(static_cast<char>(header.emitted));
  out.resize(start + kStoredHeader, '\0');
  accumulators_->Serialize(block, out);
}

Status RunningAggregateOperator::Deserialize(std::string_view value, uint8_t* block) const {
  accumulators_->Init(block);
  if (value.size() < 1 + kStoredHeader || value[0] != kBlockVersion) {
    return DataLossError("{}: a stored group is damaged", aggregate_.name);
  }
  GroupHeader& header = HeaderOf(block);
  std::memcpy(&header.expires_from, value.data() + 1, sizeof(Micros));
  header.changed = static_cast<uint8_t>(value[1 + sizeof(Micros)]);
  header.emitted = static_cast<uint8_t>(value[2 + sizeof(Micros)]);
  value.remove_prefix(1 + kStoredHeader);
  return accumulators_->Deserialize(value, block);
}

void RunningAggregateOperator::Take(uint8_t* block) {
  if (lifetime_ != 0) Register(block);
  if (HeaderOf(block).changed == 0) return;
  // What was combined but not yet emitted leaves after the restart.
  changed_.push_back(block);
  if (next_emit_ != kMaxTimestamp) return;
  next_emit_ = context_.clock->Now() + aggregate_.emit.every.value_or(kCombineFor);
}

Micros RunningAggregateOperator::DueOf(Micros expires_from, uint8_t changed) const {
  if (changed != 0) return kMinTimestamp;
  return lifetime_ == 0 ? kMaxTimestamp : ends_.SliceOf(expires_from + lifetime_);
}

StateTable::Cold RunningAggregateOperator::ColdGroups() {
  StateTable::Cold cold;
  cold.deserialize = [this](std::string_view value, uint8_t* block) {
    return Deserialize(value, block);
  };
  cold.due = [this](const uint8_t* block) {
    return DueOf(HeaderOf(block).expires_from, HeaderOf(block).changed);
  };
  cold.due_of_stored = [this](std::string_view value) {
    if (value.size() < 1 + kStoredHeader) return kMinTimestamp;  // found damaged when it is read
    Micros expires_from = 0;
    std::memcpy(&expires_from, value.data() + 1, sizeof(Micros));
    return DueOf(expires_from, static_cast<uint8_t>(value[1 + sizeof(Micros)]));
  };
  cold.may_leave = [this](const uint8_t* block) {
    const GroupHeader& header = HeaderOf(block);
    return header.changed == 0 && DueOf(header.expires_from, 0) > watermark_;
  };
  cold.leaves = [this](uint8_t* block) { ends_.Remove(block); };
  cold.came_back = [this](uint8_t* block) { Take(block); };
  return cold;
}

/// Groups that came back because their life may be over.
Status RunningAggregateOperator::Sweep(SliceBudget& budget, bool take_all) {
  WEIR_TRY(groups_->Sweep(budget, take_all));
  // At the end of input nothing is to come, but lives do not end by that.
  if (lifetime_ == 0 || watermark_ == kMaxTimestamp || !ends_.AnyDue(watermark_)) {
    return Status::Ok();
  }
  if (!changed_.empty()) BeginUpdates();
  expires_ = true;
  return Status::Ok();
}

Status RunningAggregateOperator::FinishSweep() {
  SliceBudget all = SliceBudget::Unlimited();
  while (groups_->sweeping()) WEIR_TRY(groups_->Sweep(all, /*take_all=*/false));
  return Status::Ok();
}

Status RunningAggregateOperator::Snapshot(StateWriter& out) {
  groups_->Seal(&out);
  times_.Put(context_, {watermark_}, out);
  return Status::Ok();
}

Status RunningAggregateOperator::Restore(const StateReader& in) {
  WEIR_TRY(times_.Read(in, aggregate_.name, {&watermark_}));
  if (groups_->sweeping()) return Status::Ok();  // the groups come by and by
  return in.ForEach("groups",
                    [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                      uint8_t* block = groups_->AddCommitted(key, HashBytes(key));
                      WEIR_TRY(Deserialize(value, block));
                      Take(block);
                      return Status::Ok();
                    });
}

}  // namespace weir
