#include <CLI/CLI.hpp>

#include "compiler/flowc/command.h"
#include "compiler/flowc/terminal.h"

#define WEIR_VERSION "0.1.0"

namespace weir::flowc {
namespace {

class VersionCommand final : public Command {
 public:
  std::string name() const override { return "version"; }
  std::string summary() const override { return "Shows the version of flowc"; }
  std::string examples() const override { return "  flowc version --json"; }
  void Define(CLI::App& app) override { app.add_flag("--json", json_, "As JSON"); }
  int Run() override {
    Print(json_ ? "{\"name\": \"flowc\", \"version\": \"" WEIR_VERSION "\"}\n"
                : "flowc " WEIR_VERSION "\n");
    return kExitOk;
  }

 private:
  bool json_ = false;
};

}  // namespace

const char* VersionText() { return "flowc " WEIR_VERSION; }

std::unique_ptr<Command> MakeVersionCommand() { return std::make_unique<VersionCommand>(); }

}  // namespace weir::flowc
