#include "runtime/operators/partial_aggregate_operator.h"

#include <algorithm>

#include "runtime/vector/key_encoder.h"

namespace weir {

PartialAggregateOperator::PartialAggregateOperator(const plan::AggregateNode& node)
    : Operator(node),
      aggregate_(node),
      panes_of_(node.window),
      schema_(plan::PartialAggregateSchema(node)),
      errors_to_(node, node.error),
      late_to_(node, node.late),
      input_(node),
      assigner_(panes_of_, node.lateness) {}

PartialAggregateOperator::~PartialAggregateOperator() = default;

Status PartialAggregateOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  late_to_.Open(context_);
  WEIR_TRY(input_.Open());
  WEIR_ASSIGN(accumulators_, Accumulators::Make(aggregate_.aggregates, 0));
  return Status::Ok();
}

Status PartialAggregateOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  input_.Evaluate(batch, batch.rows(), context_.clock->Now(), failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  assigner_.Assign(batch, rows, watermark_);
  ledger_.partly_late += assigner_.partly_late();
  WEIR_TRY(late_to_.RouteLate(batch, assigner_.late(), ledger_, out));
  input_.EncodeKeys(rows, batch.capacity());
  for (const auto& [key, pane_rows] : assigner_.panes()) {
    std::unique_ptr<StateTable>& groups = panes_[key];
    if (groups == nullptr) {
      groups = std::make_unique<StateTable>(
          accumulators_->block_size(), [this](uint8_t* block) { accumulators_->Destroy(block); });
    }
    AddToPane(batch, *groups, pane_rows);
  }
  ledger_.absorbed += rows.count() - static_cast<int64_t>(assigner_.late().size());
  if (groups_ > kMostGroups) Send(kMaxTimestamp, out);
  return Status::Ok();
}

void PartialAggregateOperator::AddToPane(const RecordBatch& batch, StateTable& groups,
                                         const RowIndices& rows) {
  blocks_.resize(batch.capacity());
  created_.clear();
  const RowSet row_set = RowSet::Of(rows);
  groups.FindOrCreate(input_.keys(), row_set, blocks_.data(), created_);
  for (uint8_t* block : created_) accumulators_->Init(block);
  groups_ += created_.size();
  // Aggregates that may refuse a row are not planned in two halves.
  RowErrors none;
  accumulators_->Update(batch.hidden(), blocks_.data(), input_.arguments(),
                        input_.FilteredRows(row_set), batch.capacity(), none);
}

Status PartialAggregateOperator::ProcessWatermark(Micros watermark, Collector& out) {
  Send(watermark == kMaxTimestamp ? watermark : watermark - aggregate_.lateness, out);
  watermark_ = std::max(watermark_, watermark);
  return Status::Ok();
}

Status PartialAggregateOperator::PrepareBarrier(Collector& out) {
  Send(kMaxTimestamp, out);
  return Status::Ok();
}

void PartialAggregateOperator::Send(Micros end, Collector& out) {
  for (auto pane = panes_.begin(); pane != panes_.end();) {
    if (pane->first.second > end) {
      ++pane;
      continue;
    }
    SendPane(pane->first, *pane->second, out);
    pane = panes_.erase(pane);
  }
}

void PartialAggregateOperator::SendPane(const PaneAssigner::PaneKey& pane, StateTable& groups,
                                        Collector& out) {
  std::vector<uint8_t*> blocks;
  groups.ForEach([&](uint8_t* block) { blocks.push_back(block); });
  std::sort(blocks.begin(), blocks.end(), [](const uint8_t* a, const uint8_t* b) {
    return StateTable::KeyOf(a) < StateTable::KeyOf(b);
  });
  groups_ -= blocks.size();
  for (size_t begin = 0; begin < blocks.size(); begin += context_.batch_rows) {
    const auto count =
        static_cast<uint32_t>(std::min<size_t>(blocks.size() - begin, context_.batch_rows));
    std::vector<std::string_view> keys;
    std::vector<size_t> ends;
    auto bytes = std::make_shared<std::string>();
    for (uint32_t i = 0; i < count; ++i) {
      keys.push_back(StateTable::KeyOf(blocks[begin + i]));
      accumulators_->Serialize(blocks[begin + i], *bytes);
      ends.push_back(bytes->size());
    }
    std::vector<ColumnPtr> columns = KeyEncoder::Decode(input_.keys().types(), keys);
    columns.push_back(Column::Constant(Value::Timestamp(pane.first), count));
    columns.push_back(Column::Constant(Value::Timestamp(pane.second), count));
    MutableColumnPtr partials = Column::Make(DataType::Bytes(), count);
    for (uint32_t i = 0; i < count; ++i) {
      const size_t start = i == 0 ? 0 : ends[i - 1];
      partials->mutable_data<std::string_view>()[i] =
          std::string_view(*bytes).substr(start, ends[i] - start);
    }
    partials->AddOwner(std::move(bytes));
    columns.push_back(std::move(partials));
    HiddenColumns hidden;
    hidden.event_time = Column::Constant(Value::Timestamp(pane.first), count);
    hidden.watermark = Column::Constant(Value::Timestamp(watermark_), count);
    ledger_.produced["partial"] += count;
    ledger_.rows_out += count;
    out.Emit(0, RecordBatch(schema_, std::move(columns), count, std::move(hidden)));
  }
}

}  // namespace weir
