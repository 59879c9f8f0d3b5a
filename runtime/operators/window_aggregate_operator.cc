#include "runtime/operators/window_aggregate_operator.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "runtime/operators/update_pace.h"

namespace weir {
namespace {

constexpr char kBlockVersion = 1;
constexpr char kGroupsSlot[] = "groups";

std::string PrefixOf(const PaneAssigner::PaneKey& pane) {
  std::string prefix(sizeof(pane), '\0');
  std::memcpy(prefix.data(), &pane.first, sizeof(Micros));
  std::memcpy(prefix.data() + sizeof(Micros), &pane.second, sizeof(Micros));
  return prefix;
}

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

WindowAggregateOperator::Pane& WindowAggregateOperator::PaneAt(const PaneKey& key) {
  std::unique_ptr<Pane>& pane = panes_[key];
  if (pane == nullptr) {
    pane = std::make_unique<Pane>(accumulators_->block_size(),
                                  [this](uint8_t* block) { accumulators_->Destroy(block); });
    const auto serialize = [this](const uint8_t* block, std::string& out) {
      out.push_back(kBlockVersion);
      out.push_back(static_cast<char>(reinterpret_cast<const GroupHeader*>(block)->changed));
      accumulators_->Serialize(block, out);
    };
    Store(pane->groups, kGroupsSlot, serialize, PrefixOf(key));
  }
  return *pane;
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
    AddToPane(batch, key, rows_of_pane, refused);
  }
  const std::vector<RejectedRow> rejected = RejectFailedRows(refused);
  WEIR_TRY(errors_to_.Reject(batch, rejected, ledger_, out));
  ledger_.absorbed += rows.count() - late - static_cast<int64_t>(rejected.size());
  if (emits_early() && next_emit_ == kMaxTimestamp) ScheduleEmit();
  return Status::Ok();
}

void WindowAggregateOperator::AddToPane(const RecordBatch& batch, const PaneKey& key,
                                        const RowIndices& rows, RowErrors& errors) {
  Pane& pane = PaneAt(key);
  blocks_.resize(batch.capacity());
  created_.clear();
  const RowSet row_set = RowSet::Of(rows);
  pane.groups.FindOrCreate(input_.keys(), row_set, blocks_.data(), created_);
  for (uint8_t* block : created_) accumulators_->Init(block);
  RowErrors refused;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(row_set), batch.capacity(), refused);
  if (refused.empty()) return NoteChanges(pane, rows);
  RowIndices taken;
  SubtractRows(row_set, refused.Rows(), taken);
  NoteChanges(pane, taken);
  for (const RowError& error : refused.errors()) errors.Add(error.row, error.code, error.message);
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
  const size_t size = accumulators_->block_size();
  const std::unique_ptr<uint8_t[]> part(new uint8_t[size]());
  Status status = Status::Ok();
  batch.rows().ForEach([&](RowIndex row) {
    if (!status.ok()) return;
    const PaneKey key{panes[row], first_ends[row]};
    if (key.second <= fired_until_) {
      status = InternalError("{}: partial results came after their window", aggregate_.name);
      return;
    }
    Pane& pane = PaneAt(key);
    bool created = false;
    uint8_t* block =
        pane.groups.FindOrCreate(partial_keys_.key(row), partial_keys_.hash(row), created);
    if (created) accumulators_->Init(block);
    accumulators_->Init(part.get());
    std::string_view bytes = partials[row];
    status = accumulators_->Deserialize(bytes, part.get());
    if (status.ok()) accumulators_->Merge(block, part.get());
    accumulators_->Destroy(part.get());
  });
  ledger_.absorbed += batch.num_rows();
  return status;
}

void WindowAggregateOperator::NoteChanges(Pane& pane, const RowIndices& rows) {
  if (!emits_early()) return;
  for (RowIndex row : rows) {
    uint8_t* block = blocks_[row];
    auto* header = reinterpret_cast<GroupHeader*>(block);
    if (header->changed != 0) continue;
    header->changed = 1;
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
  std::vector<Pane*> sources;
  ForPanesOf(end, [&](Pane& pane) { sources.push_back(&pane); });
  Firing& firing = firing_.emplace(Firing{end, nullptr, {}, 0});
  const auto list = [&firing](uint8_t* block) {
    firing.groups.push_back({StateTable::KeyOf(block), block});
  };
  if (sources.size() == 1) {
    sources[0]->groups.ForEach(list);
  } else {
    firing.merged = std::make_unique<StateTable>(
        accumulators_->block_size(), [this](uint8_t* block) { accumulators_->Destroy(block); });
    for (Pane* source : sources) {
      source->groups.ForEach([&](uint8_t* block) {
        bool created = false;
        uint8_t* target = firing.merged->FindOrCreate(StateTable::KeyOf(block),
                                                      StateTable::HashOf(block), created);
        if (created) accumulators_->Init(target);
        accumulators_->Merge(target, block);
      });
    }
    firing.merged->ForEach(list);
  }
  AggregateRows::Sort(firing.groups);
}

void WindowAggregateOperator::DropPanesBefore(Micros end) {
  while (!panes_.empty()) {
    // Panes are sorted by start, and the last window of a pane never comes before that of an
    // earlier one.
    const auto first = panes_.begin();
    if (panes_of_.LastEnd(first->first.first) > end) break;
    first->second->groups.Drop(dropped_);
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
  while (emitted < context_.batch_rows || firing_ == std::nullopt) {
    if (!firing_) {
      const Micros end = NextEnd();
      if (end == kMaxTimestamp) break;
      if (fire_up_to_ != kMaxTimestamp && end > fire_up_to_ - aggregate_.lateness) break;
      BeginFiring(end);
      if (emitted >= context_.batch_rows) return Status::Ok();
    }
    Firing& firing = *firing_;
    const AggregateRows::Window window{panes_of_.StartOf(firing.end), firing.end, true};
    const size_t before = firing.next;
    if (!firing.groups.empty()) {
      WEIR_TRY(rows_->EmitNext(firing.groups, firing.next, &window, firing.end - 1,
                               OutputWatermark(watermark_), "window", context_, ledger_, out));
    }
    emitted += firing.next - before;
    if (firing.next < firing.groups.size()) continue;
    fired_until_ = firing.end;
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
  return now < next_emit_ ? Status::Ok() : EmitChanged(out);
}

Status WindowAggregateOperator::Flush(Collector& out) {
  const bool waits = aggregate_.emit.on_update && next_emit_ != kMaxTimestamp;
  return waits ? EmitChanged(out) : Status::Ok();
}

Status WindowAggregateOperator::EmitChanged(Collector& out) {
  next_emit_ = kMaxTimestamp;
  for (auto& [key, pane] : panes_) {
    for (uint8_t* block : pane->changed) {
      pane->groups.MarkDirty(block);
      reinterpret_cast<GroupHeader*>(block)->changed = 0;
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

// Entries: slot "groups", key = pane start, first end, encoded key; version, flags, accumulators.
Status WindowAggregateOperator::Snapshot(StateWriter& out) {
  out.Append(std::exchange(dropped_, SlotChanges(kGroupsSlot)));
  for (auto& [key, pane] : panes_) pane->groups.Seal(&out);
  times_.Put(context_, {watermark_, fired_until_, next_emit_}, out);
  return Status::Ok();
}

bool WindowAggregateOperator::WriteSealed(SliceBudget& budget) {
  return std::all_of(panes_.begin(), panes_.end(),
                     [&](auto& pane) { return pane.second->groups.WriteSealed(budget); });
}

StateMemory WindowAggregateOperator::Memory() {
  StateMemory sum;
  for (auto& [key, pane] : panes_) sum.Add(pane->groups.Memory());
  return sum;
}

Status WindowAggregateOperator::Restore(const StateReader& in) {
  WEIR_TRY(in.ForEach(
      "groups", [this](uint32_t, std::string_view key, std::string_view value) -> Status {
        if (key.size() < sizeof(PaneKey) || value.size() < 2 || value[0] != kBlockVersion) {
          return DataLossError("{}: a stored group is damaged", aggregate_.name);
        }
        PaneKey pane_key;
        std::memcpy(&pane_key.first, key.data(), sizeof(Micros));
        std::memcpy(&pane_key.second, key.data() + sizeof(Micros), sizeof(Micros));
        key.remove_prefix(sizeof(PaneKey));
        Pane& pane = PaneAt(pane_key);
        uint8_t* block = pane.groups.AddCommitted(key, HashBytes(key));
        accumulators_->Init(block);
        if (value[1] != 0) {
          reinterpret_cast<GroupHeader*>(block)->changed = 1;
          pane.changed.push_back(block);
        }
        value.remove_prefix(2);
        return accumulators_->Deserialize(value, block);
      }));
  return times_.Read(in, aggregate_.name, {&watermark_, &fired_until_, &next_emit_});
}

}  // namespace weir
