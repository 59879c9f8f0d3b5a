#include <CLI/CLI.hpp>
#include <fstream>

#include "compiler/diagnostics/renderer.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/terminal.h"
#include "compiler/format/format.h"
#include "compiler/source/source_manager.h"

namespace weir::flowc {
namespace {

class FmtCommand final : public Command {
 public:
  std::string name() const override { return "fmt"; }
  std::string summary() const override { return "Rewrites .flow files in the canonical form"; }
  std::string examples() const override {
    return "  flowc fmt pipeline.flow\n"
           "  flowc fmt --check *.flow        # exit code 1 if one would change\n"
           "  flowc fmt --stdout pipeline.flow";
  }

  void Define(CLI::App& app) override {
    app.add_option("files", files_, ".flow files")->required()->type_name("FILE");
    app.add_flag("--check", check_, "Change nothing; list files that would change");
    app.add_flag("--stdout", stdout_, "Print the result, change nothing");
  }

  int Run() override {
    bool failed = false;
    for (const std::string& file : files_) failed |= !Format(file);
    return failed ? kExitFailed : kExitOk;
  }

 private:
  /// False after an error, or when --check found something to change.
  bool Format(const std::string& path) {
    SourceManager sources;
    DiagnosticEngine diagnostics;
    const LoadedSource loaded = sources.Load(path);
    if (loaded.file == nullptr) {
      Log(fmt::format("{}: {}", path, loaded.error));
      return false;
    }
    const std::optional<std::string> text = FormatFlow(*loaded.file, diagnostics);
    if (!text) {
      fmt::print(stderr, "{}", RenderText(diagnostics, sources, {.color = StderrTakesColor()}));
      return false;
    }
    if (stdout_) {
      Print(*text);
      return true;
    }
    if (*text == loaded.file->text()) return true;
    Print(path + "\n");
    return !check_ && Write(path, *text);
  }

  static bool Write(const std::string& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) Log(fmt::format("{}: cannot be written", path));
    return static_cast<bool>(out);
  }

  std::vector<std::string> files_;
  bool check_ = false;
  bool stdout_ = false;
};

}  // namespace

std::unique_ptr<Command> MakeFmtCommand() { return std::make_unique<FmtCommand>(); }

}  // namespace weir::flowc
