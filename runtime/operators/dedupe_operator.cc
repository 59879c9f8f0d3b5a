#include "runtime/operators/dedupe_operator.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/row_stamps.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

/// From this size on a blob is not written again.
constexpr size_t kFullBlob = 4096;
constexpr char kIdsSlot[] = "ids";

bool IsPlain16(const std::vector<DataType>& types) {
  return types.size() == 1 && types[0].physical() == Physical::kFixed16 && !types[0].optional();
}

}  // namespace

DedupeOperator::DedupeOperator(const plan::DedupeNode& node)
    : Operator(node),
      dedupe_(node),
      width_(std::max<Micros>(node.within / 4, 1)),
      errors_to_(node, node.error),
      duplicates_to_(node, node.duplicate),
      keys_(TypesOf(node.keys)),
      fixed_keys_(IsPlain16(keys_.types())),
      dropped_(kIdsSlot) {}

Status DedupeOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  duplicates_to_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(dedupe_.keys));
  return Status::Ok();
}

Micros DedupeOperator::BucketOf(Micros event_time) const {
  Micros start = event_time / width_ * width_;
  return start > event_time ? start - width_ : start;
}

DedupeBucket& DedupeOperator::BucketAt(Micros start) {
  std::shared_ptr<DedupeBucket>& bucket = buckets_[start];
  if (bucket == nullptr) {
    bucket = std::make_shared<DedupeBucket>(fixed_keys_, context_.keeps_state);
  }
  return *bucket;
}

void DedupeOperator::FailOldRows(const RecordBatch& batch, RowErrors& errors) const {
  const RowStamps stamps(batch);
  const ColumnView<Micros> times(*batch.hidden().event_time);
  batch.rows().ForEach([&](RowIndex row) {
    const Micros stamp = stamps[row];
    const Micros watermark = std::max(stamp, watermark_);
    if (watermark >= kMinTimestamp + dedupe_.within && times[row] < watermark - dedupe_.within) {
      errors.Add(row, RowErrorCode::kTooOld, "too old to deduplicate");
    }
  });
}

bool DedupeOperator::SeenBefore(std::string_view key, uint64_t hash, Micros event_time) {
  // Newest first: duplicates mostly follow soon.
  for (auto bucket = buckets_.rbegin(); bucket != buckets_.rend(); ++bucket) {
    const Micros* first = bucket->second->Find(key, hash);
    if (first != nullptr && std::abs(event_time - *first) < dedupe_.within) return true;
  }
  BucketAt(BucketOf(event_time)).Insert(key, hash, event_time);
  return false;
}

void DedupeOperator::Prefetch(const RowSet& rows, uint32_t at) const {
  if (!fixed_keys_ || at >= rows.count()) return;
  const RowIndex row = rows[at];
  for (const auto& [start, bucket] : buckets_) bucket->Prefetch(keys_.key(row), keys_.hash(row));
}

Status DedupeOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  constexpr uint32_t kAhead = 8;
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (const auto& key : key_exprs_) {
    columns.push_back(key->Evaluate(input, batch.rows(), failing_.errors()));
    key_columns.push_back(columns.back().get());
  }
  FailOldRows(batch, failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  keys_.Encode(key_columns, rows, batch.capacity());
  const ColumnView<Micros> times(*batch.hidden().event_time);
  RowIndices kept;
  kept.reserve(rows.count());
  std::vector<RejectedRow> duplicates;
  for (uint32_t i = 0; i < rows.count(); ++i) {
    Prefetch(rows, i + kAhead);
    const RowIndex row = rows[i];
    if (SeenBefore(keys_.key(row), keys_.hash(row), times[row])) {
      duplicates.push_back({row, {}, {}, "duplicate", "duplicate"});
    } else {
      kept.push_back(row);
    }
  }
  WEIR_TRY(duplicates_to_.Reject(batch, duplicates, ledger_, out));
  ledger_.passed += static_cast<int64_t>(kept.size());
  ledger_.rows_out += static_cast<int64_t>(kept.size());
  EmitRows(batch, RowSet::Of(kept), 0, out);
  return Status::Ok();
}

Status DedupeOperator::ProcessWatermark(Micros watermark, Collector&) {
  watermark_ = std::max(watermark_, watermark);
  // A row still accepted is at least watermark - within; it matches sightings less than `within`
  // before it. (At the end of input nothing is to come: the sightings stay for the final state.)
  if (watermark == kMaxTimestamp || watermark < kMinTimestamp + 2 * dedupe_.within) {
    return Status::Ok();
  }
  const Micros oldest = watermark - 2 * dedupe_.within;
  while (!buckets_.empty() && buckets_.begin()->first + width_ <= oldest) {
    DedupeBucket& bucket = *buckets_.begin()->second;
    // What is sealed of it belongs to the checkpoint under way all the same.
    bucket.dropped = true;
    const bool writes_on =
        std::any_of(sealed_.begin(), sealed_.end(),
                    [&](const SealedBucket& sealed) { return sealed.bucket.get() == &bucket; });
    if (!writes_on) DeleteBlobs(bucket);
    buckets_.erase(buckets_.begin());
  }
  int64_t keys = 0;
  for (const auto& [start, bucket] : buckets_) keys += static_cast<int64_t>(bucket->size());
  ledger_.gauges["keys"] = keys;
  return Status::Ok();
}

// Entries: slot "ids", key = start of the bucket/worker/number: a blob of sightings.
Status DedupeOperator::Snapshot(StateWriter& out) {
  out.Append(std::exchange(dropped_, SlotChanges(kIdsSlot)));
  for (auto& [start, bucket] : buckets_) {
    std::vector<std::string> blobs = bucket->TakeNew();
    if (!blobs.empty()) sealed_.push_back({start, bucket, std::move(blobs)});
  }
  sealed_to_ = &out;
  ++next_blob_;
  return Status::Ok();
}

bool DedupeOperator::WriteSealed(SliceBudget& budget) {
  while (!sealed_.empty()) {
    SealedBucket& sealed = sealed_.back();
    for (; sealed.next < sealed.blobs.size(); ++sealed.next) {
      if (budget.spent()) return false;
      if (!sealed.blobs[sealed.next].empty()) WriteBlob(sealed, sealed.next, budget);
    }
    if (sealed.bucket->dropped) DeleteBlobs(*sealed.bucket);
    sealed_.pop_back();
  }
  return true;
}

StateMemory DedupeOperator::Memory() {
  StateMemory memory;
  for (const auto& [start, bucket] : buckets_) {
    memory.total += bucket->ByteSize();
    memory.dirty += bucket->new_bytes();
  }
  memory.fixed = memory.total;
  return memory;
}

void DedupeOperator::WriteBlob(SealedBucket& sealed, uint32_t group, SliceBudget& budget) {
  DedupeBucket& bucket = *sealed.bucket;
  std::string blob = std::exchange(sealed.blobs[group], {});
  DedupeBucket::Tail& tail = bucket.tails[group];
  if (tail.blob.empty()) {
    tail.key = fmt::format("{}/{}/{}", sealed.start, context_.worker, next_blob_);
    bucket.written.emplace_back(group, tail.key);
    tail.blob = std::move(blob);
  } else {
    tail.blob.append(blob, 1);  // without its version
  }
  budget.Take(tail.blob.size());
  sealed_to_->Put(kIdsSlot, group, tail.key, tail.blob);
  if (tail.blob.size() >= kFullBlob) tail.blob = {};
}

void DedupeOperator::DeleteBlobs(const DedupeBucket& bucket) {
  for (const auto& [group, key] : bucket.written) dropped_.Delete(group, key);
}

Status DedupeOperator::Restore(const StateReader& in) {
  return in.ForEach(
      kIdsSlot, [this](uint32_t group, std::string_view key, std::string_view blob) -> Status {
        const size_t slash = key.find('/');
        const std::optional<int64_t> start = ParseInt64(key.substr(0, slash));
        const std::optional<int64_t> sequence = ParseInt64(key.substr(key.rfind('/') + 1));
        if (!start || !sequence || !BucketAt(*start).AddBlob(blob)) {
          return DataLossError("{}: stored sightings {} are damaged", dedupe_.name, key);
        }
        buckets_[*start]->written.emplace_back(group, std::string(key));
        // New blobs must not take the name of one that another worker wrote before.
        next_blob_ = std::max(next_blob_, static_cast<uint64_t>(*sequence) + 1);
        return Status::Ok();
      });
}

}  // namespace weir
