#include "runtime/operators/dedupe_operator.h"

#include <algorithm>
#include <utility>

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/row_stamps.h"

namespace weir {
DedupeOperator::DedupeOperator(const plan::DedupeNode& node)
    : Operator(node),
      dedupe_(node),
      errors_to_(node, node.error),
      duplicates_to_(node, node.duplicate),
      keys_(TypesOf(node.keys)) {}

Status DedupeOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  duplicates_to_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(dedupe_.keys));
  sightings_ = std::make_unique<SightingStore>(
      SightingStore::Options{dedupe_.within, SightingForm::IsFor(keys_.types()),
                             context_.keeps_state, context_.verify_state, context_.cold_state});
  return Status::Ok();
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

/// Into kept_ and duplicates_.
Status DedupeOperator::Split(const RowSet& rows, const ColumnView<Micros>& times,
                             uint32_t capacity) {
  constexpr uint32_t kAhead = 8;
  kept_.clear();
  kept_.reserve(rows.count());
  duplicates_.clear();
  const bool any_cold = sightings_->any_cold();
  if (any_cold) {
    seen_.assign(capacity, 0);
    const Status read = sightings_->LookUpCold(keys_, rows, times, seen_);
    if (!read.ok()) return read.WithContext(dedupe_.name);
  }
  for (uint32_t i = 0; i < rows.count(); ++i) {
    if (i + kAhead < rows.count()) sightings_->Prefetch(keys_.hash(rows[i + kAhead]));
    const RowIndex row = rows[i];
    if ((any_cold && seen_[row] != 0) ||
        sightings_->SeenBefore(keys_.key(row), keys_.hash(row), times[row])) {
      duplicates_.push_back({row, {}, {}, "duplicate", "duplicate"});
    } else {
      kept_.push_back(row);
    }
  }
  return Status::Ok();
}

Status DedupeOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
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
  WEIR_TRY(Split(rows, times, batch.capacity()));
  WEIR_TRY(duplicates_to_.Reject(batch, duplicates_, ledger_, out));
  ledger_.passed += static_cast<int64_t>(kept_.size());
  ledger_.rows_out += static_cast<int64_t>(kept_.size());
  EmitRows(batch, RowSet::Of(kept_), 0, out);
  return Status::Ok();
}

Status DedupeOperator::ProcessWatermark(Micros watermark, Collector&) {
  watermark_ = std::max(watermark_, watermark);
  // A row still accepted is at least watermark - within; it matches sightings less than `within`
  // before it. (At the end of input nothing is to come: the sightings stay for the final state.)
  ShowGauges();
  if (watermark == kMaxTimestamp || watermark < kMinTimestamp + 2 * dedupe_.within) {
    return Status::Ok();
  }
  sightings_->Expire(watermark - 2 * dedupe_.within);
  ShowGauges();
  return Status::Ok();
}

void DedupeOperator::ShowGauges() {
  ledger_.gauges["keys"] = sightings_->count();
  const SightingStore::Reads& reads = sightings_->reads();
  if (reads.pages == 0) return;
  ledger_.gauges["pages read"] = reads.pages;
  ledger_.gauges["keys read"] = reads.found;
  ledger_.gauges["keys not found"] = reads.not_found;
}

Status DedupeOperator::Snapshot(StateWriter& out) {
  ShowGauges();
  sightings_->Seal(&out);
  return Status::Ok();
}

Status DedupeOperator::Sweep(SliceBudget& budget, bool) {
  const Status swept = sightings_->Sweep(budget);
  return swept.ok() ? swept : swept.WithContext(dedupe_.name);
}

Status DedupeOperator::Restore(const StateReader& in) {
  return sightings_->Restore(in);  // JobBuilder names the stage
}

}  // namespace weir
