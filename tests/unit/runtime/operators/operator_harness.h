#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/state/state_backend.h"
#include "runtime/vector/column_gather.h"

namespace weir {

/// A row on its way into an operator under test.
struct TestRow {
  std::vector<Value> values;
  Micros time = 0;
  Micros stamp = kMinTimestamp;  ///< watermark of its partition when it was read
};

/// A row that came out.
struct EmittedRow {
  int port = 0;
  bool deleted = false;
  Micros time = 0;
  Micros stamp = 0;
  Micros told = kMinTimestamp;  ///< output watermark that readers knew
  std::vector<Value> values;
  std::string json;
};

inline RecordBatch MakeTestBatch(const SchemaPtr& schema, const std::vector<TestRow>& rows) {
  const auto count = static_cast<uint32_t>(rows.size());
  std::vector<ColumnPtr> columns;
  for (int i = 0; i < schema->num_fields(); ++i) {
    ColumnGather gather(schema->field(i).type, /*copy_strings=*/true);
    for (const TestRow& row : rows) gather.AppendValue(row.values[static_cast<size_t>(i)]);
    columns.push_back(Column::Flatten(gather.Finish()));
  }
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  MutableColumnPtr stamps = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    times->mutable_data<Micros>()[i] = rows[i].time;
    stamps->mutable_data<Micros>()[i] = rows[i].stamp;
  }
  HiddenColumns hidden;
  hidden.event_time = times;
  hidden.watermark = stamps;
  hidden.origin = Column::Constant(Value::Int64(0), count);
  hidden.offset = times;
  return RecordBatch(schema, std::move(columns), count, std::move(hidden));
}

/// Runs one operator as a task would: ledger checked after every call, state through a backend.
/// One that `evicts` has a commit now and then, after which whatever may leave memory does, and
/// sweeps in tiny slices.
class OperatorHarness final : public Collector {
 public:
  using Make = std::function<std::unique_ptr<Operator>()>;

  OperatorHarness(Make make, SchemaPtr input, uint32_t batch_rows = 2048, bool evicts = false)
      : make_(std::move(make)),
        input_(std::move(input)),
        batch_rows_(batch_rows),
        evicts_(evicts),
        backend_(MakeMemoryStateBackend()) {
    Start();
  }

  /// In batches of the harness's size.
  void Process(const std::vector<TestRow>& rows) {
    for (size_t begin = 0; begin < rows.size(); begin += batch_rows_) {
      const size_t end = std::min<size_t>(rows.size(), begin + batch_rows_);
      const RecordBatch batch = MakeTestBatch(input_, {rows.begin() + static_cast<ptrdiff_t>(begin),
                                                       rows.begin() + static_cast<ptrdiff_t>(end)});
      Call(op_->ProcessBatch(0, batch, *this));
    }
  }
  void Watermark(Micros watermark) {
    const Status processed = op_->ProcessWatermark(watermark, *this);
    watermark_ = std::max(watermark_, watermark);
    Call(processed);
  }
  void Time(Micros now) {
    // The clock stands still until a worker has nothing else to do.
    while (cold_ && op_->has_upkeep()) Sweep(/*take_all=*/false);
    clock_.AdvanceTo(now);
    if (op_->NextProcessingTime() <= now) Call(op_->ProcessTime(now, *this));
  }
  void Flush() { Call(op_->Flush(*this)); }
  void Finish() { Call(op_->Finish(*this)); }

  /// Before any data: committed rows may leave memory.
  void LetRowsLeave() {
    cold_ = true;
    Start();
  }
  /// Those that may, until about `bytes` are free; what has left.
  size_t Evict(size_t bytes) {
    op_->Committed(backend_->last_epoch());
    return op_->Evict(bytes);
  }
  void Sweep(bool take_all, SliceBudget budget = SliceBudget(500)) {
    Check(op_->Sweep(budget, take_all));
  }

  void Snapshot() {
    WriteSealed(SliceBudget::Unlimited());
    op_->Committed(backend_->last_epoch());
    sealed_ = std::make_unique<StateWriter>(op_->node().name);
    Check(op_->Snapshot(*sealed_));
    committed_rows_ = emitted_.size();
    committed_ledger_ = op_->ledger();
  }
  /// A new instance with the state of the last Snapshot; ledger as the task restores it.
  void Restore() {
    WriteSealed(SliceBudget::Unlimited());
    Start();
    const StateReader reader(*backend_, op_->node().name, 0, kNumKeyGroups, true);
    Check(op_->Restore(reader));
    auto gauges = op_->ledger().gauges;
    op_->ledger() = committed_ledger_;
    op_->ledger().gauges = gauges;
    watermark_ = told_ = kMinTimestamp;
  }
  /// All sweeps to their end.
  void FinishSweeps() {
    for (int i = 0; i < 10'000 && op_->has_upkeep(); ++i) SweepSome(20'000);
  }
  /// A commit, after which all that may leave memory does.
  void EvictAll() {
    Snapshot();
    WriteSealed(SliceBudget::Unlimited());
    // The first look only takes note that a row was not used since.
    for (int i = 0; i < 2; ++i) evicted_ += op_->Evict(SIZE_MAX);
  }
  /// The last commit loses an entry that belongs to no key.
  void Forget(std::string_view slot, std::string_view key) {
    WriteSealed(SliceBudget::Unlimited());
    StateWriter writer(op_->node().name);
    writer.Delete(slot, kUnkeyedGroup, key);
    ASSERT_TRUE(backend_->Commit(backend_->last_epoch() + 1, {writer.Take()}).ok());
  }
  /// Entries that the backend holds for the operator in `slot`.
  size_t StateRows(std::string_view slot) {
    WriteSealed(SliceBudget::Unlimited());
    size_t rows = 0;
    const StateReader reader(*backend_, op_->node().name, 0, kNumKeyGroups, true);
    (void)reader.ForEach(slot, [&](uint32_t, std::string_view, std::string_view) {
      ++rows;
      return Status::Ok();
    });
    return rows;
  }

  void Emit(int port, RecordBatch batch) override {
    batch.rows().ForEach([&](RowIndex row) {
      EmittedRow out;
      out.port = port;
      const HiddenColumns& hidden = batch.hidden();
      out.deleted = hidden.op != nullptr && ColumnView<uint8_t>(*hidden.op)[row] != 0;
      if (hidden.event_time) out.time = ColumnView<Micros>(*hidden.event_time)[row];
      if (hidden.watermark) out.stamp = ColumnView<Micros>(*hidden.watermark)[row];
      out.told = told_;
      for (const ColumnPtr& column : batch.columns()) out.values.push_back(column->ValueAt(row));
      for (const Value& value : out.values) out.json += value.ToJson() + " ";
      emitted_.push_back(std::move(out));
      ++emitted_by_call_;
    });
  }

  const std::vector<EmittedRow>& emitted() const { return emitted_; }
  std::vector<EmittedRow> Take() { return std::exchange(emitted_, {}); }
  Operator& op() { return *op_; }
  ManualClock& clock() { return clock_; }
  const Status& status() const { return status_; }
  /// Rows that the largest single call has emitted, and how many calls there were.
  size_t most_at_once() const { return most_at_once_; }
  size_t calls() const { return calls_; }
  void ExpectFailure() { expect_failure_ = true; }
  /// Bytes that have left memory.
  size_t evicted() const { return evicted_; }
  /// What readers have been told.
  Micros told() const { return told_; }

 private:
  void Start() {
    op_ = make_();
    OperatorContext context;
    context.clock = &clock_;
    context.batch_rows = batch_rows_;
    context.verify_state = true;
    if (evicts_ || cold_) {
      context.cold_state =
          std::make_shared<StateReader>(*backend_, op_->node().name, 0, kNumKeyGroups, true);
    }
    const Status opened = op_->Open(context);
    ASSERT_TRUE(opened.ok()) << opened.ToString();
  }
  /// A task would resume the operator when there is room; here there always is.
  void Call(const Status& status) {
    CallToEnd(status);
    if (!evicts_ || !status_.ok()) return;
    if (random_() % 3 == 0) EvictAll();
    if (random_() % 3 != 0) SweepSome(200);
  }
  void SweepSome(size_t bytes) {
    SliceBudget budget(bytes);
    CallToEnd(op_->Sweep(budget, random_() % 16 == 0));
  }
  void CallToEnd(const Status& status) {
    Check(status);
    EndCall();
    auto* resumable = dynamic_cast<Resumable*>(op_.get());
    while (resumable != nullptr && resumable->HasMore() && status_.ok()) {
      Check(resumable->Resume(*this));
      EndCall();
    }
    if (watermark_ == kMinTimestamp) return;
    const bool ended = watermark_ == kMaxTimestamp;
    told_ = std::max(told_, ended ? kMaxTimestamp : op_->OutputWatermark(watermark_));
  }
  /// What the last Snapshot has sealed; with all of it written it is committed.
  void WriteSealed(SliceBudget budget) {
    if (sealed_ == nullptr || !op_->WriteSealed(budget)) return;
    const uint64_t epoch = backend_->last_epoch() + 1;
    ASSERT_TRUE(backend_->Commit(epoch, {sealed_->Take()}).ok());
    sealed_.reset();
    op_->Committed(epoch);
  }
  void EndCall() {
    WriteSealed(SliceBudget(200));
    most_at_once_ = std::max(most_at_once_, std::exchange(emitted_by_call_, 0));
    ++calls_;
  }
  void Check(const Status& status) {
    if (!status.ok()) status_ = status;
    if (!expect_failure_) {
      ASSERT_TRUE(status.ok()) << status.ToString();
    }
    ASSERT_EQ(op_->ledger().Check(), "");
  }

  Make make_;
  SchemaPtr input_;
  uint32_t batch_rows_;
  bool evicts_;
  std::unique_ptr<StateBackend> backend_;
  std::unique_ptr<StateWriter> sealed_;
  std::unique_ptr<Operator> op_;
  ManualClock clock_;
  std::mt19937 random_;
  size_t evicted_ = 0;
  Micros watermark_ = kMinTimestamp;
  Micros told_ = kMinTimestamp;
  std::vector<EmittedRow> emitted_;
  size_t emitted_by_call_ = 0;
  size_t most_at_once_ = 0;
  size_t calls_ = 0;
  size_t committed_rows_ = 0;
  Ledger committed_ledger_;
  Status status_;
  bool expect_failure_ = false;
  bool cold_ = false;
};

}  // namespace weir
