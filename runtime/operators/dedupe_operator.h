#pragma once

#include <map>
#include <memory>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/dedupe_bucket.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/operator.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `dedupe by keys within d` (guarantees.md rule 25). A row is a duplicate when its key was first
/// seen, in order of arrival, less than `within` of event time away. Sightings live in buckets a
/// quarter of `within` wide that are dropped whole once no row can match them any more; buckets are
/// only storage. A row older than its watermark minus `within` can't be judged: it takes the
/// stage's error route.
class DedupeOperator final : public Operator {
 public:
  explicit DedupeOperator(const plan::DedupeNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  bool WriteSealed(SliceBudget& budget) override;
  StateMemory Memory() override;
  Status Restore(const StateReader& in) override;

 private:
  /// What a bucket had at the last Snapshot and is yet to be written.
  struct SealedBucket {
    Micros start;
    std::shared_ptr<DedupeBucket> bucket;
    std::vector<std::string> blobs;  ///< by key group, from `next` on
    uint32_t next = 0;
  };

  Micros BucketOf(Micros event_time) const;
  DedupeBucket& BucketAt(Micros start);
  /// Rows that are old enough to be unknown; fails them.
  void FailOldRows(const RecordBatch& batch, RowErrors& errors) const;
  /// True when the key was seen less than `within` away; remembers it otherwise.
  bool SeenBefore(std::string_view key, uint64_t hash, Micros event_time);
  void WriteBlob(SealedBucket& sealed, uint32_t group, SliceBudget& budget);
  void DeleteBlobs(const DedupeBucket& bucket);
  void Prefetch(const RowSet& rows, uint32_t at) const;

  const plan::DedupeNode& dedupe_;
  const Micros width_;  ///< of a bucket
  RowRouter errors_to_;
  RowRouter duplicates_to_;
  std::vector<std::unique_ptr<Evaluator>> key_exprs_;
  KeyEncoder keys_;
  bool fixed_keys_;
  FailingRows failing_;
  std::map<Micros, std::shared_ptr<DedupeBucket>> buckets_;  ///< by start
  SlotChanges dropped_;  ///< deletes of the blobs of buckets that are gone
  std::vector<SealedBucket> sealed_;
  StateWriter* sealed_to_ = nullptr;
  Micros watermark_ = kMinTimestamp;
  uint64_t next_blob_ = 1;
};

}  // namespace weir
