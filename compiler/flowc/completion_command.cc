#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <algorithm>

#include "compiler/flowc/command.h"
#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

/// Options of a command and of its own sub-commands, each once.
std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  const auto add = [&names](const CLI::App& of) {
    for (const CLI::Option* option : of.get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
      }
    }
  };
  add(app);
  for (const CLI::App* sub : app.get_subcommands({})) add(*sub);
  return names;
}

std::string Words(const CLI::App& app) {
  std::string words;
  for (const std::string& name : OptionNames(app)) words += " --" + name;
  return words;
}

std::string SubCommands(const CLI::App& app) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) {
    words += (words.empty() ? "" : " ") + sub->get_name();
  }
  return words;
}

class CompletionCommand final : public Command {
 public:
  explicit CompletionCommand(CLI::App* root) : root_(root) {}
  std::string name() const override { return "completion"; }
  std::string summary() const override { return "Prints a completion script for a shell"; }
  std::string examples() const override {
    return "  source <(flowc completion bash)\n"
           "  flowc completion zsh > ~/.zfunc/_flowc\n"
           "  flowc completion fish > ~/.config/fish/completions/flowc.fish";
  }
  void Define(CLI::App& app) override {
    app.add_option("shell", shell_, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  }
  int Run() override {
    if (shell_ == "bash") {
      Print(Bash());
    } else if (shell_ == "zsh") {
      Print("#compdef flowc\nautoload -U +X bashcompinit && bashcompinit\n" + Bash());
    } else {
      Print(Fish());
    }
    return kExitOk;
  }

 private:
  std::string Bash() const {
    std::string commands;
    std::string cases;
    std::string second;
    for (const CLI::App* app : root_->get_subcommands({})) {
      commands += " " + app->get_name();
      cases += fmt::format("    {}) words=\"{}\" ;;\n", app->get_name(), Words(*app));
      const std::string below = SubCommands(*app);
      if (!below.empty())
        second += fmt::format("    {}) below=\"{}\" ;;\n", app->get_name(), below);
    }
    return fmt::format(
        "_flowc() {{\n"
        "  local current=\"${{COMP_WORDS[COMP_CWORD]}}\" words below=\"\"\n"
        "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
        "    COMPREPLY=($(compgen -W \"{} --help\" -- \"$current\"))\n"
        "    return\n"
        "  fi\n"
        "  case \"${{COMP_WORDS[1]}}\" in\n{}"
        "  esac\n"
        "  case \"${{COMP_WORDS[1]}}\" in\n{}"
        "  esac\n"
        "  if [ \"$COMP_CWORD\" -eq 2 ] && [ -n \"$below\" ]; then\n"
        "    COMPREPLY=($(compgen -W \"$below --help\" -- \"$current\"))\n"
        "    return\n"
        "  fi\n"
        "  if [[ \"$current\" == -* ]]; then\n"
        "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
        "  else\n"
        "    COMPREPLY=($(compgen -f -X '!*.flow' -- \"$current\") $(compgen -d -- \"$current\"))\n"
        "  fi\n"
        "}}\n"
        "complete -o filenames -F _flowc flowc\n",
        commands.substr(1), cases, second);
  }

  std::string Fish() const {
    std::string script = "complete -c flowc -f\n";
    for (const CLI::App* app : root_->get_subcommands({})) {
      script += fmt::format("complete -c flowc -n __fish_use_subcommand -a {} -d '{}'\n",
                            app->get_name(), app->get_description());
      for (const std::string& option_name : OptionNames(*app)) {
        script += fmt::format("complete -c flowc -n '__fish_seen_subcommand_from {}' -l {}\n",
                              app->get_name(), option_name);
      }
      for (const CLI::App* sub : app->get_subcommands({})) {
        script +=
            fmt::format("complete -c flowc -n '__fish_seen_subcommand_from {}' -a {} -d '{}'\n",
                        app->get_name(), sub->get_name(), sub->get_description());
      }
      script += fmt::format(
          "complete -c flowc -n '__fish_seen_subcommand_from {}' -a '(__fish_complete_suffix "
          ".flow)'\n",
          app->get_name());
    }
    return script;
  }

  CLI::App* root_;
  std::string shell_;
};

}  // namespace

std::unique_ptr<Command> MakeCompletionCommand(CLI::App* root) {
  return std::make_unique<CompletionCommand>(root);
}

}  // namespace weir::flowc
