#include "runtime/operators/process_operator.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "runtime/operators/column_copy.h"
#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/result_rows.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/operators/update_pace.h"

namespace weir {
ProcessOperator::ProcessOperator(const plan::ProcessNode& node)
    : Operator(node),
      process_(node),
      errors_to_(node, node.error),
      failed_results_to_(node, node.result_error),
      keys_(TypesOf(node.program.keys)),
      executor_(node.program, PrefixOf(node)),
      table_(executor_.layout().block_size(),
             [this](uint8_t* block) { executor_.layout().Destroy(block); }),
      timers_(node.program.timers.size(), sizeof(KeyState)),
      ends_(offsetof(KeyState, links), node.ttl) {}

ProcessOperator::~ProcessOperator() = default;

Status ProcessOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  failed_results_to_.Open(context_);
  dead_letters_ = std::make_unique<DeadLetterBuilder>(process_.name, context_);
  std::vector<Field> fields;
  for (size_t i = 0; i < process_.program.keys.size(); ++i) {
    const plan::Expr& key = *process_.program.keys[i];
    const bool named = key.kind == plan::ExprKind::kColumn && !key.name.empty();
    fields.push_back({named ? key.name : fmt::format("key_{}", i + 1), key.type, {}});
  }
  key_schema_ = Schema::Make(std::move(fields));
  Store(table_, "keys", [this](const uint8_t* block, std::string& out) { Serialize(block, out); });
  MayLeave(table_, ColdKeys());
  WEIR_ASSIGN(key_exprs_, CompileAll(process_.program.keys));
  return executor_.Open();
}

/// The memory is zero.
void ProcessOperator::InitBlock(uint8_t* block) {
  StateOf(block).last_row = StateOf(block).last_timer = kMinTimestamp;
  timers_.Init(block);
  executor_.layout().Init(block);
}

Status ProcessOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (const auto& key : key_exprs_) {
    columns.push_back(key->Evaluate(input, batch.rows(), failing_.errors()));
    key_columns.push_back(columns.back().get());
  }
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  keys_.Encode(key_columns, rows, batch.capacity());
  key_blocks_.resize(batch.capacity());
  created_.clear();
  WEIR_TRY(table_.Load(keys_, rows));
  table_.FindOrCreate(keys_, rows, key_blocks_.data(), created_);
  for (uint8_t* block : created_) InitBlock(block);
  rounds_.Begin();
  rows.ForEach([&](RowIndex row) { rounds_.Add(StateOf(key_blocks_[row]).mark, row); });
  batch_ = batch;
  next_round_ = 0;
  ledger_.pending += rows.count();
  return Resume(out);
}

bool ProcessOperator::HasMore() const {
  return batch_ || reach_ != Reach::kNothing || next_leaving_ < leaving_.size();
}

Status ProcessOperator::Resume(Collector& out) {
  for (work_ = 0; HasMore() && work_ < context_.batch_rows;) WEIR_TRY(Step(out));
  return Status::Ok();
}

Status ProcessOperator::Step(Collector& out) {
  if (timers_.firing()) {
    const std::vector<Alarm> alarms = timers_.NextToFire(context_.batch_rows);
    return alarms.empty() ? Status::Ok() : FireRound(alarms, out);
  }
  if (batch_) return StepRows(out);
  if (next_leaving_ == leaving_.size()) return StepWatermark();
  const size_t begin = next_leaving_;
  next_leaving_ = std::min<size_t>(leaving_.size(), begin + context_.batch_rows);
  return EmitOutput(std::span(leaving_).subspan(begin, next_leaving_ - begin), leaving_deleted_,
                    out);
}

Status ProcessOperator::StepRows(Collector& out) {
  if (next_round_ < rounds_.size()) {
    const RowIndices& rows = rounds_.round(next_round_);
    if (StartTimersBefore(*batch_, rows)) return Status::Ok();
    ResetEnded(*batch_, rows);
    WEIR_TRY(RunRound(*batch_, rows, out));
    ++next_round_;
  }
  if (next_round_ == rounds_.size()) EndBatch();
  return Status::Ok();
}

void ProcessOperator::EndBatch() {
  batch_.reset();
  for (uint8_t* block : created_) {
    // Rows that fail leave no trace: not even their key.
    if (StateOf(block).last_row == kMinTimestamp) {
      table_.Erase(block);
    } else {
      RegisterEnd(block);
    }
  }
  ledger_.gauges["keys"] = static_cast<int64_t>(table_.size());
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) {
    next_emit_ = context_.clock->Now() + process_.emit.every.value_or(kCombineFor);
  }
}

bool ProcessOperator::StartTimersBefore(const RecordBatch& batch, const RowIndices& rows) {
  if (timers_.num_timers() == 0) return false;
  const RowStamps stamps(batch);
  for (RowIndex row : rows) timers_.AddDue(key_blocks_[row], std::max(stamps[row], watermark_));
  // Asked again when they have fired: they may have set others.
  if (timers_.StartFiring()) return true;
  timers_.InsertDeferred();
  return false;
}

void ProcessOperator::ResetEnded(const RecordBatch& batch, const RowIndices& rows) {
  const RowStamps stamps(batch);
  for (RowIndex row : rows) {
    uint8_t* block = key_blocks_[row];
    KeyState& state = StateOf(block);
    const Micros stamp = stamps[row];
    const Micros limit = std::max(stamp, watermark_);
    if (state.last_row == kMinTimestamp || state.last_row + process_.ttl > limit) continue;
    if (timers_.AnySet(block)) continue;
    // Its life is over, though it has not been cleared away yet.
    executor_.layout().Reset(block);
  }
}

Status ProcessOperator::RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out) {
  const auto count = static_cast<uint32_t>(rows.size());
  std::vector<uint8_t*> blocks(count);
  for (uint32_t i = 0; i < count; ++i) blocks[i] = key_blocks_[rows[i]];
  StateExecutor::Round round = executor_.EventRound(batch, rows, context_.clock->Now());
  round.blocks = blocks;
  RowErrors errors;
  StateExecutor::Effects effects;
  executor_.RunEvent(round, errors, effects);
  const ColumnView<Micros> times(*batch.hidden().event_time);
  std::vector<RejectedRow> rejected = RejectFailedRows(errors);
  size_t next = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (next < rejected.size() && rejected[next].row == i) {
      rejected[next++].row = rows[i];
      continue;
    }
    StateOf(blocks[i]).last_row = std::max(StateOf(blocks[i]).last_row, times[rows[i]]);
    NoteChanged(blocks[i]);
  }
  ApplyTimers(effects.timers, blocks, kMinTimestamp);
  ledger_.pending -= count;
  ledger_.absorbed += count - static_cast<int64_t>(rejected.size());
  WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  if (effects.emitted.empty()) return Status::Ok();
  return EmitRows(effects.emitted, GatherHiddenRows(batch.hidden(), rows), count, out);
}

void ProcessOperator::NoteChanged(uint8_t* block) {
  if (!has_output() || StateOf(block).changed != 0) return;
  StateOf(block).changed = 1;
  changed_.push_back(block);
}

void ProcessOperator::ApplyTimers(const std::vector<StateExecutor::TimerChange>& changes,
                                  const std::vector<uint8_t*>& blocks, Micros fired_at) {
  for (const StateExecutor::TimerChange& change : changes) {
    const Micros time = change.time.value_or(kMaxTimestamp);
    timers_.Set(blocks[change.row], change.timer, time, time <= fired_at);
  }
}

Status ProcessOperator::FireRound(const std::vector<Alarm>& alarms, Collector& out) {
  const auto count = static_cast<uint32_t>(alarms.size());
  std::vector<uint8_t*> blocks;
  const Micros told = OutputWatermark(watermark_);
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    blocks.push_back(alarms[i].block);
    table_.MarkDirty(alarms[i].block);
    KeyState& state = StateOf(alarms[i].block);
    state.last_timer = std::max(state.last_timer, alarms[i].time);
    // A row of a timer that was set to the past is not late for the stages behind.
    times->mutable_data<Micros>()[i] = std::max(alarms[i].time, told);
    timers_.Set(alarms[i].block, alarms[i].timer, kMaxTimestamp, false);
  }
  StateExecutor::Round round;
  round.size = count;
  round.keys = KeyColumns(blocks);
  round.blocks = blocks;
  round.now = context_.clock->Now();
  round.hidden.event_time = times;
  round.hidden.watermark = Column::Constant(Value::Timestamp(told), count);
  RowErrors errors;
  StateExecutor::Effects effects;
  executor_.RunTimer(alarms.front().timer, round, errors, effects);
  for (uint32_t i = 0; i < count; ++i) NoteChanged(blocks[i]);
  for (const StateExecutor::TimerChange& change : effects.timers) {
    ApplyTimers({change}, blocks, alarms[change.row].time);
  }
  ledger_.gauges["timers fired"] += count;
  work_ += count;
  if (!errors.empty()) WEIR_TRY(RouteFailedTimers(alarms, errors, out));
  return EmitRows(effects.emitted, round.hidden, count, out);
}

Status ProcessOperator::RouteFailedTimers(const std::vector<Alarm>& alarms, const RowErrors& errors,
                                          Collector& out) {
  const plan::Route& route = process_.error;
  std::vector<RejectedRow> rejected = RejectFailedRows(errors);
  const std::string& timer = process_.program.timers[static_cast<size_t>(alarms.front().timer)];
  // No row came in, so none of its fates applies; what leaves by the route is counted.
  ledger_.gauges["failed timers"] += static_cast<int64_t>(rejected.size());
  if (route.kind == plan::Route::Kind::kDiscard) return Status::Ok();
  if (route.kind != plan::Route::Kind::kTo || route.shape != plan::Route::Shape::kDeadLetter) {
    return FailedPreconditionError("{}: timer {}: {}", process_.name, timer,
                                   rejected.front().reason);
  }
  std::vector<uint8_t*> blocks;
  MutableColumnPtr times =
      Column::Make(DataType::Timestamp(), static_cast<uint32_t>(alarms.size()));
  for (const Alarm& alarm : alarms) {
    times->mutable_data<Micros>()[blocks.size()] = alarm.time;
    blocks.push_back(alarm.block);
  }
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  const RecordBatch keys(key_schema_, KeyColumns(blocks), static_cast<uint32_t>(blocks.size()),
                         std::move(hidden));
  for (RejectedRow& row : rejected) row.reason = fmt::format("timer {}: {}", timer, row.reason);
  ledger_.routed += static_cast<int64_t>(rejected.size());
  out.Emit(route.port, dead_letters_->Build(keys, rejected));
  return Status::Ok();
}

Status ProcessOperator::EmitRows(std::vector<StateExecutor::Emitted>& emitted,
                                 const HiddenColumns& hidden, uint32_t rows, Collector& out) {
  for (StateExecutor::Emitted& part : emitted) {
    if (part.rows.empty()) continue;
    const auto count = static_cast<int64_t>(part.rows.size());
    work_ += part.rows.size();
    ledger_.produced["emit"] += count;
    ledger_.rows_out += count;
    RecordBatch batch(process_.port_schema(part.port), std::move(part.columns), rows, hidden);
    batch.mutable_hidden().payload = nullptr;
    batch.mutable_hidden().record_key = batch.mutable_hidden().record_headers = nullptr;
    out.Emit(part.port,
             count == rows ? std::move(batch) : batch.WithSelection(std::move(part.rows)));
  }
  return Status::Ok();
}

Status ProcessOperator::ProcessWatermark(Micros watermark, Collector& out) {
  reach_ = Reach::kTimers;
  reaching_ = watermark;
  return Resume(out);
}

Status ProcessOperator::StepWatermark() {
  const bool at_end = reaching_ == kMaxTimestamp;
  switch (reach_) {
    case Reach::kNothing: break;
    case Reach::kTimers:
      timers_.AddAllDue(reaching_);
      // At the end of input each timer fires once: one that sets itself again would never end.
      if (!timers_.StartFiring() || at_end) reach_ = Reach::kAfterTimers;
      break;
    case Reach::kReturned:
      for (uint8_t* block : returned_) timers_.AddDue(block, reaching_);
      if (timers_.StartFiring() && !at_end) break;  // asked again when they have fired
      returned_.clear();
      reach_ = Reach::kAfterTimers;
      break;
    case Reach::kAfterTimers: AfterTimers(); break;
    case Reach::kEnds:
      BeginEnds();
      reach_ = Reach::kErase;
      break;
    case Reach::kErase:
      for (uint8_t* block : std::exchange(ended_, {})) table_.Erase(block);
      ledger_.gauges["keys"] = static_cast<int64_t>(table_.size());
      reach_ = Reach::kNothing;
      break;
    case Reach::kAllKeys: return StepAllKeys();
  }
  return Status::Ok();
}

void ProcessOperator::AfterTimers() {
  timers_.InsertDeferred();
  watermark_ = std::max(watermark_, reaching_);
  if (reaching_ == kMaxTimestamp) {
    reach_ = Reach::kAllKeys;
    return;
  }
  reach_ = Reach::kNothing;
  table_.BringBack(watermark_);
  Settle();
  if (!ends_.AnyDue(reaching_)) return;
  // A key that ends shows its last value first.
  if (!changed_.empty()) BeginUpdates();
  reach_ = Reach::kEnds;
}

void ProcessOperator::RegisterEnd(uint8_t* block) {
  Micros end = StateOf(block).last_row + process_.ttl;
  for (size_t i = 0; i < timers_.num_timers(); ++i) {
    const Micros at = timers_.At(block, i);
    if (at != kMaxTimestamp) end = std::max(end, at);
  }
  ends_.Add(block, end);
}

void ProcessOperator::BeginEnds() {
  for (uint8_t* block : ends_.TakeDue(reaching_)) {
    if (StateOf(block).last_row + process_.ttl > reaching_ || timers_.AnySet(block)) {
      RegisterEnd(block);
    } else {
      ended_.push_back(block);
    }
  }
  leaving_.clear();
  for (uint8_t* block : ended_) {
    if (StateOf(block).emitted != 0) leaving_.push_back(block);
  }
  next_leaving_ = 0;
  leaving_deleted_ = true;
}

std::vector<ColumnPtr> ProcessOperator::KeyColumns(std::span<uint8_t* const> blocks) const {
  std::vector<std::string_view> keys;
  keys.reserve(blocks.size());
  for (const uint8_t* block : blocks) keys.push_back(StateTable::KeyOf(block));
  return KeyEncoder::Decode(keys_.types(), keys);
}

Status ProcessOperator::EmitOutput(std::span<uint8_t* const> blocks, bool deleted, Collector& out) {
  const auto count = static_cast<uint32_t>(blocks.size());
  work_ += count;
  StateExecutor::Round round;
  round.size = count;
  round.keys = KeyColumns(blocks);
  round.blocks = blocks;
  round.now = context_.clock->Now();
  RowErrors errors;
  std::vector<ColumnPtr> columns = executor_.Output(round, errors);
  HiddenColumns hidden;
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    times->mutable_data<Micros>()[i] = std::max(StateOf(blocks[i]).last_row, watermark_);
  }
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Timestamp(watermark_), count);
  if (deleted) {
    MutableColumnPtr ops = Column::Make(DataType::Bool(), count);
    std::fill_n(ops->mutable_data<uint8_t>(), count, static_cast<uint8_t>(RowOp::kDelete));
    hidden.op = std::move(ops);
    StateExecutor::FillFailed(columns);
    errors.Clear();
  }
  const RowIndices failed = errors.Rows();
  for (uint32_t i = 0; !deleted && i < count; ++i) {
    if (!std::binary_search(failed.begin(), failed.end(), i)) StateOf(blocks[i]).emitted = 1;
  }
  const RecordBatch batch(process_.schema, std::move(columns), count, std::move(hidden));
  return EmitResults(batch, errors, failed_results_to_, deleted ? "delete" : "update", ledger_,
                     out);
}

void ProcessOperator::BeginUpdates() {
  next_emit_ = kMaxTimestamp;
  leaving_ = std::exchange(changed_, {});
  std::sort(leaving_.begin(), leaving_.end(), [](const uint8_t* a, const uint8_t* b) {
    return StateTable::KeyOf(a) < StateTable::KeyOf(b);
  });
  for (uint8_t* block : leaving_) {
    table_.MarkDirty(block);
    StateOf(block).changed = 0;
  }
  next_leaving_ = 0;
  leaving_deleted_ = false;
}

Status ProcessOperator::EmitChanged(Collector& out) {
  BeginUpdates();
  return Resume(out);
}

Status ProcessOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status ProcessOperator::Flush(Collector& out) {
  return process_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

Status ProcessOperator::Finish(Collector& out) {
  SliceBudget all = SliceBudget::Unlimited();
  while (table_.sweeping()) WEIR_TRY(Sweep(all, /*take_all=*/false));
  return changed_.empty() ? Status::Ok() : EmitChanged(out);
}

}  // namespace weir
