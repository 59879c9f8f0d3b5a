#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <functional>
#include <map>

#include "compiler/flowc/command.h"
#include "compiler/flowc/usage_error.h"

namespace {

using namespace weir::flowc;

std::vector<std::unique_ptr<Command>> MakeCommands(CLI::App& root) {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(MakeCheckCommand());
  commands.push_back(MakeRunCommand());
  commands.push_back(MakeQueryCommand());
  commands.push_back(MakeTestCommand());
  commands.push_back(MakeExplainCommand());
  commands.push_back(MakeFmtCommand());
  commands.push_back(MakeSchemaCommand());
  commands.push_back(MakeFunctionsCommand());
  commands.push_back(MakeConnectorsCommand());
  commands.push_back(MakeDlqCommand());
  commands.push_back(MakeCheckpointsCommand());
  commands.push_back(MakeStateCommand());
  commands.push_back(MakeSavepointCommand());
  commands.push_back(MakeRestoreCommand());
  commands.push_back(MakeCompletionCommand(&root));
  commands.push_back(MakeVersionCommand());
  return commands;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader of our output that goes away is seen as a failed write.
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App root("Weir: streaming dataflow with declarative pipelines", "flowc");
  root.require_subcommand(1);
  root.set_version_flag("--version", std::string(VersionText()));
  root.footer("flowc COMMAND --help shows the options of a command, with examples.");
  const auto commands = MakeCommands(root);
  std::map<const CLI::App*, Command*> by_app;
  for (const auto& command : commands) {
    CLI::App* app = root.add_subcommand(command->name(), command->summary());
    app->footer("Examples:\n" + command->examples());
    command->Define(*app);
    by_app[app] = command.get();
  }
  if (argc > 1) {
    const std::string problem = UnknownCommand(root, argv[1]);
    if (!problem.empty()) {
      std::fprintf(stderr, "flowc: %s", problem.c_str());
      return kExitUsage;
    }
  }
  try {
    root.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const std::string problem = ExplainUsage(root, error);
    if (!problem.empty()) {
      std::fprintf(stderr, "%s", problem.c_str());
      return kExitUsage;
    }
    const int code = root.exit(error);
    return code == 0 ? kExitOk : kExitUsage;
  }
  return by_app.at(root.get_subcommands().front())->Run();
}
