#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/base/status.h"
#include "runtime/exec/operator_task.h"
#include "runtime/state/state_budget.h"

namespace weir {

/// Keeps the state of one worker's tasks within its part of `state_memory`: rows leave when there
/// is too much of them, and come back by sweeps. Called between batches, does little at a time.
/// One thread.
class StateKeeper {
 public:
  using Tasks = std::vector<std::unique_ptr<OperatorTask>>;

  /// `tasks` outlive it; `budget` may be null: nothing is kept within anything.
  StateKeeper(uint32_t worker, const Tasks* tasks, std::shared_ptr<StateBudget> budget)
      : worker_(worker), tasks_(tasks), budget_(std::move(budget)) {}

  /// Commit `epoch` has returned: what it holds may leave. Cheap when it is known.
  void Committed(uint64_t epoch);
  /// True when it did something. ResourceExhausted: what can't leave takes more than all there is.
  Result<bool> Tend(bool every_time);

  /// Sources wait: what is in memory has to be written before it can leave.
  bool holds_back() const { return holds_back_; }
  /// A checkpoint should come before its time.
  bool wants_checkpoint() const { return wants_checkpoint_; }

 private:
  Status CheckFixed(const StateMemory& sum) const;
  /// Something may wait for a sweep, and nothing else may ever come.
  bool AnyUpkeep() const;
  Result<bool> Sweep(bool take_all);
  size_t Evict(size_t bytes);

  const uint32_t worker_;
  const Tasks* tasks_;
  const std::shared_ptr<StateBudget> budget_;
  uint64_t committed_ = 0;
  StateMemory reported_;
  uint32_t calls_ = 0;
  bool busy_ = true;  ///< there may be something to do at once
  bool holds_back_ = false;
  bool wants_checkpoint_ = false;
};

}  // namespace weir
