#include "runtime/exec/state_keeper.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir {
namespace {

/// Batches between two looks while there is nothing to do.
constexpr uint32_t kCallsBetween = 16;
/// What leaves at a time: less than a millisecond.
constexpr size_t kMostEvicted = 512 * 1024;
/// State that can't leave never stops a job that has less of it.
constexpr size_t kAlwaysAllowed = size_t{16} << 20;

double MiB(size_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

}  // namespace

void StateKeeper::Committed(uint64_t epoch) {
  if (epoch <= committed_) return;
  committed_ = epoch;
  busy_ = true;
  for (const auto& task : *tasks_) task->Committed(epoch);
}

Result<bool> StateKeeper::Tend(bool every_time) {
  if (budget_ == nullptr) return false;
  if (!busy_ && !every_time && ++calls_ % kCallsBetween != 0 && !AnyUpkeep()) return false;
  StateMemory mine;
  for (const auto& task : *tasks_) mine.Add(task->op().Memory());
  budget_->Report(worker_, mine);
  const StateMemory sum = budget_->Sum();
  const size_t limit = budget_->limit();
  WEIR_TRY(CheckFixed(sum));
  WEIR_ASSIGN(bool worked, Sweep(/*take_all=*/sum.total < limit / 4 * 3));
  size_t evicted = 0;
  if (sum.total > limit && mine.total > mine.fixed) {
    // Of what is too much each worker gives as large a part as it has.
    const double part = static_cast<double>(mine.total - mine.fixed) /
                        static_cast<double>(std::max<size_t>(sum.total - sum.fixed, 1));
    evicted = Evict(static_cast<size_t>(static_cast<double>(sum.total - limit) * part) + 1);
  }
  worked |= evicted > 0;
  wants_checkpoint_ = sum.dirty > limit / 3;
  // Rows that are on their way to disk leave when their commit has returned.
  const bool held = holds_back_;
  holds_back_ = sum.total > limit + limit / 8 && sum.dirty > 0 && evicted == 0;
  wants_checkpoint_ |= holds_back_;
  busy_ = worked;
  // What has become less here may let another worker go on.
  const bool changed = mine.total != reported_.total || mine.dirty != reported_.dirty;
  reported_ = mine;
  return worked || changed || held != holds_back_;
}

bool StateKeeper::AnyUpkeep() const {
  return std::any_of(tasks_->begin(), tasks_->end(),
                     [](const auto& task) { return task->op().has_upkeep(); });
}

Result<bool> StateKeeper::Sweep(bool take_all) {
  bool sweeping = false;
  SliceBudget slice(SliceBudget::kSlice);
  for (const auto& task : *tasks_) sweeping |= task->Sweep(slice, take_all);
  return sweeping;
}

size_t StateKeeper::Evict(size_t bytes) {
  size_t evicted = 0;
  const size_t most = std::min(bytes, kMostEvicted);
  for (const auto& task : *tasks_) {
    if (evicted < most) evicted += task->Evict(most - evicted);
  }
  return evicted;
}

Status StateKeeper::CheckFixed(const StateMemory& sum) const {
  if (sum.fixed <= std::max(budget_->limit(), kAlwaysAllowed)) return Status::Ok();
  const OperatorTask* largest = nullptr;
  size_t bytes = 0;
  for (const auto& task : *tasks_) {
    const size_t fixed = task->op().Memory().fixed;
    if (fixed <= bytes) continue;
    largest = task.get();
    bytes = fixed;
  }
  return ResourceExhaustedError(
      "state that can't leave memory takes {:.0f} MiB, more than state_memory = {:.0f} MiB (most "
      "of "
      "it here: {} with {:.0f} MiB): give the pipeline a larger state_memory, or let the stage "
      "keep "
      "less (a shorter window, gap or time to live)",
      MiB(sum.fixed), MiB(budget_->limit()), largest == nullptr ? "none" : largest->name(),
      MiB(bytes));
}

}  // namespace weir
