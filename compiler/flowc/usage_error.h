#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace weir::flowc {

/// What is wrong with the first word after `flowc` when it is no command, with a suggestion; ""
/// when it is one, or an option.
std::string UnknownCommand(const CLI::App& root, const std::string& word);

/// `error` of parsing in the user's words, with a suggestion for a mistyped option; "" when its own
/// text says it best.
std::string ExplainUsage(const CLI::App& root, const CLI::ParseError& error);

}  // namespace weir::flowc
