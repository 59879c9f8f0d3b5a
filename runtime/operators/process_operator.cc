#include "runtime/operators/process_operator.h"

#include <algorithm>
#include <utility>

#include "runtime/operators/column_copy.h"
#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/operators/state_value.h"

namespace weir {
namespace {

constexpr char kKeyVersion = 1;
/// Updates of a key within this time are combined when they leave on update.
constexpr Micros kCombineFor = kMicrosPerSecond;
/// Keys are looked at this many times per lifetime.
constexpr Micros kSlicesPerLife = 16;

}  // namespace

ProcessOperator::ProcessOperator(const plan::ProcessNode& node)
    : Operator(node),
      process_(node),
      errors_to_(node, node.error),
      keys_(TypesOf(node.program.keys)),
      executor_(node.program, PrefixOf(node)),
      table_(executor_.layout().block_size(),
             [this](uint8_t* block) { executor_.layout().Destroy(block); }) {}

ProcessOperator::~ProcessOperator() = default;

Status ProcessOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  dead_letters_ = std::make_unique<DeadLetterBuilder>(process_.name, context_);
  std::vector<Field> fields;
  for (size_t i = 0; i < process_.program.keys.size(); ++i) {
    const plan::Expr& key = *process_.program.keys[i];
    const bool named = key.kind == plan::ExprKind::kColumn && !key.name.empty();
    fields.push_back({named ? key.name : fmt::format("key_{}", i + 1), key.type, {}});
  }
  key_schema_ = Schema::Make(std::move(fields));
  WEIR_ASSIGN(key_exprs_, CompileAll(process_.program.keys));
  return executor_.Open();
}

bool ProcessOperator::HasTimer(uint8_t* block) const {
  const Micros* timers = TimersOf(block);
  return std::any_of(timers, timers + num_timers(),
                     [](Micros time) { return time != kMaxTimestamp; });
}

/// The memory is zero.
void ProcessOperator::InitBlock(uint8_t* block) {
  StateOf(block).last_row = kMinTimestamp;
  std::fill_n(TimersOf(block), num_timers(), kMaxTimestamp);
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
  table_.FindOrCreate(keys_, rows, key_blocks_.data(), created_);
  for (uint8_t* block : created_) InitBlock(block);
  rounds_.Begin();
  rows.ForEach([&](RowIndex row) { rounds_.Add(StateOf(key_blocks_[row]).mark, row); });
  for (size_t i = 0; i < rounds_.size(); ++i) WEIR_TRY(RunRound(batch, rounds_.round(i), out));
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
  return Status::Ok();
}

Status ProcessOperator::CatchUp(const RecordBatch& batch, const RowIndices& rows, Collector& out) {
  if (num_timers() > 0) {
    for (bool fired = true; fired;) {
      std::vector<Alarm> due;
      for (RowIndex row : rows) {
        uint8_t* block = key_blocks_[row];
        const Micros limit = std::max(RowStamps(batch)[row], watermark_);
        for (size_t i = 0; i < num_timers(); ++i) {
          const Alarm alarm{TimersOf(block)[i], block, static_cast<int>(i)};
          if (alarm.time <= limit && alarms_.contains(alarm)) due.push_back(alarm);
        }
      }
      fired = !due.empty();
      WEIR_TRY(FireTimers(std::move(due), out));
    }
    InsertDeferred();
  }
  for (RowIndex row : rows) {
    uint8_t* block = key_blocks_[row];
    KeyState& state = StateOf(block);
    const Micros limit = std::max(RowStamps(batch)[row], watermark_);
    if (state.last_row == kMinTimestamp || state.last_row + process_.ttl > limit) continue;
    if (HasTimer(block)) continue;
    // Its life is over, though it has not been cleared away yet.
    executor_.layout().Reset(block);
    table_.MarkDirty(block);
  }
  return Status::Ok();
}

Status ProcessOperator::RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out) {
  WEIR_TRY(CatchUp(batch, rows, out));
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
  ledger_.absorbed += count - static_cast<int64_t>(rejected.size());
  WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  if (effects.emitted.empty()) return Status::Ok();
  return EmitRows(effects.emitted, GatherHiddenRows(batch.hidden(), rows), count, out);
}

void ProcessOperator::NoteChanged(uint8_t* block) {
  table_.MarkDirty(block);
  if (!has_output() || StateOf(block).changed != 0) return;
  StateOf(block).changed = 1;
  changed_.push_back(block);
}

void ProcessOperator::SetTimer(uint8_t* block, int timer, Micros time, bool deferred) {
  Micros& at = TimersOf(block)[timer];
  if (at != kMaxTimestamp) alarms_.erase(Alarm{at, block, timer});
  at = time;
  if (time == kMaxTimestamp) return;
  if (deferred) {
    deferred_.push_back({time, block, timer});
  } else {
    alarms_.insert(Alarm{time, block, timer});
  }
}

void ProcessOperator::ApplyTimers(const std::vector<StateExecutor::TimerChange>& changes,
                                  const std::vector<uint8_t*>& blocks, Micros fired_at) {
  for (const StateExecutor::TimerChange& change : changes) {
    const Micros time = change.time.value_or(kMaxTimestamp);
    SetTimer(blocks[change.row], change.timer, time, time <= fired_at);
  }
}

void ProcessOperator::InsertDeferred() {
  for (const Alarm& alarm : deferred_) {
    if (TimersOf(alarm.block)[alarm.timer] == alarm.time) alarms_.insert(alarm);
  }
  deferred_.clear();
}

Status ProcessOperator::FireTimers(std::vector<Alarm> due, Collector& out) {
  std::sort(due.begin(), due.end(), [](const Alarm& a, const Alarm& b) {
    if (a.time != b.time) return a.time < b.time;
    const std::string_view key_a = StateTable::KeyOf(a.block);
    const std::string_view key_b = StateTable::KeyOf(b.block);
    return key_a != key_b ? key_a < key_b : a.timer < b.timer;
  });
  while (!due.empty()) {
    rounds_fired_.Begin();
    std::vector<std::vector<Alarm>> by_timer(num_timers());
    std::vector<Alarm> later;
    for (const Alarm& alarm : due) {
      // Cancelled or moved by an earlier one.
      if (!alarms_.contains(alarm)) continue;
      if (!rounds_fired_.First(StateOf(alarm.block).fired)) {
        later.push_back(alarm);
        continue;
      }
      by_timer[static_cast<size_t>(alarm.timer)].push_back(alarm);
    }
    for (const std::vector<Alarm>& alarms : by_timer) {
      for (size_t begin = 0; begin < alarms.size(); begin += context_.batch_rows) {
        const size_t end = std::min(alarms.size(), begin + context_.batch_rows);
        WEIR_TRY(FireRound({alarms.begin() + static_cast<ptrdiff_t>(begin),
                            alarms.begin() + static_cast<ptrdiff_t>(end)},
                           out));
      }
    }
    due = std::move(later);
  }
  return Status::Ok();
}

Status ProcessOperator::FireRound(const std::vector<Alarm>& alarms, Collector& out) {
  const auto count = static_cast<uint32_t>(alarms.size());
  std::vector<uint8_t*> blocks;
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    blocks.push_back(alarms[i].block);
    // A row of a timer that was set to the past is not late for the stages behind.
    times->mutable_data<Micros>()[i] = std::max(alarms[i].time, watermark_);
    SetTimer(alarms[i].block, alarms[i].timer, kMaxTimestamp, false);
  }
  StateExecutor::Round round;
  round.size = count;
  round.keys = KeyColumns(blocks);
  round.blocks = blocks;
  round.now = context_.clock->Now();
  round.hidden.event_time = times;
  round.hidden.watermark = Column::Constant(Value::Timestamp(watermark_), count);
  RowErrors errors;
  StateExecutor::Effects effects;
  executor_.RunTimer(alarms.front().timer, round, errors, effects);
  for (uint32_t i = 0; i < count; ++i) NoteChanged(blocks[i]);
  for (const StateExecutor::TimerChange& change : effects.timers) {
    ApplyTimers({change}, blocks, alarms[change.row].time);
  }
  ledger_.gauges["timers fired"] += count;
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
  while (!alarms_.empty() && alarms_.begin()->time <= watermark) {
    std::vector<Alarm> due;
    for (const Alarm& alarm : alarms_) {
      if (alarm.time > watermark) break;
      due.push_back(alarm);
    }
    WEIR_TRY(FireTimers(std::move(due), out));
    // At the end of input each timer fires once: one that sets itself again would never end.
    if (watermark == kMaxTimestamp) break;
  }
  InsertDeferred();
  watermark_ = std::max(watermark_, watermark);
  if (watermark == kMaxTimestamp) return Status::Ok();
  WEIR_TRY(Expire(watermark, out));
  ledger_.gauges["keys"] = static_cast<int64_t>(table_.size());
  return Status::Ok();
}

void ProcessOperator::RegisterEnd(uint8_t* block) {
  const Micros slice = std::max<Micros>(process_.ttl / kSlicesPerLife, 1);
  Micros end = StateOf(block).last_row + process_.ttl;
  for (size_t i = 0; i < num_timers(); ++i) {
    if (TimersOf(block)[i] != kMaxTimestamp) end = std::max(end, TimersOf(block)[i]);
  }
  ends_[(end / slice + 1) * slice].push_back(block);
}

Status ProcessOperator::Expire(Micros watermark, Collector& out) {
  if (ends_.empty() || ends_.begin()->first > watermark) return Status::Ok();
  // A key that ends shows its last value first.
  if (!changed_.empty()) WEIR_TRY(EmitChanged(out));
  std::vector<uint8_t*> ended;
  while (!ends_.empty() && ends_.begin()->first <= watermark) {
    const std::vector<uint8_t*> blocks = std::move(ends_.begin()->second);
    ends_.erase(ends_.begin());
    for (uint8_t* block : blocks) {
      if (StateOf(block).last_row + process_.ttl > watermark || HasTimer(block)) {
        RegisterEnd(block);
      } else {
        ended.push_back(block);
      }
    }
  }
  std::vector<uint8_t*> known;
  for (uint8_t* block : ended) {
    if (StateOf(block).emitted != 0) known.push_back(block);
  }
  WEIR_TRY(EmitOutput(known, /*deleted=*/true, out));
  for (uint8_t* block : ended) table_.Erase(block);
  return Status::Ok();
}

std::vector<ColumnPtr> ProcessOperator::KeyColumns(const std::vector<uint8_t*>& blocks) const {
  std::vector<std::string_view> keys;
  keys.reserve(blocks.size());
  for (const uint8_t* block : blocks) keys.push_back(StateTable::KeyOf(block));
  return KeyEncoder::Decode(keys_.types(), keys);
}

Status ProcessOperator::EmitOutput(const std::vector<uint8_t*>& blocks, bool deleted,
                                   Collector& out) {
  for (size_t begin = 0; begin < blocks.size(); begin += context_.batch_rows) {
    const size_t end = std::min<size_t>(blocks.size(), begin + context_.batch_rows);
    const std::vector<uint8_t*> part(blocks.begin() + static_cast<ptrdiff_t>(begin),
                                     blocks.begin() + static_cast<ptrdiff_t>(end));
    const auto count = static_cast<uint32_t>(part.size());
    StateExecutor::Round round;
    round.size = count;
    round.keys = KeyColumns(part);
    round.blocks = part;
    round.now = context_.clock->Now();
    RowErrors errors;
    std::vector<ColumnPtr> columns = executor_.Output(round, errors);
    if (!errors.empty() && !deleted) {
      return FailedPreconditionError("{}: output: {}", process_.name,
                                     errors.errors().front().message);
    }
    HiddenColumns hidden;
    MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
    for (uint32_t i = 0; i < count; ++i) {
      times->mutable_data<Micros>()[i] = std::max(StateOf(part[i]).last_row, watermark_);
    }
    hidden.event_time = std::move(times);
    hidden.watermark = Column::Constant(Value::Timestamp(watermark_), count);
    if (deleted) {
      MutableColumnPtr ops = Column::Make(DataType::Bool(), count);
      std::fill_n(ops->mutable_data<uint8_t>(), count, static_cast<uint8_t>(RowOp::kDelete));
      hidden.op = std::move(ops);
    }
    ledger_.produced[deleted ? "delete" : "update"] += count;
    ledger_.rows_out += count;
    out.Emit(0, RecordBatch(process_.schema, std::move(columns), count, std::move(hidden)));
  }
  return Status::Ok();
}

Status ProcessOperator::EmitChanged(Collector& out) {
  next_emit_ = kMaxTimestamp;
  std::vector<uint8_t*> blocks = std::exchange(changed_, {});
  std::sort(blocks.begin(), blocks.end(), [](const uint8_t* a, const uint8_t* b) {
    return StateTable::KeyOf(a) < StateTable::KeyOf(b);
  });
  for (uint8_t* block : blocks) {
    StateOf(block).changed = 0;
    StateOf(block).emitted = 1;
    table_.MarkDirty(block);
  }
  return EmitOutput(blocks, /*deleted=*/false, out);
}

Status ProcessOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status ProcessOperator::Flush(Collector& out) {
  return process_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

Status ProcessOperator::Finish(Collector& out) {
  return changed_.empty() ? Status::Ok() : EmitChanged(out);
}

// Entries: slot "keys", by encoded key: version, last row, flags, then each pending timer by name,
// an empty name, and the fields.
Status ProcessOperator::Snapshot(StateWriter& out) {
  StateTable::Changes changes = table_.TakeChanges();
  for (const auto& [key, hash] : changes.erased) out.Delete("keys", KeyGroupOf(hash), key);
  for (uint8_t* block : changes.updated) {
    std::string value(1, kKeyVersion);
    AppendStateValue(Value::Int64(StateOf(block).last_row), value);
    value.push_back(static_cast<char>(StateOf(block).changed));
    value.push_back(static_cast<char>(StateOf(block).emitted));
    for (size_t i = 0; i < num_timers(); ++i) {
      if (TimersOf(block)[i] == kMaxTimestamp) continue;
      AppendStateValue(Value::String(process_.program.timers[i]), value);
      AppendStateValue(Value::Int64(TimersOf(block)[i]), value);
    }
    AppendStateValue(Value::String(""), value);
    executor_.layout().Serialize(block, value);
    out.Put("keys", StateTable::KeyGroup(block), StateTable::KeyOf(block), std::move(value));
  }
  times_.Put(context_, {watermark_, next_emit_}, out);
  return Status::Ok();
}

Status ProcessOperator::ReadBlock(std::string_view value, uint8_t* block) {
  if (value.empty() || value[0] != kKeyVersion) {
    return DataLossError("{}: a stored key is damaged", process_.name);
  }
  value.remove_prefix(1);
  WEIR_ASSIGN(const Value last_row, ReadStateValue(DataType::Int64(), value));
  if (value.size() < 2) return DataLossError("{}: a stored key is damaged", process_.name);
  StateOf(block).last_row = last_row.as_int64();
  StateOf(block).changed = static_cast<uint8_t>(value[0]);
  StateOf(block).emitted = static_cast<uint8_t>(value[1]);
  value.remove_prefix(2);
  const std::vector<std::string>& timers = process_.program.timers;
  while (true) {
    WEIR_ASSIGN(const Value name, ReadStateValue(DataType::String(), value));
    if (name.as_string().empty()) break;
    WEIR_ASSIGN(const Value time, ReadStateValue(DataType::Int64(), value));
    const auto found = std::find(timers.begin(), timers.end(), name.as_string());
    // A timer that the program no longer has does nothing.
    if (found == timers.end()) continue;
    SetTimer(block, static_cast<int>(found - timers.begin()), time.as_int64(), false);
  }
  return executor_.layout().Deserialize(value, block);
}

Status ProcessOperator::Restore(const StateReader& in) {
  WEIR_TRY(
      in.ForEach("keys", [this](uint32_t, std::string_view key, std::string_view value) -> Status {
        bool created = false;
        uint8_t* block = table_.FindOrCreate(key, HashBytes(key), created);
        InitBlock(block);
        WEIR_TRY(ReadBlock(value, block));
        table_.MarkCommitted(block);
        RegisterEnd(block);
        if (StateOf(block).changed != 0) changed_.push_back(block);
        return Status::Ok();
      }));
  return times_.Read(in, process_.name, {&watermark_, &next_emit_});
}

}  // namespace weir
