#include "compiler/flowc/usage_error.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <vector>

#include "compiler/diagnostics/suggest.h"

namespace weir::flowc {
namespace {

std::string Hint(const std::string& typed, const std::vector<std::string>& known,
                 const std::string& command) {
  std::string text;
  if (const auto near = SuggestName(typed, known))
    text = fmt::format("did you mean `{}`?\n", *near);
  return text + fmt::format("`{} --help` shows what there is\n", command);
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

}  // namespace

std::string UnknownCommand(const CLI::App& root, const std::string& word) {
  if (word.empty() || word[0] == '-') return "";
  std::vector<std::string> names;
  for (const CLI::App* command : root.get_subcommands({})) {
    names.push_back(command->get_name());
    if (word == names.back()) return "";
  }
  if (word.ends_with(".flow")) {
    return fmt::format("a command comes first: `flowc check {0}`, `flowc run {0}`\n{1}", word,
                       Hint(word, {}, "flowc"));
  }
  return fmt::format("there is no command `{}`\n{}", word, Hint(word, names, "flowc"));
}

std::string ExplainUsage(const CLI::App& root, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) return "";
  const std::vector<CLI::App*> parsed = root.get_subcommands();
  const CLI::App& app = parsed.empty() ? root : *parsed.front();
  const std::string command = parsed.empty() ? "flowc" : "flowc " + app.get_name();
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return "";
  const std::string word = extras.front().substr(0, extras.front().find('='));
  if (word.size() < 2 || word[0] != '-') {
    return fmt::format("{}: `{}` is one argument too many\n{}", command, word,
                       Hint(word, {}, command));
  }
  return fmt::format("{}: there is no option `{}`\n{}", command, word,
                     Hint(word, OptionsOf(app), command));
}

}  // namespace weir::flowc
