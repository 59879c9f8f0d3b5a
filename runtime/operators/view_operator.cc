#include "runtime/operators/view_operator.h"

#include <algorithm>

#include "runtime/base/hash.h"
#include "runtime/operators/row_json.h"
#include "runtime/operators/update_pace.h"
#include "runtime/vector/batch_builder.h"

namespace weir {
namespace {

constexpr size_t kBytesPerRow = 256;

std::vector<DataType> KeyTypes(const plan::ViewNode& view) {
  std::vector<DataType> types;
  for (int column : view.key) types.push_back(view.schema->field(column).type);
  return types;
}

bool IsDelete(const RecordBatch& batch, RowIndex row) {
  const ColumnPtr& op = batch.hidden().op;
  return op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
}

}  // namespace

ViewOperator::ViewOperator(const plan::ViewNode& node, std::unique_ptr<SinkWriter> writer,
                           std::shared_ptr<ViewRows> rows)
    : Operator(node),
      view_(node),
      writer_(std::move(writer)),
      rows_(std::move(rows)),
      keys_(KeyTypes(node)) {}

Status ViewOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  if (writer_ == nullptr) return Status::Ok();
  return writer_->Open().WithContext(fmt::format("view {}", view_.view));
}

Status ViewOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  ledger_.absorbed += batch.num_rows();
  std::vector<const Column*> key_columns;
  for (int column : view_.key) key_columns.push_back(batch.column(column).get());
  keys_.Encode(key_columns, batch.rows(), batch.capacity());
  const size_t index = batches_.size();
  batches_.push_back(batch);
  batch.rows().ForEach([&](RowIndex row) {
    pending_[std::string(keys_.key(row))] = Pending{index, row, KeyGroupOf(keys_.hash(row))};
  });
  if (flush_at_ == kMaxTimestamp) flush_at_ = context_.clock->Now() + kCombineFor;
  // Bounds what is held back when the clock stands still or updates pour in.
  if (batches_.size() >= 64) return WriteOut(out);
  return Status::Ok();
}

void ViewOperator::Show(const RecordBatch& batch, RowIndex row, const std::string& key,
                        uint32_t key_group) {
  if (!sealed_.empty()) {
    if (const auto sealed = sealed_.find(key); sealed != sealed_.end()) {
      SliceBudget budget = SliceBudget::Unlimited();
      Write(key, key_group, budget);
      sealed_.erase(sealed);
    }
  }
  if (context_.keeps_state) dirty_[key] = key_group;
  if (IsDelete(batch, row)) {
    rows_->Delete(key);
    return;
  }
  std::string json;
  AppendRowJson(batch, row, json);
  rows_->Put(key, std::move(json));
}

Status ViewOperator::WriteOut(Collector& out) {
  flush_at_ = kMaxTimestamp;
  if (pending_.empty()) return Status::Ok();
  std::vector<RowIndices> rows(batches_.size());
  for (const auto& [key, at] : pending_) {
    Show(batches_[at.batch], at.row, key, at.key_group);
    rows[at.batch].push_back(at.row);
  }
  for (size_t i = 0; i < batches_.size(); ++i) {
    if (rows[i].empty()) continue;
    std::sort(rows[i].begin(), rows[i].end());
    const RecordBatch latest = batches_[i].WithSelection(std::move(rows[i]));
    ledger_.produced["update"] += latest.num_rows();
    ledger_.rows_out += latest.num_rows();
    if (writer_ != nullptr && muted()) ledger_.muted += latest.num_rows();
    if (writer_ != nullptr && !muted()) {
      WEIR_TRY(writer_->Append(latest).WithContext(fmt::format("view {}", view_.view)));
    }
    out.Emit(0, latest);
  }
  batches_.clear();
  pending_.clear();
  return Status::Ok();
}

Status ViewOperator::ProcessTime(Micros now, Collector& out) {
  return now >= flush_at_ ? WriteOut(out) : Status::Ok();
}

Micros ViewOperator::NextProcessingTime() const { return flush_at_; }

Status ViewOperator::Flush(Collector& out) { return WriteOut(out); }

/// What is held back would be lost to the target if the job went on from the checkpoint: the rows
/// that it comes from are not read again.
Status ViewOperator::PrepareBarrier(Collector& out) { return WriteOut(out); }

Status ViewOperator::Snapshot(StateWriter& out) {
  sealed_.swap(dirty_);
  sealed_to_ = &out;
  return Status::Ok();
}

bool ViewOperator::WriteSealed(SliceBudget& budget) {
  for (auto row = sealed_.begin(); row != sealed_.end(); sealed_.erase(row++)) {
    if (budget.spent()) return false;
    Write(row->first, row->second, budget);
  }
  sealed_.clear();
  return true;
}

void ViewOperator::Write(const std::string& key, uint32_t key_group, SliceBudget& budget) {
  const std::string json = rows_->Get(key);
  if (json.empty()) {
    sealed_to_->Delete("rows", key_group, key);
  } else {
    sealed_to_->Put("rows", key_group, key, json);
  }
  // Not by size: the rows come in an order that differs from run to run.
  budget.Take(kBytesPerRow);
}

Status ViewOperator::Restore(const StateReader& in) {
  return in.ForEach("rows", [this](uint32_t, std::string_view key, std::string_view json) {
    rows_->Put(key, std::string(json));
    return Status::Ok();
  });
}

Status ViewOperator::Freeze(uint64_t epoch) {
  if (writer_ == nullptr) return Status::Ok();
  const Status status = writer_->Freeze(epoch).WithContext(fmt::format("view {}", view_.view));
  PassBarrier(epoch);
  return status;
}

Status ViewOperator::Deliver(Collector&) {
  if (writer_ == nullptr) return Status::Ok();
  std::vector<RefusedRow> refused;
  WEIR_TRY(writer_->Deliver(refused).WithContext(fmt::format("view {}", view_.view)));
  if (refused.empty()) return Status::Ok();
  return FailedPreconditionError("view {}: {} rows refused: {}", view_.view, refused.size(),
                                 refused.front().message);
}

bool ViewOperator::HasUndelivered() const {
  return writer_ != nullptr && writer_->HasUndelivered();
}

Status ViewOperator::Tick(Micros now) {
  return writer_ == nullptr ? Status::Ok()
                            : writer_->Tick(now).WithContext(fmt::format("view {}", view_.view));
}

Status ViewOperator::Close() {
  return writer_ == nullptr ? Status::Ok()
                            : writer_->Close().WithContext(fmt::format("view {}", view_.view));
}

}  // namespace weir
