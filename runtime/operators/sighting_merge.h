#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/operators/dedupe_bucket.h"
#include "runtime/state/slice_budget.h"
#include "runtime/state/state_access.h"

namespace weir {

/// Reads the cold runs of a shelf that shall become one, in slices. One thread.
class SightingMerge {
 public:
  SightingMerge(std::shared_ptr<DedupeBucket> bucket, uint32_t group, std::vector<size_t> runs)
      : bucket_(std::move(bucket)), group_(group), runs_(std::move(runs)) {}

  const std::shared_ptr<DedupeBucket>& bucket() const { return bucket_; }
  uint32_t group() const { return group_; }
  SightingShelf& shelf() const { return *bucket_->shelves[group_]; }
  /// Reads more; true when all is there.
  Result<bool> Read(const StateReader& reader, SliceBudget& budget);
  size_t runs() const { return runs_.size(); }
  size_t ByteSize() const { return sightings_.size(); }
  bool writing() const { return writer_.has_value(); }
  /// Then: writes, in slices; true when all is written.
  bool Write(StateWriter& out, SliceBudget& budget);

 private:
  const std::shared_ptr<DedupeBucket> bucket_;
  const uint32_t group_;
  std::vector<size_t> runs_;  ///< places in the shelf's cold()
  size_t run_ = 0;            ///< of runs_, the one that is read
  uint32_t page_ = 0;         ///< of it, the next one
  std::string sightings_;
  std::optional<SightingRunWriter> writer_;
};

}  // namespace weir
