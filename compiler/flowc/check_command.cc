#include <CLI/CLI.hpp>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

class CheckCommand final : public Command {
 public:
  std::string name() const override { return "check"; }
  std::string summary() const override {
    return "Finds mistakes in .flow files without running them";
  }
  std::string examples() const override {
    return "  flowc check pipeline.flow\n"
           "  flowc check --profile cluster pipelines/speed_layer/speed_layer.flow\n"
           "  flowc check --format json *.flow\n"
           "Exit code 0: no errors (warnings are allowed), 1: errors, 2: wrong usage.";
  }

  void Define(CLI::App& app) override {
    app.add_option("files", files_, ".flow files")->required()->type_name("FILE");
    app.add_option("--profile", options_.profile, "Profile to check under")->type_name("P");
    app.add_option("--param", options_.params, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_option("--format", format_, "How to report")
        ->check(CLI::IsMember({"text", "json", "sarif"}));
    app.add_flag("--json", json_, "Same as --format json");
  }

  int Run() override {
    Frontend frontend;
    for (const std::string& file : files_) {
      const auto compiled = frontend.Compile(file, options_);
      if (!compiled.ok()) {
        Log(compiled.status().message());
        return kExitUsage;
      }
    }
    for (const std::string& failure : frontend.failures()) Log(failure);
    if (json_ || format_ == "json") {
      Print(RenderJson(frontend.diagnostics(), frontend.sources()) + "\n");
    } else if (format_ == "sarif") {
      Print(RenderSarif(frontend.diagnostics(), frontend.sources()) + "\n");
    } else {
      Print(RenderText(frontend.diagnostics(), frontend.sources(), {.color = StdoutTakesColor()}));
      if (!frontend.failed()) PrintClean(frontend);
    }
    return frontend.failed() ? kExitFailed : kExitOk;
  }

 private:
  void PrintClean(Frontend& frontend) const {
    const size_t warnings = frontend.diagnostics().WarningCount();
    const std::string files =
        files_.size() == 1 ? files_[0] : fmt::format("{} files", files_.size());
    if (warnings == 0) {
      Print(fmt::format("{}: no mistakes found\n", files));
    } else {
      Print(
          fmt::format("{}: no errors, {} warning{}\n", files, warnings, warnings == 1 ? "" : "s"));
    }
  }

  std::vector<std::string> files_;
  std::string format_ = "text";
  bool json_ = false;
  FrontendOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeCheckCommand() { return std::make_unique<CheckCommand>(); }

}  // namespace weir::flowc
