#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"
#include "runtime/exec/test_runner.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

class TestCommand final : public Command {
 public:
  std::string name() const override { return "test"; }
  std::string summary() const override { return "Runs the test blocks of .flow files"; }
  std::string examples() const override {
    return "  flowc test pipelines/speed_layer/speed_layer.flow\n"
           "  flowc test --filter session pipeline.flow\n"
           "  flowc test --workers 3 --seed 7 pipeline.flow";
  }

  void Define(CLI::App& app) override {
    app.add_option("files", files_, ".flow files")->required()->type_name("FILE");
    app.add_option("--profile", profile_, "Profile for tests that name none")->type_name("P");
    app.add_option("--param", params_, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--filter", filter_, "Only tests whose title contains this")->type_name("TEXT");
    app.add_option("--workers", job_.workers, "Workers (simulated on one thread)")
        ->check(CLI::Range(1, 64));
    app.add_option("--batch", job_.batch_rows, "Largest batch, in rows")
        ->check(CLI::Range(1, 2048));
    app.add_option("--seed", job_.seed, "Of the schedule");
    app.add_flag("--json", json_, "As JSON");
  }

  int Run() override {
    for (const std::string& file : files_) {
      const int code = RunFile(file);
      if (code != kExitOk) return code;
    }
    if (json_) {
      Print(Json{{"tests", results_}, {"passed", passed_}, {"failed", failed_}}.dump(2) + "\n");
    } else {
      Print(fmt::format("{} passed, {} failed\n", passed_, failed_));
    }
    return failed_ == 0 ? kExitOk : kExitFailed;
  }

 private:
  struct Built {
    std::unique_ptr<Frontend> frontend;
    Frontend::Compiled compiled;
  };

  /// The file under one profile; null after errors, which were reported. `code` says how to exit.
  std::unique_ptr<Built> Build(const std::string& file, const std::string& profile, int& code) {
    auto built = std::make_unique<Built>();
    built->frontend = std::make_unique<Frontend>();
    FrontendOptions options;
    options.profile = profile;
    options.params = params_;
    options.keep_streams = true;
    auto compiled = built->frontend->Compile(file, options);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      code = kExitUsage;
      return nullptr;
    }
    if (built->frontend->failed()) {
      built->frontend->Report();
      code = kExitFailed;
      return nullptr;
    }
    built->compiled = *std::move(compiled);
    return built;
  }

  int RunFile(const std::string& file) {
    int code = kExitOk;
    std::map<std::string, std::unique_ptr<Built>> by_profile;
    by_profile[profile_] = Build(file, profile_, code);
    if (by_profile[profile_] == nullptr) return code;
    const plan::TestProgram& program = by_profile[profile_]->compiled.pipeline->tests;
    for (size_t i = 0; i < program.tests.size(); ++i) {
      const plan::TestCase& test = program.tests[i];
      if (test.title.find(filter_) == std::string::npos) continue;
      const std::string& profile = test.profile.empty() ? profile_ : test.profile;
      if (by_profile[profile] == nullptr) by_profile[profile] = Build(file, profile, code);
      if (by_profile[profile] == nullptr) return code;
      RunOne(file, *by_profile[profile], i);
    }
    return kExitOk;
  }

  void RunOne(const std::string& file, const Built& built, size_t index) {
    const plan::TestCase& test = built.compiled.pipeline->tests.tests[index];
    const TestResult result = RunTest(built.compiled.physical, test, job_);
    ++(result.passed() ? passed_ : failed_);
    if (json_) {
      results_.push_back(ToJson(file, test, result, *built.frontend));
      return;
    }
    const bool color = StdoutTakesColor();
    const std::string_view mark = result.passed() ? "ok    " : "FAILED";
    const std::string_view paint = !color ? "" : result.passed() ? "\x1b[32m" : "\x1b[31m";
    Print(fmt::format("{}{}{} {}\n", paint, mark, color ? "\x1b[0m" : "", test.title));
    for (const TestFailure& failure : result.failures) {
      Print(fmt::format("  {}: {}\n", Place(failure.span, *built.frontend), failure.message));
      for (const std::string& note : failure.notes) Print("    " + note + "\n");
    }
  }

  static std::string Place(Span span, Frontend& frontend) {
    const SourceFile* source = frontend.sources().Find(span);
    if (source == nullptr) return "?";
    const Position position = source->PositionOf(span.begin);
    return fmt::format("{}:{}:{}", source->path(), position.line, position.column);
  }

  static Json ToJson(const std::string& file, const plan::TestCase& test, const TestResult& result,
                     Frontend& frontend) {
    Json failures = Json::array();
    for (const TestFailure& failure : result.failures) {
      failures.push_back({{"at", Place(failure.span, frontend)},
                          {"message", failure.message},
                          {"notes", failure.notes}});
    }
    return {
        {"file", file}, {"title", test.title}, {"passed", result.passed()}, {"failures", failures}};
  }

  std::vector<std::string> files_;
  std::string profile_;
  std::vector<std::string> params_;
  std::string filter_;
  TestJob::Options job_;
  bool json_ = false;
  int64_t passed_ = 0;
  int64_t failed_ = 0;
  Json results_ = Json::array();
};

}  // namespace

std::unique_ptr<Command> MakeTestCommand() { return std::make_unique<TestCommand>(); }

}  // namespace weir::flowc
