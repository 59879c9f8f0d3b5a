#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "runtime/operators/sighting_form.h"
#include "runtime/operators/sighting_run.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"

namespace weir {

/// Makes a run of sightings, in slices: first their pages are chosen, then they are brought
/// together page by page, then written. One thread.
class SightingRunWriter {
 public:
  SightingRunWriter(SightingForm form, SightingRun::Place place, uint64_t sequence)
      : form_(form), place_(place), sequence_(sequence) {}

  /// Goes on with `sightings`, whole ones one behind the other: the same bytes at each call,
  /// wherever they are by then. True when all is written.
  bool Write(std::string_view sightings, StateWriter& out, SliceBudget& budget);
  /// Then: the run.
  SightingRun Take() { return *std::move(run_); }

 private:
  bool ChoosePages(std::string_view sightings, SliceBudget& budget);
  void MakeRoom(std::string_view sightings);
  bool BringTogether(std::string_view sightings, SliceBudget& budget);
  bool WritePages(StateWriter& out, SliceBudget& budget);

  const SightingForm form_;
  const SightingRun::Place place_;
  const uint64_t sequence_;
  std::vector<uint64_t> hashes_;
  std::vector<size_t> ends_;       ///< by page: its size, then where it ends in bytes_
  std::vector<size_t> places_;     ///< by page: where its next sighting goes
  std::unique_ptr<char[]> bytes_;  ///< pages one behind the other
  size_t passed_ = 0;              ///< of the sightings, in this step
  size_t next_ = 0;                ///< hash, then page
  std::optional<SightingRun> run_;
};

}  // namespace weir
