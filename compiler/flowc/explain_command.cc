#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/diagnostics/explain.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

/// `F0312`, `w0003`: told from a file by its form.
bool LooksLikeCode(const std::string& text) {
  if (text.size() != 5 || std::string_view("FWRfwr").find(text[0]) == std::string_view::npos) {
    return false;
  }
  return text.find_first_not_of("0123456789", 1) == std::string::npos;
}

class ExplainCommand final : public Command {
 public:
  std::string name() const override { return "explain"; }
  std::string summary() const override {
    return "Shows the plan of a .flow file, or what a code means";
  }
  std::string examples() const override {
    return "  flowc explain pipeline.flow\n"
           "  flowc explain --profile cluster pipeline.flow\n"
           "  flowc explain F0211";
  }

  void Define(CLI::App& app) override {
    app.add_option("what", what_, "A .flow file, or the code of a diagnostic")
        ->required()
        ->type_name("FILE|CODE");
    app.add_option("--profile", options_.profile, "Profile to plan for")->type_name("P");
    app.add_option("--param", options_.params, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
    app.add_flag("--json", json_, "As JSON");
    app.add_flag("--no-optimizer", no_optimizer_, "The plan as it was written");
  }

  int Run() override { return LooksLikeCode(what_) ? ExplainCode() : ExplainFile(); }

 private:
  int ExplainCode() const {
    const std::optional<Code> code = CodeFromName(what_);
    if (!code) {
      Log(fmt::format("there is no diagnostic {}", what_));
      return kExitUsage;
    }
    const std::string page(ExplainPage(*code));
    if (json_) {
      const nlohmann::ordered_json json = {{"code", InfoOf(*code).name},
                                           {"severity", SeverityName(InfoOf(*code).severity)},
                                           {"title", ExplainTitle(*code)},
                                           {"page", page}};
      Print(json.dump(2) + "\n");
    } else if (page.empty()) {
      Print(fmt::format("{}: {}\n", InfoOf(*code).name, ExplainTitle(*code)));
    } else {
      Print(page.back() == '\n' ? page : page + "\n");
    }
    return kExitOk;
  }

  int ExplainFile() {
    Frontend frontend;
    options_.optimize = !no_optimizer_;
    const auto compiled = frontend.Compile(what_, options_);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      return kExitUsage;
    }
    frontend.Report();
    if (frontend.failed()) return kExitFailed;
    const std::string logical = compiled->logical->ToString();
    const std::string physical = compiled->physical->ToString();
    if (json_) {
      Print(nlohmann::ordered_json{{"logical", logical}, {"physical", physical}}.dump(2) + "\n");
    } else {
      Print("Logical plan\n" + logical + "\nPhysical plan\n" + physical);
    }
    return kExitOk;
  }

  std::string what_;
  bool json_ = false;
  bool no_optimizer_ = false;
  FrontendOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeExplainCommand() { return std::make_unique<ExplainCommand>(); }

}  // namespace weir::flowc
