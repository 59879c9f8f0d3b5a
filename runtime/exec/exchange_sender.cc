#include "runtime/exec/exchange_sender.h"

#include <utility>

#include "runtime/base/hash.h"
#include "runtime/eval/evaluator.h"

namespace weir {

ExchangeSender::ExchangeSender(SchemaPtr schema, std::vector<ExchangeChannel*> targets,
                               uint32_t self, const Clock* clock, WorkerContext* context)
    : schema_(std::move(schema)),
      targets_(targets.size()),
      self_(self),
      clock_(clock),
      context_(context) {
  for (size_t i = 0; i < targets.size(); ++i) targets_[i].channel = targets[i];
}

ExchangeSender::~ExchangeSender() = default;

Status ExchangeSender::Open(const std::vector<plan::ExprPtr>& keys) {
  std::vector<DataType> types;
  for (const plan::ExprPtr& key : keys) {
    WEIR_ASSIGN(auto evaluator, Evaluator::Compile(key));
    types.push_back(evaluator->type());
    keys_.push_back(std::move(evaluator));
  }
  if (keys_.empty()) return Status::Ok();
  encoder_ = std::make_unique<KeyEncoder>(std::move(types));
  for (Target& target : targets_) target.gathered = std::make_unique<BatchBuilder>(schema_);
  return Status::Ok();
}

void ExchangeSender::Batch(const RecordBatch& batch) {
  if (context_->failed()) return;
  if (keys_.empty()) {
    Push(targets_[0], batch);
    return;
  }
  Assign(batch);
  for (Target& target : targets_) {
    if (target.rows.empty()) continue;
    target.gathered->Append(batch, RowSet::Of(target.rows));
    if (target.gathered->num_rows() >= kFlushRows) FlushTarget(target);
  }
}

void ExchangeSender::Assign(const RecordBatch& batch) {
  for (Target& target : targets_) target.rows.clear();
  const EvalInput input = EvalInput::Of(batch, clock_->Now());
  RowErrors errors;
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> views;
  for (const auto& key : keys_) {
    columns.push_back(key->Evaluate(input, batch.rows(), errors));
    views.push_back(columns.back().get());
  }
  const auto workers = static_cast<uint32_t>(targets_.size());
  RowSet rows = batch.rows();
  RowIndices good;
  if (!errors.empty()) {
    // The reader evaluates the key again and routes these rows; until then they stay here.
    const RowIndices failed = errors.Rows();
    SubtractRows(rows, failed, good);
    rows = RowSet::Of(good);
    targets_[self_].rows = failed;
  }
  encoder_->Encode(views, rows, batch.capacity());
  const uint64_t* hashes = encoder_->hashes();
  rows.ForEach([&](RowIndex row) {
    targets_[WorkerOfKeyGroup(KeyGroupOf(hashes[row]), workers)].rows.push_back(row);
  });
}

void ExchangeSender::Push(Target& target, StreamElement element) {
  if (target.overflow.empty() && target.channel->TryPush(element)) return;
  if (target.overflow.empty()) ++overflowing_;
  target.overflow.push_back(std::move(element));
}

void ExchangeSender::FlushTarget(Target& target) {
  if (target.gathered == nullptr || target.gathered->empty()) return;
  Push(target, target.gathered->Finish());
}

void ExchangeSender::Send(const Control& control) {
  for (Target& target : targets_) {
    FlushTarget(target);
    Push(target, control);
  }
}

bool ExchangeSender::Flush() {
  bool any = false;
  for (Target& target : targets_) {
    if (target.gathered == nullptr || target.gathered->empty()) continue;
    any = true;
    FlushTarget(target);
  }
  return any;
}

bool ExchangeSender::Drain() {
  bool moved = false;
  for (Target& target : targets_) {
    if (target.overflow.empty()) continue;
    while (!target.overflow.empty() && target.channel->TryPush(target.overflow.front())) {
      target.overflow.pop_front();
      moved = true;
    }
    if (target.overflow.empty()) --overflowing_;
  }
  return moved;
}

}  // namespace weir
