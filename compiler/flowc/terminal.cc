#include "compiler/flowc/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace weir::flowc {
namespace {

bool TakesColor(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  return isatty(descriptor) != 0 && (no_color == nullptr || *no_color == '\0');
}

winsize Size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) size = {};
  return size;
}

}  // namespace

bool StdoutIsTerminal() { return isatty(STDOUT_FILENO) != 0; }
bool StderrIsTerminal() { return isatty(STDERR_FILENO) != 0; }
bool StdoutTakesColor() { return TakesColor(STDOUT_FILENO); }
bool StderrTakesColor() { return TakesColor(STDERR_FILENO); }

int TerminalWidth() {
  const winsize size = Size();
  return size.ws_col == 0 ? 100 : size.ws_col;
}

int TerminalHeight() {
  const winsize size = Size();
  return size.ws_row == 0 ? 40 : size.ws_row;
}

void Print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void Log(std::string_view text) { fmt::print(stderr, "flowc: {}\n", text); }

std::string Grouped(int64_t number) {
  std::string digits = fmt::format("{}", number);
  const size_t first = digits[0] == '-' ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

}  // namespace weir::flowc
