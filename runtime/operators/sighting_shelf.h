#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operators/sighting_log.h"
#include "runtime/operators/sighting_run.h"
#include "runtime/operators/sighting_run_writer.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"

namespace weir {

/// The sightings of one bucket and key group. New ones are in a log in memory. A barrier writes
/// what is new as a run, or, while it is little, as a blob (the tail: slot "ids", key = start of
/// the bucket) that the next barrier writes again, grown. So runs cover the front of the log, the
/// tail what is behind them. The front may leave memory when its runs are committed: they are cold
/// then, only their filters are looked at. Several runs of a size become one: from the log while it
/// has them, else of what is read back. One thread.
class SightingShelf {
 public:
  static constexpr char kTails[] = "ids";

  SightingShelf(bool keys_of_16_bytes, SightingRun::Place place)
      : form_(keys_of_16_bytes), place_(place), log_(keys_of_16_bytes) {}

  const SightingForm& form() const { return form_; }
  SightingRun::Place place() const { return place_; }
  const SightingLog& log() const { return log_; }
  size_t Add(std::string_view key, uint64_t hash, Micros time) { return log_.Add(key, hash, time); }

  /// What Write writes ends here.
  void Seal() { sealed_ = log_.end(); }
  /// Goes on within the budget; true when all is written. `all_in_runs`: leaves no tail, since only
  /// what runs cover may leave. Runs that are not larger are written again with the new one while
  /// `allowance`, in bytes, lasts.
  bool Write(bool all_in_runs, size_t& allowance, StateWriter& out, SliceBudget& budget);
  /// All that was written so far is in a commit that has returned.
  void Committed();
  /// The front that committed runs cover leaves; false when that is nothing, or not worth it.
  bool Evict();

  /// Runs that cover the log from its beginning.
  const std::vector<SightingRun>& hot() const { return hot_; }
  /// Runs whose sightings are on disk only, oldest first.
  const std::vector<SightingRun>& cold() const { return cold_; }
  /// Cold runs that should become one, by place in cold(); empty: none.
  std::vector<size_t> Mergeable() const;
  uint64_t TakeSequence() { return next_sequence_++; }
  /// `merged` has the sightings of these and is written; cold() has the old ones until Committed.
  void Replace(std::vector<size_t> runs, SightingRun merged, StateWriter& out);
  /// The run that takes the place of cold()[run], once that is committed; else null.
  const SightingRun* Replacement(size_t run) const;

  /// From a commit: a run, whose sightings stay on disk, or come behind those that are there.
  void AddCold(SightingRun run);
  bool AddHot(SightingRun run, std::string_view sightings);
  bool AddTail(std::string_view key, std::string_view sightings);
  /// Only Delete may be called afterwards.
  void ForgetLog() { log_ = SightingLog(form_.fixed()); }
  /// Ends all entries. Nothing else may be called afterwards.
  void Delete(StateWriter& out) const;

  bool has_tail() const { return covered_ < written_; }
  /// What it takes, in bytes; of the log, what no barrier has written, and what only the tail has.
  struct Sizes {
    size_t log = 0, fixed = 0, unwritten = 0, tail = 0;
  };
  Sizes Measure() const;

  bool touched = false;  ///< has sightings that are not sealed
  bool merging = false;  ///< until Committed

 private:
  void DeleteTails(StateWriter& out);
  uint64_t AbsorbRuns(size_t& allowance, StateWriter& out);

  const SightingForm form_;
  const SightingRun::Place place_;
  SightingLog log_;
  std::vector<SightingRun> hot_;  ///< cover the log from its beginning up to covered_
  std::vector<SightingRun> cold_;
  std::optional<SightingRun> merged_;  ///< waits for its commit
  std::vector<size_t> replaced_;       ///< by merged_: places in cold_, ascending
  uint64_t covered_ = 0;               ///< positions in the log
  uint64_t written_ = 0;
  uint64_t sealed_ = 0;
  std::optional<SightingRunWriter> writer_;  ///< of the log from writes_from_ to sealed_
  uint64_t writes_from_ = 0;
  std::vector<std::string> tails_;  ///< keys of the entries that cover up to written_
  uint64_t next_sequence_ = 1;
};

}  // namespace weir
