#include "runtime/operators/session_window_operator.h"

#include <algorithm>
#include <utility>

#include "runtime/operators/result_rows.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/operators/update_pace.h"

namespace weir {
SessionWindowOperator::SessionWindowOperator(const plan::AggregateNode& node)
    : Operator(node),
      aggregate_(node),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      failed_results_to_(node, node.result_error),
      input_(node),
      table_(sizeof(KeyState)),
      lifetimes_(node.window.gap + node.lateness) {}

Status SessionWindowOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  failed_results_to_.Open(context_);
  WEIR_TRY(input_.Open());
  WEIR_ASSIGN(accumulators_, Accumulators::Make(aggregate_.aggregates, sizeof(WindowSession)));
  pool_ = std::make_unique<Pool>(*accumulators_);
  scratch_ = std::make_unique<Pool>(*accumulators_);
  Store(table_, "sessions",
        [this](const uint8_t* block, std::string& out) { Serialize(block, out); });
  MayLeave(table_, ColdKeys());
  return Status::Ok();
}

SessionWindowOperator::WindowSession* SessionWindowOperator::New(uint8_t* key_block, Micros time) {
  WindowSession* session = pool_->New();
  session->start = session->last_event = time;
  session->key_block = key_block;
  session->next = StateOf(key_block).sessions;
  StateOf(key_block).sessions = session;
  ++live_;
  return session;
}

void SessionWindowOperator::Unlink(WindowSession* session) {
  WindowSession** link = &StateOf(session->key_block).sessions;
  while (*link != session) link = &(*link)->next;
  *link = session->next;
  session->dead = 1;
  --live_;
}

bool SessionWindowOperator::Take(const RecordBatch& batch, RowIndex row, WindowSession* session) {
  if (!accumulators_->can_refuse()) return true;  // later, all rows at once
  blocks_[row] = Pool::BlockOf(session);
  const RowIndices one{row};
  RowErrors errors;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(RowSet::Of(one)), batch.capacity(), errors);
  for (const RowError& error : errors.errors()) {
    refused_.Add(error.row, error.code, error.message);
  }
  return errors.empty();
}

SessionWindowOperator::WindowSession* SessionWindowOperator::Join(const RecordBatch& batch,
                                                                  RowIndex row, Micros time,
                                                                  Micros watermark) {
  const std::string_view key = input_.keys().key(row);
  const uint64_t hash = input_.keys().hash(row);
  const Micros gap = aggregate_.window.gap;
  // A row that could not open a session may be part of a longer one, but not move its start: the
  // id of a session that has closed could come back.
  const bool is_old = lifetimes_.IsOld(time, watermark);
  bool created = false;
  uint8_t* block =
      is_old ? table_.FindToChange(key, hash) : table_.FindOrCreate(key, hash, created);
  if (block == nullptr) return nullptr;
  WindowSession* joined = nullptr;
  while (true) {
    // Oldest first: so the same ones merge in every run.
    WindowSession* found = nullptr;
    for (WindowSession* s = StateOf(block).sessions; s != nullptr; s = s->next) {
      if (s == joined || !lifetimes_.IsOpen(*s, watermark)) continue;
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
  lifetimes_.Watch(joined);
  // The first row of a session: no sum of one value leaves its type.
  Take(batch, row, joined);
  return joined;
}

void SessionWindowOperator::Extend(WindowSession& session, Micros time) {
  session.last_event = std::max(session.last_event, time);
  if (time >= session.start) return;
  session.start = time;
  if (session.emitted_start == kMinTimestamp) return;
  NoteRenamed(session);
  session.emitted_start = kMinTimestamp;
}

void SessionWindowOperator::Absorb(WindowSession& target, WindowSession& other) {
  accumulators_->Merge(Pool::BlockOf(&target), Pool::BlockOf(&other));
  Extend(target, other.start);
  Extend(target, other.last_event);
  if (other.emitted_start != kMinTimestamp) NoteRenamed(other);
  other.merged_into = &target;
  Unlink(&other);
}

void SessionWindowOperator::NoteChanged(WindowSession* session) {
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
  CountSessions();
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) {
    next_emit_ = context_.clock->Now() + aggregate_.emit.every.value_or(kCombineFor);
  }
  return Status::Ok();
}

Status SessionWindowOperator::AddRows(const RecordBatch& batch, const RowSet& rows,
                                      Collector& out) {
  input_.EncodeKeys(rows, batch.capacity());
  WEIR_TRY(table_.Load(input_.keys(), rows));
  const ColumnView<Micros> times(*batch.hidden().event_time);
  blocks_.resize(batch.capacity());
  joined_.clear();
  late_.clear();
  refused_.Clear();
  rows.ForEach([&](RowIndex row) {
    const size_t refused = refused_.errors().size();
    WindowSession* session =
        Join(batch, row, times[row], std::max(RowStamps(batch)[row], watermark_));
    if (session != nullptr) {
      blocks_[row] = Pool::BlockOf(session);
      joined_.push_back(row);
    } else if (refused_.errors().size() == refused) {
      late_.push_back(row);
    }
  });
  for (RowIndex row : joined_) {
    auto* session = reinterpret_cast<WindowSession*>(blocks_[row]);
    // Merged by a later row of this batch.
    while (session->merged_into != nullptr) session = session->merged_into;
    blocks_[row] = Pool::BlockOf(session);
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

Status SessionWindowOperator::ProcessWatermark(Micros watermark, Collector& out) {
  BeginClosing(watermark);
  return Resume(out);
}

void SessionWindowOperator::BeginClosing(Micros watermark) {
  SessionLifetimes<WindowSession>::Due due = lifetimes_.TakeDue(watermark);
  close_up_to_ = watermark;
  gone_ = std::move(due.dead);
  leaving_.emplace(std::move(due.closing), /*closed=*/true);
}

Status SessionWindowOperator::Resume(Collector& out) {
  if (!leaving_) return ResumeAllKeys();
  const std::span<WindowSession* const> part = leaving_->Next(context_.batch_rows);
  if (!part.empty()) {
    WEIR_TRY(leaving_->closed() ? EmitClosed(part, out) : EmitUpdates(part, out));
  }
  if (!leaving_->done()) return Status::Ok();
  if (leaving_->closed()) EndClosing();
  leaving_.reset();
  return Status::Ok();
}

Status SessionWindowOperator::EmitClosed(std::span<WindowSession* const> part, Collector& out) {
  for (WindowSession* session : part) table_.MarkDirty(session->key_block);
  RowIndices failed;
  WEIR_TRY(EmitSessions(part, /*closed=*/true, failed, out));
  // Without a final row the id that readers know ends all the same.
  for (RowIndex row : failed) {
    if (part[row]->emitted_start != kMinTimestamp) NoteRenamed(*part[row]);
  }
  EmitRenamed(out);
  for (WindowSession* session : part) {
    Unlink(session);
    if (StateOf(session->key_block).sessions == nullptr) table_.Erase(session->key_block);
  }
  return Status::Ok();
}

Status SessionWindowOperator::EmitUpdates(std::span<WindowSession* const> part, Collector& out) {
  for (WindowSession* session : part) table_.MarkDirty(session->key_block);
  RowIndices failed;
  WEIR_TRY(EmitSessions(part, /*closed=*/false, failed, out));
  for (uint32_t i = 0; i < part.size(); ++i) {
    WindowSession* session = part[i];
    session->changed = 0;
    if (std::binary_search(failed.begin(), failed.end(), i)) continue;
    session->emitted_start = session->start;
  }
  return Status::Ok();
}

void SessionWindowOperator::NoteRenamed(const WindowSession& session) {
  renamed_.push_back({std::string(StateTable::KeyOf(session.key_block)), session.emitted_start});
}

void SessionWindowOperator::EndClosing() {
  gone_.insert(gone_.end(), leaving_->sessions().begin(), leaving_->sessions().end());
  if (!gone_.empty()) {
    std::erase_if(changed_, [](const WindowSession* session) { return session->dead != 0; });
    for (WindowSession* session : gone_) pool_->Free(session);
    gone_.clear();
  }
  watermark_ = std::max(watermark_, close_up_to_);
  if (close_up_to_ == kMaxTimestamp) {
    all_keys_ = context_.cold_state != nullptr;
  } else {
    table_.BringBack(watermark_);
  }
  Settle();
  CountSessions();
}

Status SessionWindowOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status SessionWindowOperator::Flush(Collector& out) {
  return aggregate_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

Status SessionWindowOperator::EmitChanged(Collector& out) {
  next_emit_ = kMaxTimestamp;
  std::vector<WindowSession*> live;
  for (WindowSession* session : changed_) {
    if (session->dead == 0) live.push_back(session);
  }
  changed_.clear();
  std::sort(live.begin(), live.end(), SessionLifetimes<WindowSession>::IdBefore);
  leaving_.emplace(std::move(live), /*closed=*/false);
  return Resume(out);
}

Status SessionWindowOperator::EmitSessions(std::span<WindowSession* const> sessions, bool closed,
                                           RowIndices& failed, Collector& out) {
  const auto count = static_cast<uint32_t>(sessions.size());
  std::vector<std::string_view> keys;
  std::vector<uint8_t*> blocks;
  MutableColumnPtr starts = Column::Make(DataType::Timestamp(), count);
  MutableColumnPtr ends = Column::Make(DataType::Timestamp(), count);
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    WindowSession* session = sessions[i];
    keys.push_back(StateTable::KeyOf(session->key_block));
    blocks.push_back(Pool::BlockOf(session));
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
  failed = errors.Rows();
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Timestamp(OutputWatermark(watermark_)), count);
  const RecordBatch batch(aggregate_.schema, std::move(columns), count, std::move(hidden));
  return EmitResults(batch, errors, failed_results_to_, closed ? "window" : "update", ledger_, out);
}

void SessionWindowOperator::EmitRenamed(Collector& out) {
  const std::vector<RenamedSession> renamed = std::exchange(renamed_, {});
  for (size_t begin = 0; begin < renamed.size(); begin += context_.batch_rows) {
    const size_t count = std::min<size_t>(renamed.size() - begin, context_.batch_rows);
    EmitDeletes(std::span(renamed).subspan(begin, count), out);
  }
}

void SessionWindowOperator::EmitDeletes(std::span<const RenamedSession> renamed, Collector& out) {
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

}  // namespace weir
