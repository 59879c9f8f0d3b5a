#include "tests/flow/flow_test_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <sstream>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/frontend.h"
#include "compiler/format/format.h"
#include "runtime/exec/test_metrics.h"
#include "runtime/operators/row_json.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

std::string Join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// `sessions (user, views) in order`: which rows of which stream.
struct OutputSpec {
  std::string stream;
  std::vector<std::string> columns;  ///< empty: all
  bool in_order = false;
};

OutputSpec ParseOutput(std::string argument) {
  OutputSpec spec;
  spec.in_order = argument.ends_with(" in order");
  if (spec.in_order) argument.resize(argument.size() - 9);
  const size_t open = argument.find('(');
  spec.stream = argument.substr(0, argument.find(' '));
  if (open == std::string::npos) return spec;
  std::istringstream names(argument.substr(open + 1, argument.find(')') - open - 1));
  for (std::string name; std::getline(names, name, ',');) {
    name.erase(0, name.find_first_not_of(' '));
    name.erase(name.find_last_not_of(' ') + 1);
    spec.columns.push_back(name);
  }
  return spec;
}

class FlowTestRun {
 public:
  FlowTestRun(const FlowTestFile& file, const FlowTestConfig& config)
      : file_(file), config_(config) {
    outcome_.updated = file;
  }

  FlowTestOutcome Run() {
    if (!file_.error.empty()) {
      Problem(0, file_.error);
      return std::move(outcome_);
    }
    const bool expects_error = std::any_of(file_.steps.begin(), file_.steps.end(),
                                           [](const auto& step) { return step.verb == "error"; });
    Compile(file_.steps[0]);
    if (expects_error) {
      CheckErrors();
      return std::move(outcome_);
    }
    if (frontend_.failed()) {
      std::string text = RenderText(frontend_.diagnostics(), frontend_.sources());
      for (const std::string& failure : frontend_.failures()) text += failure + "\n";
      Problem(file_.steps[0].line, "the file is refused:\n" + text);
      return std::move(outcome_);
    }
    job_ = std::make_unique<TestJob>(compiled_.physical, config_.job);
    for (size_t i = 1; i < file_.steps.size(); ++i) Step(i);
    if (failed_ && !failure_expected_) Problem(0, "the run failed: " + failure_.ToString());
    return std::move(outcome_);
  }

 private:
  void Problem(size_t line, const std::string& text) {
    outcome_.problems.push_back(fmt::format("{}:{}: {}", file_.path, line, text));
  }

  void Compile(const FlowTestStep& step) {
    flowc::FrontendOptions options;
    options.keep_streams = true;
    options.optimize = config_.optimize;
    std::string path = file_.path + ".flow";
    std::string text = Join(step.lines);
    if (!step.argument.empty()) {
      std::istringstream words(step.argument);
      std::string keyword;
      words >> path >> keyword >> options.profile;
      path = (std::filesystem::path(file_.path).parent_path() / path).string();
      const LoadedSource loaded = frontend_.sources().Load(path);
      if (loaded.file == nullptr) return Problem(step.line, path + ": " + loaded.error);
      text = std::string(loaded.file->text());
    }
    if (config_.format_first) {
      SourceManager sources;
      DiagnosticEngine ignored;
      if (auto formatted = FormatFlow(sources.Add(path, text), ignored)) text = *formatted;
    }
    auto compiled = frontend_.CompileText(path, std::move(text), options);
    if (!compiled.ok()) return Problem(step.line, compiled.status().message());
    compiled_ = *std::move(compiled);
  }

  void CheckErrors() {
    const std::string text = RenderText(frontend_.diagnostics(), frontend_.sources());
    for (const FlowTestStep& step : file_.steps) {
      if (step.verb != "error") continue;
      const std::string code = step.argument.substr(0, step.argument.find(' '));
      const std::string message =
          step.argument.size() > code.size() ? step.argument.substr(code.size() + 1) : "";
      if (text.find(code) == std::string::npos || text.find(message) == std::string::npos) {
        Problem(step.line, fmt::format("expected error {}, got:\n{}", step.argument, text));
      }
    }
  }

  void Step(size_t index) {
    const FlowTestStep& step = file_.steps[index];
    if (step.verb == "fail") return CheckFailure(step);
    if (failed_) return;
    Status status = Do(step, index);
    if (status.ok() && !finished_ && RestartsAfter(step)) {
      const auto& workers = config_.restart_workers;
      status = job_->Restart(workers[restarts_++ % workers.size()]);
    }
    if (!status.ok()) {
      failed_ = true;
      failure_ = status;
      return;
    }
    if (const std::string violated = job_->CheckLedgers(); !violated.empty()) {
      Problem(step.line, "the ledger does not add up: " + violated);
    }
  }

  bool RestartsAfter(const FlowTestStep& step) const {
    return !config_.restart_workers.empty() && (step.verb == "input" || step.verb == "advance");
  }

  Status Do(const FlowTestStep& step, size_t index) {
    if (step.verb == "clock") {
      const auto time = ParseTimestamp(step.argument);
      if (!time) return InvalidArgumentError("clock {}: not a timestamp", step.argument);
      job_->StartClockAt(*time);
      return Status::Ok();
    }
    if (step.verb == "table" || step.verb == "input") return Give(step);
    if (step.verb == "advance") return Advance(step);
    if (step.verb == "restart") return job_->Restart();
    if (step.verb == "finish") {
      finished_ = true;
      return job_->End();
    }
    if (step.verb == "output") return CheckOutput(step, index);
    if (step.verb == "ledger") return CheckLedger(step);
    return InvalidArgumentError("{} belongs at the head of the file", step.verb);
  }

  Status Give(const FlowTestStep& step) {
    for (const std::string& line : step.lines) {
      if (step.verb == "table") {
        job_->GiveTable(step.argument, line);
      } else {
        job_->Give(step.argument, line);
      }
    }
    return step.verb == "table" ? Status::Ok() : job_->Run();
  }

  Status Advance(const FlowTestStep& step) {
    const auto by = ParseDuration(step.argument);
    if (!by) return InvalidArgumentError("advance {}: not a duration", step.argument);
    return job_->AdvanceTo(job_->now() + *by);
  }

  static bool IsDelete(const RecordBatch& batch, RowIndex row) {
    const ColumnPtr& op = batch.hidden().op;
    return op != nullptr && ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete);
  }

  static Result<RecordBatch> Narrow(const RecordBatch& batch, const OutputSpec& spec) {
    if (spec.columns.empty()) return batch;
    std::vector<Field> fields;
    std::vector<ColumnPtr> columns;
    for (const std::string& name : spec.columns) {
      const auto column = batch.schema()->IndexOf(name);
      if (!column) return NotFoundError("{} has no column {}", spec.stream, name);
      fields.push_back(batch.schema()->field(*column));
      columns.push_back(batch.column(*column));
    }
    return batch.WithColumns(Schema::Make(std::move(fields)), std::move(columns));
  }

  Status CheckOutput(const FlowTestStep& step, size_t index) {
    const OutputSpec spec = ParseOutput(step.argument);
    if (job_->StreamSchema(spec.stream) == nullptr) {
      return NotFoundError("there is no stream {}", spec.stream);
    }
    const std::vector<RecordBatch>& batches = job_->capture().Batches(spec.stream);
    std::vector<std::string> rows;
    for (size_t& next = seen_[spec.stream]; next < batches.size(); ++next) {
      WEIR_ASSIGN(const RecordBatch batch, Narrow(batches[next], spec));
      batch.rows().ForEach([&](RowIndex row) {
        std::string json;
        AppendRowJson(batch, row, json);
        if (IsDelete(batch, row)) json = "delete " + json;
        rows.push_back(std::move(json));
      });
    }
    std::vector<std::string> expected = step.lines;
    if (!spec.in_order) {
      std::sort(rows.begin(), rows.end());
      std::sort(expected.begin(), expected.end());
    }
    outcome_.updated.steps[index].lines = rows;
    if (rows != expected) {
      Problem(step.line,
              fmt::format("{}: expected\n{}came\n{}", spec.stream, Join(expected), Join(rows)));
    }
    return Status::Ok();
  }

  Status CheckLedger(const FlowTestStep& step) {
    std::istringstream words(step.argument);
    std::string name, field, equals;
    words >> name >> field >> equals;
    std::string wanted;
    words >> wanted;
    const auto number = ParseInt64(wanted);
    if (equals != "=" || !number) return InvalidArgumentError("ledger NAME FIELD = N");
    WEIR_ASSIGN(const int64_t actual, TestMetric(*job_, {name, field, false}));
    if (actual != *number) {
      Problem(step.line, fmt::format("{} {} is {}, expected {}", name, field, actual, *number));
    }
    return Status::Ok();
  }

  void CheckFailure(const FlowTestStep& step) {
    failure_expected_ = true;
    if (failed_ && failure_.message().find(step.argument) != std::string::npos) return;
    Problem(step.line, fmt::format("expected the failure {}, got {}", step.argument,
                                   failed_ ? failure_.ToString() : "none"));
  }

  const FlowTestFile& file_;
  const FlowTestConfig& config_;
  flowc::Frontend frontend_;
  flowc::Frontend::Compiled compiled_;
  std::unique_ptr<TestJob> job_;
  std::map<std::string, size_t> seen_;
  FlowTestOutcome outcome_;
  size_t restarts_ = 0;
  bool finished_ = false;
  bool failed_ = false;
  bool failure_expected_ = false;
  Status failure_;
};

}  // namespace

FlowTestOutcome RunFlowTest(const FlowTestFile& file, const FlowTestConfig& config) {
  return FlowTestRun(file, config).Run();
}

}  // namespace weir
