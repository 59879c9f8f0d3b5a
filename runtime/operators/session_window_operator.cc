#include "runtime/operators/session_window_operator.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/operators/result_rows.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/operators/session_alarm.h"
#include "runtime/operators/update_pace.h"

namespace weir {
namespace {

constexpr char kSessionsVersion = 1;

}  // namespace

SessionWindowOperator::SessionWindowOperator(const plan::AggregateNode& node)
    : Operator(node),
      aggregate_(node),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      failed_results_to_(node, node.result_error),
      input_(node),
      table_(sizeof(KeyState)) {}

SessionWindowOperator::~SessionWindowOperator() {
  for (const auto& [second, sessions] : alarms_) {
    for (Session* session : sessions) accumulators_->Destroy(BlockOf(session));
  }
}

Status SessionWindowOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  failed_results_to_.Open(context_);
  WEIR_TRY(input_.Open());
  WEIR_ASSIGN(accumulators_, Accumulators::Make(aggregate_.aggregates, sizeof(Session)));
  return Status::Ok();
}

SessionWindowOperator::Session* SessionWindowOperator::New(uint8_t* key_block, Micros time) {
  uint8_t* block = nullptr;
  if (free_.empty()) {
    memory_.emplace_back(new uint8_t[accumulators_->block_size()]);
    block = memory_.back().get();
  } else {
    block = free_.back();
    free_.pop_back();
  }
  std::memset(block, 0, accumulators_->block_size());
  accumulators_->Init(block);
  auto* session = reinterpret_cast<Session*>(block);
  session->start = session->last_event = time;
  session->emitted_start = kMinTimestamp;
  session->key_block = key_block;
  session->next = StateOf(key_block).sessions;
  StateOf(key_block).sessions = session;
  ++live_;
  return session;
}

void SessionWindowOperator::Free(Session* session) {
  accumulators_->Destroy(BlockOf(session));
  free_.push_back(BlockOf(session));
}

void SessionWindowOperator::Unlink(Session* session) {
  Session** link = &StateOf(session->key_block).sessions;
  while (*link != session) link = &(*link)->next;
  *link = session->next;
  session->dead = 1;
  --live_;
}

bool SessionWindowOperator::IsOpen(const Session& session, Micros watermark) const {
  return watermark == kMinTimestamp || session.last_event + hold() > watermark;
}

bool SessionWindowOperator::Take(const RecordBatch& batch, RowIndex row, Session* session) {
  if (!accumulators_->can_refuse()) return true;  // later, all rows at once
  blocks_[row] = BlockOf(session);
  const RowIndices one{row};
  RowErrors errors;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(RowSet::Of(one)), batch.capacity(), errors);
  for (const RowError& error : errors.errors()) {
    refused_.Add(error.row, error.code, error.message);
  }
  return errors.empty();
}

SessionWindowOperator::Session* SessionWindowOperator::Join(const RecordBatch& batch, RowIndex row,
                                                            Micros time, Micros watermark) {
  const std::string_view key = input_.keys().key(row);
  const uint64_t hash = input_.keys().hash(row);
  const Micros gap = aggregate_.window.gap;
  // A row that could not open a session may be part of a longer one, but not move its start: the
  // id of a session that has closed could come back.
  const bool is_old = watermark != kMinTimestamp && time + hold() <= watermark;
  bool created = false;
  uint8_t* block = is_old ? table_.Find(key, hash) : table_.FindOrCreate(key, hash, created);
  if (block == nullptr) return nullptr;
  Session* joined = nullptr;
  while (true) {
    // Oldest first: so the same ones merge in every run.
    Session* found = nullptr;
    for (Session* s = StateOf(block).sessions; s != nullptr; s = s->next) {
      if (s == joined || !IsOpen(*s, watermark)) continue;
      if (time < s->start - gap || time > s->last_event + gap) continue;
      if (is_old && joined == nullptr && time < s->start) continue;
      const Micros start = std::min(joined == nullptr ? time : joined->start, s->start);
      const Micros last = std::max(joined == nullptr ? time : joined->last_event, s->last_event);
      if (aggregate_.window.max &&
          std::max(last, time) - std::min(start, time) > *aggregate_.window.max) {
        continue;
      }
      if (found == nullptr || s->start < found->start) found = s;
    }
    if (found == nullptr) break;
    if (joined == nullptr) {
      if (!Take(batch, row, found)) return nullptr;
      joined = found;
      Extend(*joined, time);
    } else {
      Absorb(*joined, *found);
    }
  }
  if (joined != nullptr || is_old) return joined;
  joined = New(block, time);
  SetAlarm(joined);
  // The first row of a session: no sum of one value leaves its type.
  Take(batch, row, joined);
  return joined;
}

void SessionWindowOperator::Extend(Session& session, Micros time) {
  session.last_event = std::max(session.last_event, time);
  if (time >= session.start) return;
  session.start = time;
  if (session.emitted_start == kMinTimestamp) return;
  renamed_.push_back({std::string(StateTable::KeyOf(session.key_block)), session.emitted_start});
  session.emitted_start = kMinTimestamp;
}

void SessionWindowOperator::Absorb(Session& target, Session& other) {
  accumulators_->Merge(BlockOf(&target), BlockOf(&other));
  Extend(target, other.start);
  Extend(target, other.last_event);
  if (other.emitted_start != kMinTimestamp) {
    renamed_.push_back({std::string(StateTable::KeyOf(other.key_block)), other.emitted_start});
  }
  other.merged_into = &target;
  Unlink(&other);
}

void SessionWindowOperator::SetAlarm(Session* session) {
  alarms_[AlarmSecond(session->last_event + hold())].push_back(session);
}

void SessionWindowOperator::NoteChanged(Session* session) {
  table_.MarkDirty(session->key_block);
  if (session->changed != 0) return;
  session->changed = 1;
  if (emits_early()) changed_.push_back(session);
}

Status SessionWindowOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  input_.Evaluate(batch, batch.rows(), context_.clock->Now(), failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  WEIR_TRY(AddRows(batch, rows, out));
  EmitRenamed(out);
  ledger_.gauges["sessions"] = static_cast<int64_t>(live_);
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) {
    next_emit_ = context_.clock->Now() + aggregate_.emit.every.value_or(kCombineFor);
  }
  return Status::Ok();
}

Status SessionWindowOperator::AddRows(const RecordBatch& batch, const RowSet& rows,
                                      Collector& out) {
  input_.EncodeKeys(rows, batch.capacity());
  const ColumnView<Micros> times(*batch.hidden().event_time);
  blocks_.resize(batch.capacity());
  joined_.clear();
  late_.clear();
  refused_.Clear();
  rows.ForEach([&](RowIndex row) {
    const size_t refused = refused_.errors().size();
    Session* session = Join(batch, row, times[row], std::max(RowStamps(batch)[row], watermark_));
    if (session != nullptr) {
      blocks_[row] = BlockOf(session);
      joined_.push_back(row);
    } else if (refused_.errors().size() == refused) {
      late_.push_back(row);
    }
  });
  for (RowIndex row : joined_) {
    auto* session = reinterpret_cast<Session*>(blocks_[row]);
    // Merged by a later row of this batch.
    while (session->merged_into != nullptr) session = session->merged_into;
    blocks_[row] = BlockOf(session);
    NoteChanged(session);
  }
  if (!accumulators_->can_refuse()) {
    RowErrors none;
    accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                          input_.FilteredRows(RowSet::Of(joined_)), batch.capacity(), none);
  }
  ledger_.absorbed += static_cast<int64_t>(joined_.size());
  WEIR_TRY(errors_to_.Reject(batch, RejectFailedRows(refused_), ledger_, out));
  return late_to_.RouteLate(batch, late_, ledger_, out);
}

Status SessionWindowOperator::CloseDue(Micros watermark, Collector& out) {
  std::vector<Session*> closing;
  std::vector<Session*> gone;
  while (!alarms_.empty() && alarms_.begin()->first <= watermark) {
    const std::vector<Session*> due = std::move(alarms_.begin()->second);
    alarms_.erase(alarms_.begin());
    for (Session* session : due) {
      if (session->dead != 0) {
        gone.push_back(session);
      } else if (watermark != kMaxTimestamp && IsOpen(*session, watermark)) {
        SetAlarm(session);
      } else {
        closing.push_back(session);
      }
    }
  }
  std::sort(closing.begin(), closing.end(), [](const Session* a, const Session* b) {
    if (a->last_event != b->last_event) return a->last_event < b->last_event;
    const std::string_view key_a = StateTable::KeyOf(a->key_block);
    const std::string_view key_b = StateTable::KeyOf(b->key_block);
    return key_a != key_b ? key_a < key_b : a->start < b->start;
  });
  WEIR_TRY(EmitSessions(closing, true, out));
  for (Session* session : closing) {
    table_.MarkDirty(session->key_block);
    Unlink(session);
    if (StateOf(session->key_block).sessions == nullptr) table_.Erase(session->key_block);
    gone.push_back(session);
  }
  if (gone.empty()) return Status::Ok();
  std::erase_if(changed_, [](const Session* session) { return session->dead != 0; });
  for (Session* session : gone) Free(session);
  return Status::Ok();
}

// Sessions wait for the full second (SetAlarm), so the part of a second doesn't count.
Micros SessionWindowOperator::OutputWatermark(Micros watermark) const {
  return SessionOutputWatermark(watermark, hold());
}

Status SessionWindowOperator::ProcessWatermark(Micros watermark, Collector& out) {
  WEIR_TRY(CloseDue(watermark, out));
  watermark_ = std::max(watermark_, watermark);
  ledger_.gauges["sessions"] = static_cast<int64_t>(live_);
  return Status::Ok();
}

Status SessionWindowOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status SessionWindowOperator::Flush(Collector& out) {
  return aggregate_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

Status SessionWindowOperator::EmitChanged(Collector& out) {
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
  return EmitSessions(live, false, out);
}

Status SessionWindowOperator::EmitSessions(std::span<Session* const> sessions, bool closed,
                                           Collector& out) {
  const Micros stamp = OutputWatermark(watermark_);
  for (size_t begin = 0; begin < sessions.size(); begin += context_.batch_rows) {
    const auto count =
        static_cast<uint32_t>(std::min<size_t>(sessions.size() - begin, context_.batch_rows));
    std::vector<std::string_view> keys;
    std::vector<uint8_t*> blocks;
    MutableColumnPtr starts = Column::Make(DataType::Timestamp(), count);
    MutableColumnPtr ends = Column::Make(DataType::Timestamp(), count);
    MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
    for (uint32_t i = 0; i < count; ++i) {
      Session* session = sessions[begin + i];
      keys.push_back(StateTable::KeyOf(session->key_block));
      blocks.push_back(BlockOf(session));
      starts->mutable_data<Micros>()[i] = session->start;
      ends->mutable_data<Micros>()[i] = session->last_event + aggregate_.window.gap;
      times->mutable_data<Micros>()[i] = session->last_event;
    }
    std::vector<ColumnPtr> columns = KeyEncoder::Decode(input_.keys().types(), keys);
    columns.push_back(std::move(starts));
    columns.push_back(std::move(ends));
    columns.push_back(Column::Constant(Value::Bool(closed), count));
    RowErrors errors;
    for (ColumnPtr& result : accumulators_->Finish(blocks, errors)) {
      columns.push_back(std::move(result));
    }
    HiddenColumns hidden;
    hidden.event_time = std::move(times);
    hidden.watermark = Column::Constant(Value::Timestamp(stamp), count);
    const RecordBatch batch(aggregate_.schema, std::move(columns), count, std::move(hidden));
    WEIR_TRY(
        EmitResults(batch, errors, failed_results_to_, closed ? "window" : "update", ledger_, out));
  }
  return Status::Ok();
}

void SessionWindowOperator::EmitRenamed(Collector& out) {
  if (renamed_.empty()) return;
  const std::vector<Renamed> renamed = std::exchange(renamed_, {});
  const auto count = static_cast<uint32_t>(renamed.size());
  std::vector<std::string_view> keys;
  MutableColumnPtr starts = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    keys.push_back(renamed[i].key);
    starts->mutable_data<Micros>()[i] = renamed[i].old_start;
  }
  std::vector<ColumnPtr> columns = KeyEncoder::Decode(input_.keys().types(), keys);
  const size_t start_column = columns.size();
  columns.push_back(starts);
  // Only the key columns of a delete count.
  for (size_t i = start_column + 1; i < aggregate_.schema->fields().size(); ++i) {
    columns.push_back(Column::Make(aggregate_.schema->fields()[i].type, count));
  }
  HiddenColumns hidden;
  hidden.event_time = std::move(starts);
  hidden.watermark = Column::Constant(Value::Timestamp(OutputWatermark(watermark_)), count);
  MutableColumnPtr ops = Column::Make(DataType::Bool(), count);
  std::fill_n(ops->mutable_data<uint8_t>(), count, static_cast<uint8_t>(RowOp::kDelete));
  hidden.op = std::move(ops);
  ledger_.produced["delete"] += count;
  ledger_.rows_out += count;
  out.Emit(0, RecordBatch(aggregate_.schema, std::move(columns), count, std::move(hidden)));
}

// Entries: slot "sessions", by encoded key: version, then for each session its times, the id that
// readers know, whether it changed since, and its accumulators.
Status SessionWindowOperator::Snapshot(StateWriter& out) {
  StateTable::Changes changes = table_.TakeChanges();
  for (const auto& [key, hash] : changes.erased) out.Delete("sessions", KeyGroupOf(hash), key);
  for (uint8_t* block : changes.updated) {
    std::string value(1, kSessionsVersion);
    for (Session* session = StateOf(block).sessions; session != nullptr; session = session->next) {
      const int64_t head[4] = {session->start, session->last_event, session->emitted_start,
                               session->changed};
      value.append(reinterpret_cast<const char*>(head), sizeof(head));
      accumulators_->Serialize(BlockOf(session), value);
    }
    out.Put("sessions", StateTable::KeyGroup(block), StateTable::KeyOf(block), std::move(value));
  }
  times_.Put(context_, {watermark_, next_emit_}, out);
  return Status::Ok();
}

Status SessionWindowOperator::ReadSessions(std::string_view value, uint8_t* key_block) {
  if (value.empty() || value[0] != kSessionsVersion) {
    return DataLossError("{}: stored sessions are damaged", aggregate_.name);
  }
  value.remove_prefix(1);
  while (!value.empty()) {
    int64_t head[4];
    if (value.size() < sizeof(head)) {
      return DataLossError("{}: a stored session is damaged", aggregate_.name);
    }
    std::memcpy(head, value.data(), sizeof(head));
    value.remove_prefix(sizeof(head));
    Session* session = New(key_block, head[0]);
    session->last_event = head[1];
    session->emitted_start = head[2];
    session->changed = static_cast<uint8_t>(head[3]);
    SetAlarm(session);
    if (session->changed != 0 && emits_early()) changed_.push_back(session);
    WEIR_TRY(accumulators_->Deserialize(value, BlockOf(session)));
  }
  return Status::Ok();
}

Status SessionWindowOperator::Restore(const StateReader& in) {
  WEIR_TRY(in.ForEach("sessions",
                      [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                        bool created = false;
                        uint8_t* block = table_.FindOrCreate(key, HashBytes(key), created);
                        WEIR_TRY(ReadSessions(value, block));
                        table_.MarkCommitted(block);
                        return Status::Ok();
                      }));
  return times_.Read(in, aggregate_.name, {&watermark_, &next_emit_});
}

}  // namespace weir
