#include "runtime/operators/anomaly_operator.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/row_stamps.h"

namespace weir {
namespace {

constexpr char kHistoryVersion = 1;

}  // namespace

AnomalyOperator::AnomalyOperator(const plan::AnomalyNode& node)
    : Operator(node),
      anomaly_(node),
      errors_to_(node, node.error),
      keys_(TypesOf(node.keys)),
      table_(sizeof(History), [](uint8_t* block) { delete HistoryOf(block).values; }) {}

Status AnomalyOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(key_exprs_, CompileAll(anomaly_.keys));
  WEIR_ASSIGN(value_, Evaluator::Compile(anomaly_.value));
  Store(table_, "history", [](const uint8_t* block, std::string& out) {
    Serialize(*reinterpret_cast<const History*>(block), out);
  });
  return Status::Ok();
}

bool AnomalyOperator::IsForgotten(const History& history, Micros watermark) const {
  return anomaly_.forget_after > 0 && history.last_row != kMinTimestamp &&
         watermark != kMaxTimestamp && history.last_row + anomaly_.forget_after <= watermark;
}

AnomalyOperator::Score AnomalyOperator::Judge(const History& history, double value) const {
  const std::vector<double>& values = *history.values;
  Score result;
  if (values.empty()) {
    result.expected = value;
    return result;
  }
  // Oldest first, wherever the ring begins: in any other order the last digit would differ, and a
  // restored ring begins elsewhere.
  const auto each = [&](auto&& body) {
    for (size_t i = history.next; i < values.size(); ++i) body(values[i]);
    for (size_t i = 0; i < history.next; ++i) body(values[i]);
  };
  double sum = 0;
  each([&](double known) { sum += known; });
  const auto count = static_cast<double>(values.size());
  result.expected = sum / count;
  if (values.size() < static_cast<size_t>(anomaly_.warmup) || std::isnan(value)) return result;
  double squares = 0;
  each([&](double known) { squares += (known - result.expected) * (known - result.expected); });
  const double deviation = std::sqrt(squares / count);
  const double distance = value - result.expected;
  if (distance != 0) {
    result.score = deviation > 0 ? std::clamp(distance / deviation, -kMaxScore, kMaxScore)
                                 : std::copysign(kMaxScore, distance);
  }
  result.is_anomaly = std::abs(result.score) >= anomaly_.threshold;
  return result;
}

void AnomalyOperator::Remember(History& history, double value) const {
  if (std::isnan(value)) return;
  std::vector<double>& values = *history.values;
  if (values.size() < static_cast<size_t>(anomaly_.history)) {
    values.push_back(value);
    return;
  }
  values[history.next] = value;
  history.next = (history.next + 1) % values.size();
}

Status AnomalyOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (const auto& key : key_exprs_) {
    columns.push_back(key->Evaluate(input, batch.rows(), failing_.errors()));
    key_columns.push_back(columns.back().get());
  }
  const ColumnPtr values = value_->Evaluate(input, batch.rows(), failing_.errors());
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  keys_.Encode(key_columns, rows, batch.capacity());
  blocks_.resize(batch.capacity());
  created_.clear();
  table_.FindOrCreate(keys_, rows, blocks_.data(), created_);
  for (uint8_t* block : created_) {
    HistoryOf(block) = {new std::vector<double>(), 0, kMinTimestamp};
  }
  const ColumnView<double> view(*values);
  const ColumnView<Micros> times(*batch.hidden().event_time);
  const RowStamps stamps(batch);
  MutableColumnPtr score = Column::Make(DataType::Float64(), batch.capacity());
  MutableColumnPtr expected = Column::Make(DataType::Float64(), batch.capacity());
  MutableColumnPtr is_anomaly = Column::Make(DataType::Bool(), batch.capacity());
  rows.ForEach([&](RowIndex row) {
    History& history = HistoryOf(blocks_[row]);
    const Micros stamp = stamps[row];
    if (IsForgotten(history, std::max(stamp, watermark_))) {
      history.values->clear();
      history.next = 0;
    }
    const Score judged = Judge(history, view[row]);
    score->mutable_data<double>()[row] = judged.score;
    expected->mutable_data<double>()[row] = judged.expected;
    is_anomaly->mutable_data<uint8_t>()[row] = judged.is_anomaly ? 1 : 0;
    Remember(history, view[row]);
    history.last_row = std::max(history.last_row, times[row]);
  });
  std::vector<ColumnPtr> result = batch.columns();
  result.push_back(Column::MakeStruct(anomaly_.schema->fields().back().type, batch.capacity(),
                                      {score, expected, is_anomaly}));
  ledger_.passed += rows.count();
  ledger_.rows_out += rows.count();
  EmitRows(batch.WithColumns(anomaly_.schema, std::move(result)), rows, 0, out);
  return Status::Ok();
}

Status AnomalyOperator::ProcessWatermark(Micros watermark, Collector&) {
  watermark_ = std::max(watermark_, watermark);
  if (anomaly_.forget_after > 0 && watermark != kMaxTimestamp) {
    std::vector<uint8_t*> forgotten;
    table_.ForEach([&](uint8_t* block) {
      if (IsForgotten(HistoryOf(block), watermark)) forgotten.push_back(block);
    });
    for (uint8_t* block : forgotten) table_.Erase(block);
  }
  ledger_.gauges["keys"] = static_cast<int64_t>(table_.size());
  return Status::Ok();
}

// Entries: slot "history", by encoded key: version, time of the last row, values, oldest first.
void AnomalyOperator::Serialize(const History& history, std::string& out) {
  out.push_back(kHistoryVersion);
  out.append(reinterpret_cast<const char*>(&history.last_row), sizeof(Micros));
  const std::vector<double>& values = *history.values;
  for (size_t i = 0; i < values.size(); ++i) {
    const double known = values[(history.next + i) % values.size()];
    out.append(reinterpret_cast<const char*>(&known), sizeof(known));
  }
}

Status AnomalyOperator::Snapshot(StateWriter& out) {
  table_.Seal(&out);
  return Status::Ok();
}

Status AnomalyOperator::Restore(const StateReader& in) {
  return in.ForEach("history",
                    [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                      constexpr size_t kHead = 1 + sizeof(Micros);
                      if (value.size() < kHead || value[0] != kHistoryVersion ||
                          (value.size() - kHead) % sizeof(double) != 0) {
                        return DataLossError("{}: a stored history is damaged", anomaly_.name);
                      }
                      History& history = HistoryOf(table_.AddCommitted(key, HashBytes(key)));
                      history = {new std::vector<double>(), 0, 0};
                      std::memcpy(&history.last_row, value.data() + 1, sizeof(Micros));
                      // A history that has become shorter keeps the newest values.
                      for (size_t at = kHead; at < value.size(); at += sizeof(double)) {
                        double known = 0;
                        std::memcpy(&known, value.data() + at, sizeof(known));
                        Remember(history, known);
                      }
                      return Status::Ok();
                    });
}

}  // namespace weir
