#include "compiler/flowc/ledger_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <tuple>

#include "compiler/flowc/terminal.h"

namespace weir::flowc {
namespace {

constexpr int kWideColumn = 14;
constexpr int kColumnGap = 2;
constexpr size_t kNumbers = 7;
constexpr std::array<std::string_view, kNumbers> kHeads = {
    "rows in", "passed", "absorbed", "discarded", "dead letters", "late", "rows out"};

std::string Cell(int64_t count) { return count == 0 ? "." : Grouped(count); }

struct Row {
  std::string name;
  std::array<std::string, kNumbers> cells;
};

Row RowOf(const NamedLedger& named) {
  const Ledger& ledger = named.ledger;
  return {named.name,
          {Cell(ledger.rows_in), Cell(ledger.passed), Cell(ledger.absorbed),
           Cell(ledger.TotalDiscarded()), Cell(ledger.TotalDeadLettered()), Cell(ledger.late),
           Cell(ledger.rows_out)}};
}

int ColumnsOf(const std::string& text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

/// Which columns a table has and how wide they are. On a narrow terminal columns move together,
/// then those without a number go, then names stand on lines of their own: numbers and names are
/// never cut.
class Layout {
 public:
  Layout(const std::vector<Row>& rows, int width) : width_(width) {
    for (const Row& row : rows) name_ = std::max(name_, ColumnsOf(row.name) + 1);
    columns_.fill(kWideColumn);
    if (Fits()) return;
    for (size_t i = 0; i < kNumbers; ++i) {
      columns_[i] = static_cast<int>(kHeads[i].size()) + kColumnGap;
      for (const Row& row : rows) {
        columns_[i] = std::max(columns_[i], static_cast<int>(row.cells[i].size()) + kColumnGap);
      }
    }
    for (size_t i = 1; i + 1 < kNumbers && !Fits(); ++i) {
      const auto is_empty = [i](const Row& row) { return row.cells[i] == "."; };
      if (std::all_of(rows.begin(), rows.end(), is_empty)) columns_[i] = 0;
    }
    wraps_ = !Fits();
  }

  /// Head or row: one line, or two.
  void Print(const Row& row, std::vector<std::string>& lines) const {
    std::string numbers;
    for (size_t i = 0; i < kNumbers; ++i) {
      if (columns_[i] > 0) numbers += fmt::format("{:>{}}", row.cells[i], columns_[i]);
    }
    if (!wraps_) {
      lines.push_back(row.name +
                      std::string(static_cast<size_t>(name_ - ColumnsOf(row.name)), ' ') + numbers);
      return;
    }
    const int indent = std::max(0, width_ - std::accumulate(columns_.begin(), columns_.end(), 0));
    lines.push_back(Clip(row.name, width_));
    lines.push_back(Clip(std::string(static_cast<size_t>(indent), ' ') + numbers, width_));
  }

  size_t lines_per_row() const { return wraps_ ? 2 : 1; }

 private:
  bool Fits() const {
    return name_ + std::accumulate(columns_.begin(), columns_.end(), 0) <= width_;
  }

  int width_;
  int name_ = 9;
  std::array<int, kNumbers> columns_{};
  bool wraps_ = false;
};

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
  std::vector<Row> rows;
  for (const NamedLedger& named : ledgers) rows.push_back(RowOf(named));
  const Layout layout(rows, width);
  Row head{"operator", {}};
  std::copy(kHeads.begin(), kHeads.end(), head.cells.begin());
  std::vector<std::string> lines;
  layout.Print(head, lines);
  const size_t most = most_rows == 0 ? rows.size() : most_rows / layout.lines_per_row();
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == most) {
      lines.push_back(fmt::format("… and {} more", rows.size() - i));
      break;
    }
    layout.Print(rows[i], lines);
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
