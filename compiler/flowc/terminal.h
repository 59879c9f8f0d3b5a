#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace weir::flowc {

/// What is known of stdout and stderr.
bool StdoutIsTerminal();
bool StderrIsTerminal();
/// Colours: on a terminal, unless NO_COLOR is set.
bool StdoutTakesColor();
bool StderrTakesColor();
/// Columns of the terminal on stdout; 100 when unknown.
int TerminalWidth();
int TerminalHeight();

/// Results, to stdout.
void Print(std::string_view text);
/// Logs, to stderr: `flowc: text`.
void Log(std::string_view text);

/// 1234567 -> 1,234,567
std::string Grouped(int64_t number);

}  // namespace weir::flowc
