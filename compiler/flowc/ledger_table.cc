#include "compiler/flowc/ledger_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

constexpr int kNumberWidth = 14;
constexpr int kNumbers = 7;

std::string Line(const std::string& name, int name_width, const std::vector<std::string>& cells) {
  std::string line = fmt::format("{:<{}}", Clip(name, name_width), name_width);
  for (const std::string& cell : cells) line += fmt::format("{:>{}}", cell, kNumberWidth);
  return line;
}

std::string Cell(int64_t count) { return count == 0 ? "." : Grouped(count); }

}  // namespace

std::string Clip(const std::string& text, int width) {
  int columns = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (starts && columns++ == width) return text.substr(0, i);
  }
  return text;
}

std::vector<std::string> LedgerLines(const std::vector<NamedLedger>& ledgers, int width,
                                     size_t most_rows) {
  size_t longest = 8;
  for (const NamedLedger& named : ledgers) longest = std::max(longest, named.name.size());
  const int name_width =
      std::clamp(width - kNumbers * kNumberWidth, 12, static_cast<int>(longest) + 1);
  std::vector<std::string> lines;
  lines.push_back(
      Line("operator", name_width,
           {"rows in", "passed", "absorbed", "discarded", "dead letters", "late", "rows out"}));
  for (const NamedLedger& named : ledgers) {
    if (most_rows > 0 && lines.size() > most_rows) {
      lines.push_back(fmt::format("… and {} more", ledgers.size() - most_rows));
      break;
    }
    const Ledger& ledger = named.ledger;
    lines.push_back(Line(named.name, name_width,
                         {Cell(ledger.rows_in), Cell(ledger.passed), Cell(ledger.absorbed),
                          Cell(ledger.TotalDiscarded()), Cell(ledger.TotalDeadLettered()),
                          Cell(ledger.late), Cell(ledger.rows_out)}));
  }
  return lines;
}

std::vector<std::string> DeadLetterLines(const std::vector<NamedLedger>& ledgers, int width,
                                         size_t most_rows) {
  std::vector<std::tuple<int64_t, std::string>> reasons;
  for (const NamedLedger& named : ledgers) {
    for (const auto& [reason, count] : named.ledger.dead_lettered) {
      reasons.emplace_back(count, fmt::format("{}: {}", named.name, reason));
    }
  }
  std::sort(reasons.rbegin(), reasons.rend());
  std::vector<std::string> lines;
  for (const auto& [count, reason] : reasons) {
    if (lines.size() == most_rows) break;
    lines.push_back(fmt::format("{:>12}  {}", Grouped(count), Clip(reason, width - 14)));
  }
  return lines;
}

}  // namespace weir::flowc
