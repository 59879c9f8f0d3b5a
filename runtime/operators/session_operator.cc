#include "runtime/operators/session_operator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/operators/update_pace.h"

namespace weir {
SessionOperator::SessionOperator(const plan::SessionNode& node)
    : Operator(node),
      session_(node),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      keys_(TypesOf(node.program.keys)),
      executor_(node.program, sizeof(Session)),
      pool_(executor_.layout()),
      table_(sizeof(KeyState)),
      rows_(node, executor_),
      lifetimes_(node.gap + node.lateness),
      scratch_(executor_.layout()) {}

Status SessionOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  rows_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(session_.program.keys));
  Store(table_, "sessions",
        [this](const uint8_t* block, std::string& out) { Serialize(block, out); });
  MayLeave(table_, ColdKeys());
  return executor_.Open();
}

void SessionOperator::PrepareRounds(const RecordBatch& batch, const RowSet& rows) {
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const auto is_old = [&](RowIndex row) {
    return lifetimes_.IsOld(times[row], std::max(RowStamps(batch)[row], watermark_));
  };
  young_.clear();
  rows.ForEach([&](RowIndex row) {
    if (!is_old(row)) young_.push_back(row);
  });
  key_blocks_.resize(batch.capacity());
  created_.clear();
  table_.FindOrCreate(keys_, RowSet::Of(young_), key_blocks_.data(), created_);
  rounds_.Begin();
  if (young_.size() == rows.count()) {
    for (RowIndex row : young_) rounds_.Add(StateOf(key_blocks_[row]).mark, row);
    return;
  }
  rows.ForEach([&](RowIndex row) {
    if (is_old(row)) {
      key_blocks_[row] = table_.FindToChange(keys_.key(row), keys_.hash(row));
      if (key_blocks_[row] == nullptr) {
        late_.push_back(row);
        return;
      }
    }
    rounds_.Add(StateOf(key_blocks_[row]).mark, row);
  });
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
  late_.clear();
  emptied_.clear();
  WEIR_TRY(table_.Load(keys_, rows));
  PrepareRounds(batch, rows);
  for (size_t i = 0; i < rounds_.size(); ++i) WEIR_TRY(RunRound(batch, rounds_.round(i), out));
  EraseEmptyKeys();
  std::sort(late_.begin(), late_.end());
  WEIR_TRY(late_to_.RouteLate(batch, late_, ledger_, out));
  EmitRenamed(out);
  CountSessions();
  if (!changed_.empty() && next_emit_ == kMaxTimestamp) ScheduleEmit();
  return Status::Ok();
}

Status SessionOperator::Absorb(Session& target, Session& other) {
  const size_t index = joins_.size() - 1;
  const bool saved = !saved_.empty() && saved_.back().index == index;
  if (!saved) {
    auto fields = std::make_unique<uint8_t[]>(executor_.layout().block_size());
    std::memset(fields.get(), 0, executor_.layout().block_size());
    executor_.layout().Init(fields.get());
    executor_.layout().Copy(fields.get(), StateSessionPool::BlockOf(&target));
    saved_.push_back({index, std::move(fields)});
  }
  WEIR_TRY(executor_.layout().Merge(StateSessionPool::BlockOf(&target),
                                    StateSessionPool::BlockOf(&other), other.start < target.start));
  target.start = std::min(target.start, other.start);
  target.last_event = std::max(target.last_event, other.last_event);
  target.count += other.count;
  absorbed_.push_back({index, &other});
  return Status::Ok();
}

Session* SessionOperator::FindTouching(uint8_t* key_block, const Session* joined, Micros time,
                                       Micros watermark, bool is_old) const {
  Session* found = nullptr;
  for (Session* s = StateOf(key_block).sessions; s != nullptr; s = s->next) {
    if (s == joined || !lifetimes_.IsOpen(*s, watermark)) continue;
    if (time < s->start - session_.gap || time > s->last_event + session_.gap) continue;
    if (is_old && joined == nullptr && time < s->start) continue;
    bool taken = false;
    for (size_t i = absorbed_.size(); i > 0 && absorbed_[i - 1].index + 1 == joins_.size(); --i) {
      taken |= absorbed_[i - 1].session == s;
    }
    if (taken) continue;
    const Micros start = std::min({time, s->start, joined == nullptr ? time : joined->start});
    const Micros last =
        std::max({time, s->last_event, joined == nullptr ? time : joined->last_event});
    if (session_.max && last - start > *session_.max) continue;
    // Oldest first: so the same ones merge in every run.
    if (found == nullptr || s->start < found->start) found = s;
  }
  return found;
}

SessionOperator::Fit SessionOperator::Join(const RecordBatch& batch, RowIndex row) {
  uint8_t* key_block = key_blocks_[row];
  const Micros time = ColumnView<Micros>(*batch.hidden().event_time)[row];
  const Micros watermark = std::max(RowStamps(batch)[row], watermark_);
  const bool is_old = lifetimes_.IsOld(time, watermark);
  Session* joined = nullptr;
  if (StateOf(key_block).sessions != nullptr) {
    joined = FindTouching(key_block, nullptr, time, watermark, is_old);
  }
  const bool created = joined == nullptr;
  if (created) {
    if (is_old) return Fit::kLate;
    joined = pool_.New();
    joined->start = joined->last_event = time;
    joined->key_block = key_block;
    joined->next = StateOf(key_block).sessions;
    StateOf(key_block).sessions = joined;
  }
  joins_.push_back({joined, joined->start, joined->last_event, joined->count, created});
  joined->start = std::min(joined->start, time);
  joined->last_event = std::max(joined->last_event, time);
  ++joined->count;
  if (StateOf(key_block).sessions == joined && joined->next == nullptr) return Fit::kJoined;
  while (Session* other = FindTouching(key_block, joined, time, watermark, is_old)) {
    const Status merged = Absorb(*joined, *other);
    if (merged.ok()) continue;
    unmerged_.Add(
        row, RowErrorCode::kOverflow,
        fmt::format("sessions that this row connects can't be merged: {}", merged.message()));
    Undo();
    return Fit::kUnmergeable;
  }
  return Fit::kJoined;
}

void SessionOperator::Undo() {
  const size_t index = joins_.size() - 1;
  Revert(index);
  joins_.pop_back();
  std::erase_if(absorbed_, [&](const Absorbed& absorbed) { return absorbed.index == index; });
  executor_.layout().Destroy(saved_.back().fields.get());
  saved_.pop_back();
}

void SessionOperator::Unlink(Session* session) {
  Session** link = &StateOf(session->key_block).sessions;
  while (*link != session) link = &(*link)->next;
  *link = session->next;
  session->dead = 1;
}

void SessionOperator::Revert(size_t index) {
  const Joined& joined = joins_[index];
  Session* session = joined.session;
  if (joined.created) {
    emptied_.push_back(session->key_block);
    Unlink(session);
    pool_.Free(session);  // is not watched yet
    return;
  }
  session->start = joined.start;
  session->last_event = joined.last_event;
  session->count = joined.count;
  for (SavedFields& saved : saved_) {
    if (saved.index != index) continue;
    executor_.layout().Copy(StateSessionPool::BlockOf(session), saved.fields.get());
  }
}

void SessionOperator::EraseEmptyKeys() {
  std::sort(emptied_.begin(), emptied_.end());
  emptied_.erase(std::unique(emptied_.begin(), emptied_.end()), emptied_.end());
  for (uint8_t* key_block : emptied_) {
    if (StateOf(key_block).sessions == nullptr) table_.Erase(key_block);
  }
  emptied_.clear();
}

void SessionOperator::NoteStartMoved(Session& session) {
  if (session.emitted_start == kMinTimestamp || session.emitted_start == session.start) return;
  renamed_.push_back({std::string(StateTable::KeyOf(session.key_block)), session.emitted_start});
  session.emitted_start = kMinTimestamp;
}

void SessionOperator::Settle(size_t index) {
  Session* session = joins_[index].session;
  for (; next_absorbed_ < absorbed_.size(); ++next_absorbed_) {
    const Absorbed& absorbed = absorbed_[next_absorbed_];
    if (absorbed.index > index) break;
    if (absorbed.index < index) continue;  // of a row that failed
    if (absorbed.session->emitted_start != kMinTimestamp) {
      renamed_.push_back(
          {std::string(StateTable::KeyOf(session->key_block)), absorbed.session->emitted_start});
    }
    Unlink(absorbed.session);
  }
  NoteStartMoved(*session);
  if (joins_[index].created) lifetimes_.Watch(session);
  if (session->changed == 0) {
    session->changed = 1;
    if (emits_early()) changed_.push_back(session);
  }
}

Status SessionOperator::RunRound(const RecordBatch& batch, const RowIndices& rows, Collector& out) {
  running_.clear();
  joins_.clear();
  absorbed_.clear();
  next_absorbed_ = 0;
  unmerged_.Clear();
  for (RowIndex row : rows) {
    const Fit fit = Join(batch, row);
    if (fit == Fit::kJoined) running_.push_back(row);
    if (fit == Fit::kLate) {
      late_.push_back(row);
      emptied_.push_back(key_blocks_[row]);
    }
  }
  WEIR_TRY(errors_to_.Reject(batch, RejectFailedRows(unmerged_), ledger_, out));
  const size_t count = running_.size();
  if (count == 0) return Status::Ok();
  blocks_.resize(count);
  metas_.resize(count);
  for (size_t i = 0; i < count; ++i) {
    blocks_[i] = StateSessionPool::BlockOf(joins_[i].session);
    metas_[i] = joins_[i].session->Meta(false, joins_[i].created);
  }
  StateExecutor::Round round = executor_.EventRound(batch, running_, context_.clock->Now());
  round.blocks = blocks_;
  round.sessions = metas_;
  RowErrors errors;
  StateExecutor::Effects effects;
  executor_.RunEvent(round, errors, effects);
  std::vector<RejectedRow> rejected = RejectFailedRows(errors);
  size_t next = 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (next < rejected.size() && rejected[next].row == i) {
      rejected[next++].row = running_[i];
      Revert(i);
    } else {
      Settle(i);
    }
  }
  for (SavedFields& saved : saved_) executor_.layout().Destroy(saved.fields.get());
  saved_.clear();
  ledger_.absorbed += static_cast<int64_t>(count) - static_cast<int64_t>(rejected.size());
  return errors_to_.Reject(batch, rejected, ledger_, out);
}

Status SessionOperator::ProcessWatermark(Micros watermark, Collector& out) {
  BeginClosing(watermark);
  return Resume(out);
}

void SessionOperator::BeginClosing(Micros watermark) {
  SessionLifetimes<Session>::Due due = lifetimes_.TakeDue(watermark);
  close_up_to_ = watermark;
  gone_ = std::move(due.dead);
  leaving_.emplace(std::move(due.closing), /*closed=*/true);
}

Status SessionOperator::Resume(Collector& out) {
  if (!leaving_) return ResumeAllKeys();
  const std::span<Session* const> part = leaving_->Next(context_.batch_rows);
  if (!part.empty()) {
    WEIR_TRY(leaving_->closed() ? EmitClosed(part, out) : EmitUpdates(part, out));
  }
  if (!leaving_->done()) return Status::Ok();
  if (leaving_->closed()) EndClosing();
  leaving_.reset();
  return Status::Ok();
}

Status SessionOperator::EmitClosed(std::span<Session* const> part, Collector& out) {
  for (Session* session : part) table_.MarkDirty(session->key_block);
  RowErrors errors;
  if (!session_.program.on_close.empty()) {
    std::vector<uint8_t*> blocks(part.size());
    std::vector<SessionMeta> metas(part.size());
    RowErrors failed;
    StateExecutor::Effects effects;
    executor_.RunClose(rows_.RoundOf(part, blocks, metas, true, context_.clock->Now()), failed,
                       effects);
    for (const RowError& error : failed.errors()) {
      errors.Add(error.row, error.code, "on close: " + error.message);
    }
  }
  // Always, whatever else was asked for: what readers know of a session ends with its final row.
  WEIR_TRY(rows_.Emit(part, true, OutputWatermark(watermark_), errors, context_, ledger_, out));
  // And without one its id ends all the same.
  for (RowIndex row : errors.Rows()) {
    const Session& session = *part[row];
    if (session.emitted_start == kMinTimestamp) continue;
    renamed_.push_back({std::string(StateTable::KeyOf(session.key_block)), session.emitted_start});
  }
  EmitRenamed(out);
  for (Session* session : part) {
    Unlink(session);
    if (StateOf(session->key_block).sessions == nullptr) table_.Erase(session->key_block);
  }
  return Status::Ok();
}

void SessionOperator::EndClosing() {
  gone_.insert(gone_.end(), leaving_->sessions().begin(), leaving_->sessions().end());
  if (!gone_.empty()) {
    std::erase_if(changed_, [](const Session* session) { return session->dead != 0; });
    for (Session* session : gone_) pool_.Free(session);
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
  std::sort(live.begin(), live.end(), SessionLifetimes<Session>::IdBefore);
  leaving_.emplace(std::move(live), /*closed=*/false);
  return Resume(out);
}

Status SessionOperator::EmitUpdates(std::span<Session* const> part, Collector& out) {
  for (Session* session : part) table_.MarkDirty(session->key_block);
  RowErrors errors;
  WEIR_TRY(rows_.Emit(part, false, OutputWatermark(watermark_), errors, context_, ledger_, out));
  const RowIndices failed = errors.Rows();
  for (uint32_t i = 0; i < part.size(); ++i) {
    Session* session = part[i];
    session->changed = 0;
    if (std::binary_search(failed.begin(), failed.end(), i)) continue;
    session->emitted_start = session->start;
  }
  return Status::Ok();
}

void SessionOperator::EmitRenamed(Collector& out) {
  const std::vector<RenamedSession> renamed = std::exchange(renamed_, {});
  rows_.EmitDeletes(renamed, OutputWatermark(watermark_), context_, ledger_, out);
}

Status SessionOperator::ProcessTime(Micros now, Collector& out) {
  return now >= next_emit_ ? EmitChanged(out) : Status::Ok();
}

Status SessionOperator::Flush(Collector& out) {
  return session_.emit.on_update && !changed_.empty() ? EmitChanged(out) : Status::Ok();
}

}  // namespace weir
