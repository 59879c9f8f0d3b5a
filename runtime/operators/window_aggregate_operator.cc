#include "runtime/operators/window_aggregate_operator.h"

#include <algorithm>
#include <utility>

#include "runtime/operators/update_pace.h"

namespace weir {
namespace {

constexpr char kGroupsSlot[] = "groups";
/// What a batch of results may cost in reading from disk, per row of it: about what the rows are.
constexpr size_t kReadPerRow = 48;

}  // namespace

WindowAggregateOperator::WindowAggregateOperator(const plan::AggregateNode& node, Input reads)
    : Operator(node),
      aggregate_(node),
      reads_(reads),
      panes_of_(node.window),
      assigner_(panes_of_, node.lateness),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      input_(node),
      partial_keys_(input_.keys().types()),
      dropped_(kGroupsSlot) {}

Status WindowAggregateOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  WEIR_TRY(input_.Open());
  WEIR_ASSIGN(accumulators_, Accumulators::Make(aggregate_.aggregates, sizeof(GroupHeader)));
  rows_ = std::make_unique<AggregateRows>(aggregate_, *accumulators_);
  rows_->Open(context_);
  return Status::Ok();
}

Status WindowAggregateOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  if (reads_ == Input::kPartials) return MergePartials(batch);
  failing_.Begin();
  input_.Evaluate(batch, batch.rows(), context_.clock->Now(), failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  assigner_.Assign(batch, rows, watermark_);
  ledger_.partly_late += assigner_.partly_late();
  const auto late = static_cast<int64_t>(assigner_.late().size());
  WEIR_TRY(late_to_.RouteLate(batch, assigner_.late(), ledger_, out));
  input_.EncodeKeys(rows, batch.capacity());
  RowErrors refused;
  for (const auto& [key, rows_of_pane] : assigner_.panes()) {
    WEIR_TRY(AddToPane(batch, key, rows_of_pane, refused));
  }
  const std::vector<RejectedRow> rejected = RejectFailedRows(refused);
  WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  ledger_.absorbed += rows.count() - late - static_cast<int64_t>(rejected.size());
  if (emits_early() && next_emit_ == kMaxTimestamp) ScheduleEmit();
  return Status::Ok();
}

Status WindowAggregateOperator::AddToPane(const RecordBatch& batch, const PaneKey& key,
                                          const RowIndices& rows, RowErrors& errors) {
  Pane& pane = PaneAt(key);
  blocks_.resize(batch.capacity());
  created_.clear();
  const RowSet row_set = RowSet::Of(rows);
  WEIR_TRY(pane.groups.Load(input_.keys(), row_set));
  pane.groups.FindOrCreate(input_.keys(), row_set, blocks_.data(), created_);
  for (uint8_t* block : created_) accumulators_->Init(block);
  RowErrors refused;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(row_set), batch.capacity(), refused);
  if (refused.empty()) {
    NoteChanges(pane, rows);
    return Status::Ok();
  }
  RowIndices taken;
  SubtractRows(row_set, refused.Rows(), taken);
  NoteChanges(pane, taken);
  for (const RowError& error : refused.errors()) errors.Add(error.row, error.code, error.message);
  return Status::Ok();
}

Status WindowAggregateOperator::MergePartials(const RecordBatch& batch) {
  const auto num_keys = aggregate_.keys.size();
  const ColumnView<Micros> panes(*batch.column(static_cast<int>(num_keys)));
  const ColumnView<Micros> first_ends(*batch.column(static_cast<int>(num_keys) + 1));
  const ColumnView<std::string_view> partials(*batch.column(static_cast<int>(num_keys) + 2));
  std::vector<const Column*> key_columns;
  for (size_t i = 0; i < num_keys; ++i) {
    key_columns.push_back(batch.column(static_cast<int>(i)).get());
  }
  partial_keys_.Encode(key_columns, batch.rows(), batch.capacity());
  std::map<PaneKey, RowIndices> rows_of_pane;
  batch.rows().ForEach([&](RowIndex row) {
    rows_of_pane[{panes[row], first_ends[row]}].push_back(row);
  });
  for (const auto& [key, rows] : rows_of_pane) WEIR_TRY(MergePartialsOf(key, rows, partials));
  ledger_.absorbed += batch.num_rows();
  return Status::Ok();
}

Status WindowAggregateOperator::MergePartialsOf(const PaneKey& key, const RowIndices& rows,
                                                const ColumnView<std::string_view>& partials) {
  if (key.second <= fired_until_) {
    return InternalError("{}: partial results came after their window", aggregate_.name);
  }
  Pane& pane = PaneAt(key);
  WEIR_TRY(pane.groups.Load(partial_keys_, RowSet::Of(rows)));
  const std::unique_ptr<uint8_t[]> part(new uint8_t[accumulators_->block_size()]());
  for (const RowIndex row : rows) {
    bool created = false;
    uint8_t* block =
        pane.groups.FindOrCreate(partial_keys_.key(row), partial_keys_.hash(row), created);
    if (created) accumulators_->Init(block);
    accumulators_->Init(part.get());
    std::string_view bytes = partials[row];
    const Status status = accumulators_->Deserialize(bytes, part.get());
    if (status.ok()) accumulators_->Merge(block, part.get());
    accumulators_->Destroy(part.get());
    WEIR_TRY(status);
  }
  return Status::Ok();
}

void WindowAggregateOperator::NoteChanges(Pane& pane, const RowIndices& rows) {
  if (!emits_early()) return;
  for (RowIndex row : rows) {
    uint8_t* block = blocks_[row];
    if (HeaderOf(block).changed != 0) continue;
    HeaderOf(block).changed = 1;
    pane.changed.push_back(block);
  }
}

Micros WindowAggregateOperator::NextEnd() const {
  Micros next = kMaxTimestamp;
  for (const auto& [key, pane] : panes_) {
    const Micros first = std::max(
        key.second, fired_until_ == kMinTimestamp ? key.second : panes_of_.EndAfter(fired_until_));
    if (first <= panes_of_.LastEnd(key.first)) next = std::min(next, first);
    if (key.first >= next) break;
  }
  return next;
}

template <typename Visit>
void WindowAggregateOperator::ForPanesOf(Micros end, Visit&& visit) {
  const Micros start = panes_of_.StartOf(end);
  for (auto pane = panes_.lower_bound({start, kMinTimestamp});
       pane != panes_.end() && pane->first.first < end; ++pane) {
    if (pane->first.second <= end) visit(*pane->second);
  }
}

void WindowAggregateOperator::BeginFiring(Micros end) {
  std::vector<const StateTable*> sources;
  ForPanesOf(end, [&](Pane& pane) { sources.push_back(&pane.groups); });
  firing_.emplace(
      end, std::move(sources), *accumulators_, context_.cold_state.get(),
      [this](std::string_view value, uint8_t* block) { return Deserialize(value, block); });
}

void WindowAggregateOperator::DropPanesBefore(Micros end) {
  while (!panes_.empty()) {
    // Panes are sorted by start, and the last window of a pane never comes before that of an
    // earlier one.
    const auto first = panes_.begin();
    if (panes_of_.LastEnd(first->first.first) > end) break;
    DropPane(std::move(first->second));
    panes_.erase(first);
  }
}

Micros WindowAggregateOperator::OutputWatermark(Micros watermark) const {
  if (watermark <= kMinTimestamp + aggregate_.lateness) return kMinTimestamp;
  return watermark - aggregate_.lateness;
}

Status WindowAggregateOperator::ProcessWatermark(Micros watermark, Collector& out) {
  fire_up_to_ = watermark;
  return Fire(out);
}

Status WindowAggregateOperator::Resume(Collector& out) {
  return firing_ ? Fire(out) : EmitUpdates(out);
}

Status WindowAggregateOperator::Fire(Collector& out) {
  size_t emitted = 0;
  SliceBudget budget(context_.batch_rows * kReadPerRow);
  while (emitted < context_.batch_rows || firing_ == std::nullopt) {
    if (!firing_) {
      const Micros end = NextEnd();
      if (end == kMaxTimestamp) break;
      if (fire_up_to_ != kMaxTimestamp && end > fire_up_to_ - aggregate_.lateness) break;
      BeginFiring(end);
      if (emitted >= context_.batch_rows) return Status::Ok();
    }
    WindowFiring& firing = *firing_;
    if (!firing.ready() && !firing.done()) {
      if (budget.spent()) return Status::Ok();
      WEIR_TRY(firing.Read(budget));
    }
    if (firing.ready()) {
      const AggregateRows::Window window{panes_of_.StartOf(firing.end()), firing.end(), true};
      const size_t before = firing.next;
      WEIR_TRY(rows_->EmitNext(firing.groups, firing.next, &window, firing.end() - 1,
                               OutputWatermark(watermark_), "window", context_, ledger_, out));
      emitted += firing.next - before;
    }
    if (!firing.done()) continue;
    fired_until_ = firing.end();
    firing_.reset();
    DropPanesBefore(fired_until_);
  }
  if (firing_) return Status::Ok();
  watermark_ = std::max(watermark_, fire_up_to_);
  if (fire_up_to_ != kMaxTimestamp && fire_up_to_ != kMinTimestamp) {
    fired_until_ = std::max(fired_until_, fire_up_to_ - aggregate_.lateness);
  }
  ledger_.gauges["windows"] = static_cast<int64_t>(panes_.size());
  return Status::Ok();
}

void WindowAggregateOperator::ScheduleEmit() {
  next_emit_ = context_.clock->Now() + aggregate_.emit.every.value_or(kCombineFor);
}

Status WindowAggregateOperator::ProcessTime(Micros now, Collector& out) {
  return now < next_emit_ || misses_changes() ? Status::Ok() : EmitChanged(out);
}

Status WindowAggregateOperator::Flush(Collector& out) {
  const bool waits = aggregate_.emit.on_update && next_emit_ != kMaxTimestamp;
  return waits && !misses_changes() ? EmitChanged(out) : Status::Ok();
}

Status WindowAggregateOperator::EmitChanged(Collector& out) {
  next_emit_ = kMaxTimestamp;
  for (auto& [key, pane] : panes_) {
    for (uint8_t* block : pane->changed) {
      pane->groups.MarkDirty(block);
      HeaderOf(block).changed = 0;
      Micros end = key.second;
      if (fired_until_ != kMinTimestamp) end = std::max(end, panes_of_.EndAfter(fired_until_));
      for (; end <= panes_of_.LastEnd(key.first); end += panes_of_.step()) {
        updates_[end].push_back({StateTable::KeyOf(block), block});
      }
    }
    pane->changed.clear();
  }
  for (auto& [end, groups] : updates_) {
    AggregateRows::Sort(groups);
    const auto same = [](const AggregateRows::Group& a, const AggregateRows::Group& b) {
      return a.key == b.key;
    };
    groups.erase(std::unique(groups.begin(), groups.end(), same), groups.end());
  }
  next_update_ = 0;
  return EmitUpdates(out);
}

Status WindowAggregateOperator::EmitUpdates(Collector& out) {
  for (size_t emitted = 0; !updates_.empty() && emitted < context_.batch_rows;) {
    WEIR_TRY(EmitUpdatesOfFirst(emitted, out));
  }
  return Status::Ok();
}

Status WindowAggregateOperator::EmitUpdatesOfFirst(size_t& emitted, Collector& out) {
  const auto& [end, changed] = *updates_.begin();
  const size_t begin = next_update_;
  next_update_ = std::min<size_t>(changed.size(), begin + context_.batch_rows);
  WEIR_TRY(LoadPanes(end, std::span(changed).subspan(begin, next_update_ - begin)));
  StateTable merged(accumulators_->block_size(),
                    [this](uint8_t* block) { accumulators_->Destroy(block); });
  std::vector<AggregateRows::Group> groups;
  for (size_t i = begin; i < next_update_; ++i) {
    const std::string_view key = changed[i].key;
    const uint64_t hash = StateTable::HashOf(changed[i].block);
    bool created = false;
    uint8_t* block = merged.FindOrCreate(key, hash, created);
    accumulators_->Init(block);
    ForPanesOf(end, [&](Pane& source) {
      const uint8_t* part = source.groups.Find(key, hash);
      if (part != nullptr) accumulators_->Merge(block, part);
    });
    groups.push_back({key, block});
  }
  const AggregateRows::Window window{panes_of_.StartOf(end), end, false};
  WEIR_TRY(rows_->Emit(groups, &window, end - 1, OutputWatermark(watermark_), "update", context_,
                       ledger_, out));
  emitted += next_update_ - begin;
  if (next_update_ < changed.size()) return Status::Ok();
  updates_.erase(updates_.begin());
  next_update_ = 0;
  return Status::Ok();
}

Status WindowAggregateOperator::LoadPanes(Micros end,
                                          std::span<const AggregateRows::Group> changed) {
  std::vector<StateTable::KeyRef> keys;
  for (const auto& [key, block] : changed) keys.push_back({key, StateTable::HashOf(block)});
  Status status = Status::Ok();
  ForPanesOf(end, [&](Pane& pane) {
    if (status.ok()) status = pane.groups.Load(keys);
  });
  return status;
}

}  // namespace weir
