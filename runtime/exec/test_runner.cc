#include "runtime/exec/test_runner.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/eval/evaluator.h"
#include "runtime/exec/record_decoder.h"
#include "runtime/exec/row_expectation.h"
#include "runtime/exec/test_metrics.h"

namespace weir {
namespace {

using plan::TestStep;

class TestRun {
 public:
  TestRun(std::shared_ptr<const plan::PhysicalPlan> plan, const TestJob::Options& options)
      : plan_(std::move(plan)), job_(plan_, options) {}

  TestResult Run(const plan::TestCase& test) {
    StartClock(test);
    for (const TestStep& step : test.steps) {
      const Status status = Do(step);
      if (status.ok()) continue;
      result_.failures.push_back({step.span, "the pipeline failed: " + status.message(), {}});
      return std::move(result_);
    }
    if (const std::string violated = job_.CheckLedgers(); !violated.empty()) {
      result_.failures.push_back({test.span, "the ledger does not add up: " + violated, {}});
    }
    return std::move(result_);
  }

 private:
  /// The clock starts at the `at` of the first `given` of a source, else at the largest event time
  /// of the first such given.
  void StartClock(const plan::TestCase& test) {
    for (const TestStep& step : test.steps) {
      if (step.kind != TestStep::Kind::kGiven || step.is_table) continue;
      if (step.at) return job_.StartClockAt(*step.at);
      const Micros largest = LargestEventTime(step);
      if (largest != kMinTimestamp) return job_.StartClockAt(largest);
    }
  }

  Micros LargestEventTime(const TestStep& step) const {
    Micros largest = kMinTimestamp;
    for (const plan::PhysicalNode& physical : plan_->nodes) {
      if (physical.logical->kind != plan::NodeKind::kSource) continue;
      const auto& node = static_cast<const plan::SourceNode&>(*physical.logical);
      if (node.source != step.name || node.time.time == nullptr) continue;
      Result<RecordDecoder> decoder = RecordDecoder::Make(node.decode, node.schema);
      auto time = Evaluator::Compile(node.time.time);
      if (!decoder.ok() || !time.ok()) return largest;
      RecordChunk chunk;
      for (const plan::GivenRecord& record : step.records) chunk.records.push_back(record.text);
      std::vector<ColumnPtr> columns;
      std::vector<RejectedRow> rejected;
      decoder->Decode(chunk, 0, columns, rejected);
      const auto count = static_cast<uint32_t>(chunk.size());
      const RecordBatch batch(node.schema, std::move(columns), count);
      RowIndices rows;
      for (RowIndex row = 0; row < count; ++row) {
        const bool bad = std::any_of(rejected.begin(), rejected.end(),
                                     [row](const RejectedRow& r) { return r.row == row; });
        if (!bad) rows.push_back(row);
      }
      RowErrors errors;
      const ColumnPtr times = (*time)->Evaluate(EvalInput::Of(batch, 0), RowSet::Of(rows), errors);
      for (RowIndex row : rows) {
        if (errors.Find(row) != nullptr || times->IsNull(row)) continue;
        largest = std::max(largest, ColumnView<Micros>(*times)[row]);
      }
    }
    return largest;
  }

  Status Do(const TestStep& step) {
    switch (step.kind) {
      case TestStep::Kind::kGiven: return Give(step);
      case TestStep::Kind::kAdvanceTo: return job_.AdvanceTo(step.at.value_or(job_.now()));
      case TestStep::Kind::kAdvanceBy: return job_.AdvanceTo(job_.now() + step.by);
      case TestStep::Kind::kRestart: return job_.Restart();
      case TestStep::Kind::kExpectRows: return ExpectRows(step);
      case TestStep::Kind::kExpectThat: return ExpectThat(step);
    }
    return Status::Ok();
  }

  Status Give(const TestStep& step) {
    for (const plan::GivenRecord& record : step.records) {
      if (step.is_table) {
        job_.GiveTable(step.name, record.text);
      } else {
        job_.Give(step.name, record.text);
      }
    }
    if (step.is_table) return Status::Ok();
    if (step.at && *step.at > job_.now()) WEIR_TRY(job_.AdvanceTo(*step.at));
    return job_.Run();
  }

  Status ExpectRows(const TestStep& step) {
    WEIR_TRY(job_.Run());
    const std::vector<RecordBatch>& batches = job_.capture().Batches(step.name);
    const plan::ViewNode* view = FindView(step.name);
    WEIR_ASSIGN(const std::vector<CapturedRow> rows,
                view != nullptr ? LatestRows(batches, view->key, step.where, job_.now())
                                : SelectRows(batches, step.where, job_.now()));
    std::vector<std::string> problems;
    CheckRows(step, rows, problems);
    if (problems.empty()) return Status::Ok();
    TestFailure failure{step.span, fmt::format("{} is not as expected", step.name), problems};
    result_.failures.push_back(std::move(failure));
    return Status::Ok();
  }

  /// Of a view one expects what it holds, of a stream everything that came through.
  const plan::ViewNode* FindView(const std::string& name) const {
    for (const plan::PhysicalNode& node : plan_->nodes) {
      if (node.logical->kind != plan::NodeKind::kView) continue;
      const auto& view = static_cast<const plan::ViewNode&>(*node.logical);
      if (view.view == name) return &view;
    }
    return nullptr;
  }

  Status ExpectThat(const TestStep& step) {
    WEIR_TRY(job_.Run());
    std::vector<ColumnPtr> columns;
    std::vector<std::string> notes;
    for (const plan::MetricRef& metric : step.metrics) {
      WEIR_ASSIGN(const int64_t value, TestMetric(job_, metric));
      columns.push_back(Column::Constant(Value::Int64(value), 1));
      notes.push_back(fmt::format("{}.{} is {}", metric.node, metric.metric, value));
    }
    WEIR_ASSIGN(const auto condition, Evaluator::Compile(step.condition));
    EvalInput input;
    input.columns = columns.data();
    input.num_columns = columns.size();
    input.capacity = 1;
    input.now = job_.now();
    RowErrors errors;
    const ColumnPtr holds = condition->Evaluate(input, RowSet::All(1), errors);
    if (!errors.empty()) return InvalidArgumentError("{}", errors.errors().front().message);
    if (holds->IsNull(0) || ColumnView<uint8_t>(*holds)[0] == 0) {
      result_.failures.push_back({step.span, "this does not hold", notes});
    }
    return Status::Ok();
  }

  std::shared_ptr<const plan::PhysicalPlan> plan_;
  TestJob job_;
  TestResult result_;
};

}  // namespace

TestResult RunTest(std::shared_ptr<const plan::PhysicalPlan> plan, const plan::TestCase& test,
                   const TestJob::Options& options) {
  return TestRun(std::move(plan), options).Run(test);
}

}  // namespace weir
