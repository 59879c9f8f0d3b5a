#include "runtime/operators/session_operator.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/operators/project_operator.h"
#include "runtime/types/text.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

constexpr char kSessionsVersion = 1;
/// Updates of a session within this time are combined when they leave on update.
constexpr Micros kCombineFor = kMicrosPerSecond;

std::vector<DataType> TypesOf(const std::vector<plan::ExprPtr>& exprs) {
  std::vector<DataType> types;
  for (const plan::ExprPtr& expr : exprs) types.push_back(expr->type);
  return types;
}

Micros StampOf(const RecordBatch& batch, RowIndex row) {
  const ColumnPtr& stamps = batch.hidden().watermark;
  return stamps == nullptr ? kMinTimestamp : ColumnView<Micros>(*stamps)[row];
}

ColumnPtr GatherRows(const ColumnPtr& column, const RowIndices& rows) {
  if (column == nullptr) return nullptr;
  ColumnGather gather(column->type(), /*copy_strings=*/false);
  gather.Append(column.get(), RowSet::Of(rows));
  return gather.Finish();
}

}  // namespace

SessionOperator::SessionOperator(const plan::SessionNode& node)
    : Operator(node), session_(node), errors_to_(node, node.error), late_to_(node, node.late),
      keys_(TypesOf(node.program.keys)), executor_(node.program, sizeof(Session)),
      pool_(executor_.layout()), table_(sizeof(KeyState)), rows_(node, executor_) {}

Status SessionOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(session_.program.keys));
  return executor_.Open();
}

bool SessionOperator::CanJoin(const Session& session, Micros time, Micros watermark) const {
  if (time < session.start - session_.gap || time > session.last_event + session_.gap) return false;
  if (watermark != kMinTimestamp && CloseTime(session) <= watermark) return false;
  const Micros span = std::max(session.last_event, time) - std::min(session.start, time);
  return !session_.max || span <= *session_.max;
}

Status SessionOperator::PrepareRounds(const RecordBatch& batch, const RowSet& rows,
                                      Collector& out) {
  const ColumnView<Micros> times(*batch.hidden().event_time);
  RowIndices late;
  joining_.clear();
  // A row whose own session would be closed can still join a longer one of its key: those rows
  // are decided when their turn comes; here only those of keys without any session.
  rows.ForEach([&](RowIndex row) {
    const Micros watermark = std::max(StampOf(batch, row), watermark_);
    const bool is_old = watermark != kMinTimestamp &&
                        times[row] + session_.gap + session_.lateness <= watermark;
    if (is_old) {
      const uint8_t* block = table_.Find(keys_.key(row), keys_.hash(row));
      bool joins = false;
      for (const Session* session =
               block == nullptr ? nullptr : StateOf(const_cast<uint8_t*>(block)).sessions;
           session != nullptr; session = session->next) {
        joins |= CanJoin(*session, times[row], watermark);
      }
      if (!joins) {
        late.push_back(row);
        return;
      }
    }
    joining_.push_back(row);
  });
  WEIR_TRY(late_to_.RouteLate(batch, late, ledger_, out));
  key_blocks_.resize(batch.capacity());
  created_.clear();
  table_.FindOrCreate(keys_, RowSet::Of(joining_), key_blocks_.data(), created_);
  rounds_.Begin();
  for (RowIndex row : joining_) rounds_.Add(StateOf(key_blocks_[row]).mark, row);
  return Status::Ok();
}

Status SessionOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
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
  WEIR_TRY(PrepareRounds(batch, rows, out));
  for (size_t i = 0; i < rounds_.size(); ++i) WEIR_TRY(RunRound(batch, rounds_.round(i), out));
  WEIR_TRY(EmitRenamed(out));
  ledger_.gauges["sessions"] = static_cast<int64_t>(pool_.size());
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) ScheduleEmit();
  return Status::Ok();
}

Status SessionOperator::Absorb(Session& target, Session& other, Undo& undo) {
  if (undo.fields == nullptr && executor_.event_can_fail()) {
    undo.fields = std::make_unique<uint8_t[]>(executor_.layout().block_size());
    std::memset(undo.fields.get(), 0, executor_.layout().block_size());
    executor_.layout().Init(undo.fields.get());
    executor_.layout().Copy(undo.fields.get(), SessionPool::BlockOf(&target));
  }
  WEIR_TRY(executor_.layout()
               .Merge(SessionPool::BlockOf(&target), SessionPool::BlockOf(&other),
                      other.start < target.start)
               .WithContext(session_.name));
  target.start = std::min(target.start, other.start);
  target.last_event = std::max(target.last_event, other.last_event);
  target.count += other.count;
  undo.absorbed.push_back(&other);
  return Status::Ok();
}

Status SessionOperator::Join(uint8_t* key_block, Micros time, Micros watermark, Undo& undo) {
  Session* joined = nullptr;
  // Sessions of a key that touch the row, oldest first: so the same ones merge in every run.
  std::vector<Session*> candidates;
  for (Session* session = StateOf(key_block).sessions; session != nullptr;
       session = session->next) {
    if (CanJoin(*session, time, watermark)) candidates.push_back(session);
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Session* a, const Session* b) { return a->start < b->start; });
  for (Session* candidate : candidates) {
    if (joined == nullptr) {
      joined = candidate;
      undo.session = joined;
      undo.before = *joined;
      continue;
    }
    const Micros span = std::max({candidate->last_event, joined->last_event, time}) -
                        std::min({candidate->start, joined->start, time});
    if (!session_.max || span <= *session_.max) WEIR_TRY(Absorb(*joined, *candidate, undo));
  }
  if (joined == nullptr) {
    joined = pool_.New();
    joined->start = joined->last_event = time;
    joined->key_block = key_block;
    joined->next = StateOf(key_block).sessions;
    StateOf(key_block).sessions = joined;
    undo.session = joined;
    undo.created = true;
  }
  joined->start = std::min(joined->start, time);
  joined->last_event = std::max(joined->last_event, time);
  ++joined->count;
  return Status::Ok();
}

void SessionOperator::Unlink(Session* session) {
  Session** link = &StateOf(session->key_block).sessions;
  while (*link != session) link = &(*link)->next;
  *link = session->next;
  session->dead = 1;
}

void SessionOperator::Revert(Undo& undo) {
  Session* session = undo.session;
  if (undo.created) {
    Unlink(session);
    pool_.Free(session);  // has no alarm yet
    return;
  }
  Session* next = session->next;
  *session = undo.before;
  session->next = next;
  if (undo.fields != nullptr) {
    executor_.layout().Copy(SessionPool::BlockOf(session), undo.fields.get());
    executor_.layout().Destroy(undo.fields.get());
  }
}

void SessionOperator::NoteStartMoved(Session& session) {
  if (session.emitted_start == kMinTimestamp || session.emitted_start == session.start) return;
  renamed_.push_back({std::string(StateTable::KeyOf(session.key_block)), session.emitted_start});
  session.emitted_start = kMinTimestamp;
}

void SessionOperator::Settle(Undo& undo) {
  Session* session = undo.session;
  if (undo.fields != nullptr) executor_.layout().Destroy(undo.fields.get());
  for (Session* absorbed : undo.absorbed) {
    if (absorbed->emitted_start == session->start && session->emitted_start == kMinTimestamp) {
      // Readers know the merged session under the absorbed one's id already.
      session->emitted_start = absorbed->emitted_start;
    } else if (absorbed->emitted_start != kMinTimestamp &&
               absorbed->emitted_start != session->start) {
      renamed_.push_back(
          {std::string(StateTable::KeyOf(session->key_block)), absorbed->emitted_start});
    }
    Unlink(absorbed);
  }
  NoteStartMoved(*session);
  if (undo.created) SetAlarm(session);
  if (session->changed == 0) {
    session->changed = 1;
    if (emits_early()) changed_.push_back(session);
  }
  table_.MarkDirty(session->key_block);
}

Status SessionOperator::RunRound(const RecordBatch& batch, const RowIndices& rows,
                                 Collector& out) {
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const auto count = static_cast<uint32_t>(rows.size());
  std::vector<Undo> undos(count);
  std::vector<uint8_t*> blocks(count);
  std::vector<SessionMeta> metas(count);
  for (uint32_t i = 0; i < count; ++i) {
    const Micros watermark = std::max(StampOf(batch, rows[i]), watermark_);
    WEIR_TRY(Join(key_blocks_[rows[i]], times[rows[i]], watermark, undos[i]));
    blocks[i] = SessionPool::BlockOf(undos[i].session);
    metas[i] = undos[i].session->Meta(false, undos[i].created);
  }
  StateExecutor::Round round;
  round.size = count;
  round.blocks = blocks;
  round.sessions = metas;
  round.now = context_.clock->Now();
  const bool whole = count == batch.capacity();
  round.events.resize(static_cast<size_t>(session_.program.registers.events));
  for (int column : executor_.event_columns()) {
    const auto index = static_cast<size_t>(column);
    round.events[index] = whole ? batch.column(column) : GatherRows(batch.column(column), rows);
  }
  round.hidden = batch.hidden();
  if (!whole) {
    HiddenColumns hidden;
    hidden.event_time = GatherRows(batch.hidden().event_time, rows);
    hidden.ingest_time = GatherRows(batch.hidden().ingest_time, rows);
    round.hidden = std::move(hidden);
  }
  RowErrors errors;
  StateExecutor::Effects effects;
  executor_.RunEvent(round, errors, effects);
  std::vector<RejectedRow> rejected = RejectFailedRows(errors);
  size_t next = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (next < rejected.size() && rejected[next].row == i) {
      rejected[next++].row = rows[i];
      Revert(undos[i]);
    } else {
      Settle(undos[i]);
    }
  }
  ledger_.absorbed += count - static_cast<int64_t>(rejected.size());
  return errors_to_.Reject(batch, rejected, ledger_, out);
}

void SessionOperator::SetAlarm(Session* session) {
  const Micros due = CloseTime(*session);
  const Micros second = due % kMicrosPerSecond == 0
                            ? due
                            : (due / kMicrosPerSecond + (due > 0 ? 1 : 0)) * kMicrosPerSecond;
  alarms_[second].push_back(session);
}

Status SessionOperator::CloseDue(Micros watermark, Collector& out) {
  std::vector<Session*> closing;
  while (!alarms_.empty() && alarms_.begin()->first <= watermark) {
    const std::vector<Session*> due = std::move(alarms_.begin()->second);
    alarms_.erase(alarms_.begin());
    for (Session* session : due) {
      if (session->dead != 0) {
        std::erase(changed_, session);
        pool_.Free(session);
      } else if (watermark != kMaxTimestamp && CloseTime(*session) > watermark) {
        SetAlarm(session);
      } else {
        closing.push_back(session);
      }
    }
  }
  if (closing.empty()) return Status::Ok();
  std::sort(closing.begin(), closing.end(), [](const Session* a, const Session* b) {
    const std::string_view key_a = StateTable::KeyOf(a->key_block);
    const std::string_view key_b = StateTable::KeyOf(b->key_block);
    return a->last_event != b->last_event ? a->last_event < b->last_event
           : key_a != key_b               ? key_a < key_b
                                          : a->start < b->start;
  });
  if (!session_.program.on_close.empty()) {
    std::vector<uint8_t*> blocks(closing.size());
    std::vector<SessionMeta> metas(closing.size());
    RowErrors errors;
    StateExecutor::Effects effects;
    executor_.RunClose(rows_.RoundOf(closing, blocks, metas, true, context_.clock->Now()), errors,
                       effects);
    if (!errors.empty()) {
      return FailedPreconditionError("{}: on close: {}", session_.name,
                                     errors.errors().front().message);
    }
  }
  if (session_.emit.on_close) {
    WEIR_TRY(rows_.Emit(closing, true, OutputWatermark(watermark_), context_, ledger_, out));
  }
  for (Session* session : closing) {
    table_.MarkDirty(session->key_block);
    Unlink(session);
    session->changed = 2;  // out of the changed list below
  }
  std::erase_if(changed_, [](const Session* session) { return session->changed == 2; });
  for (Session* session : closing) {
    uint8_t* key_block = session->key_block;
    pool_.Free(session);
    if (StateOf(key_block).sessions == nullptr) table_.Erase(key_block);
  }
  return Status::Ok();
}

Micros SessionOperator::OutputWatermark(Micros watermark) const {
  const Micros hold = session_.gap + session_.lateness;
  return watermark <= kMinTimestamp + hold ? kMinTimestamp : watermark - hold;
}

Status SessionOperator::ProcessWatermark(Micros watermark, Collector& out) {
  WEIR_TRY(CloseDue(watermark, out));
  watermark_ = std::max(watermark_, watermark);
  ledger_.gauges["sessions"] = static_cast<int64_t>(pool_.size());
  return Status::Ok();
}

void SessionOperator::ScheduleEmit() {
  next_emit_ = context_.clock->Now() + session_.emit.every.value_or(kCombineFor);
}

Status SessionOperator::EmitChanged(Collector& out) {
  next_emit_ = kMaxTimestamp;
  std::vector<Session*> live;
  for (Session* session : changed_) {
    if (session->dead == 0) live.push_back(session);
  }
  changed_.clear();
  std::sort(live.begin(), live.end(), [](const Session* a, const Session* b) {
    const std::string_view key_a = StateTable::KeyOf(a->key_block);
    const std::string_view key_b = StateTable::KeyOf(b->key_block);
    return key_a != key_b ? key_a < key_b : a->start < b->start;
  });
  for (Session* session : live) {
    session->changed = 0;
    session->emitted_start = session->start;
    table_.MarkDirty(session->key_block);
  }
  return rows_.Emit(live, false, OutputWatermark(watermark_), context_, ledger_, out);
}

Status SessionOperator::EmitRenamed(Collector& out) {
  if (renamed_.empty()) return Status::Ok();
  const std::vector<SessionRows::Renamed> renamed = std::exchange(renamed_, {});
  return rows_.EmitDeletes(renamed, OutputWatermark(watermark_), context_, ledger_, out);
}

Status SessionOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status SessionOperator::Flush(Collector& out) {
  return session_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

// Entries: slot "sessions", by encoded key: version, then for each session its times, count, the id
// that readers know, whether it changed since, and its fields.
Status SessionOperator::Snapshot(StateWriter& out) {
  StateTable::Changes changes = table_.TakeChanges();
  for (const auto& [key, hash] : changes.erased) out.Delete("sessions", KeyGroupOf(hash), key);
  for (uint8_t* block : changes.updated) {
    std::string value(1, kSessionsVersion);
    for (Session* session = StateOf(block).sessions; session != nullptr; session = session->next) {
      const int64_t head[5] = {session->start, session->last_event, session->count,
                               session->emitted_start, session->changed};
      value.append(reinterpret_cast<const char*>(head), sizeof(head));
      executor_.layout().Serialize(SessionPool::BlockOf(session), value);
    }
    out.Put("sessions", StateTable::KeyGroup(block), StateTable::KeyOf(block), std::move(value));
  }
  out.Put("times", kUnkeyedGroup, fmt::format("{}", context_.worker),
          fmt::format("{} {}", watermark_, next_emit_));
  return Status::Ok();
}

Status SessionOperator::Restore(const StateReader& in) {
  WEIR_TRY(in.ForEach("sessions", [this](uint32_t, std::string_view key,
                                         std::string_view value) -> Status {
    if (value.empty() || value[0] != kSessionsVersion) {
      return DataLossError("{}: stored sessions are damaged", session_.name);
    }
    value.remove_prefix(1);
    bool created = false;
    uint8_t* block = table_.FindOrCreate(key, HashBytes(key), created);
    while (!value.empty()) {
      int64_t head[5];
      if (value.size() < sizeof(head)) {
        return DataLossError("{}: a stored session is damaged", session_.name);
      }
      std::memcpy(head, value.data(), sizeof(head));
      value.remove_prefix(sizeof(head));
      Session* session = pool_.New();
      session->start = head[0];
      session->last_event = head[1];
      session->count = head[2];
      session->emitted_start = head[3];
      session->changed = static_cast<uint8_t>(head[4]);
      session->key_block = block;
      session->next = StateOf(block).sessions;
      StateOf(block).sessions = session;
      WEIR_TRY(executor_.layout().Deserialize(value, SessionPool::BlockOf(session)));
      SetAlarm(session);
      if (session->changed != 0 && emits_early()) changed_.push_back(session);
    }
    table_.MarkCommitted(block);
    return Status::Ok();
  }));
  bool first = true;
  return in.ForEachUnkeyed("times", [&, this](std::string_view, std::string_view value) -> Status {
    const size_t space = value.find(' ');
    const auto watermark = ParseInt64(value.substr(0, space));
    const auto emit = ParseInt64(value.substr(space + 1));
    if (!watermark || !emit) return DataLossError("{}: stored times are damaged", session_.name);
    watermark_ = first ? *watermark : std::min(watermark_, *watermark);
    next_emit_ = std::min(next_emit_, *emit);
    first = false;
    return Status::Ok();
  });
}

}  // namespace weir
