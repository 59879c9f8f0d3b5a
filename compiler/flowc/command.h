#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace weir::flowc {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  ///< errors in a file, a failed run or test
inline constexpr int kExitUsage = 2;   ///< wrong usage, unknown profile or parameter

/// One sub-command: declares its options, then runs with what was given.
class Command {
 public:
  virtual ~Command() = default;
  virtual std::string name() const = 0;
  virtual std::string summary() const = 0;
  /// Shown at the end of --help; lines `  flowc …`.
  virtual std::string examples() const = 0;
  virtual void Define(CLI::App& app) = 0;
  virtual int Run() = 0;
};

std::unique_ptr<Command> MakeCheckCommand();
std::unique_ptr<Command> MakeRunCommand();
std::unique_ptr<Command> MakeQueryCommand();
std::unique_ptr<Command> MakeTestCommand();
std::unique_ptr<Command> MakeExplainCommand();
std::unique_ptr<Command> MakeFmtCommand();
std::unique_ptr<Command> MakeSchemaCommand();
std::unique_ptr<Command> MakeFunctionsCommand();
std::unique_ptr<Command> MakeConnectorsCommand();
std::unique_ptr<Command> MakeDlqCommand();
std::unique_ptr<Command> MakeCheckpointsCommand();
std::unique_ptr<Command> MakeStateCommand();
std::unique_ptr<Command> MakeSavepointCommand();
std::unique_ptr<Command> MakeRestoreCommand();
/// `root`: the whole program, whose sub-commands and options are completed.
std::unique_ptr<Command> MakeCompletionCommand(CLI::App* root);
std::unique_ptr<Command> MakeVersionCommand();

/// `flowc 0.1.0`, what `flowc version` and `flowc --version` print.
const char* VersionText();

}  // namespace weir::flowc
