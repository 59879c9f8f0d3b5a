#include "compiler/flowc/result_table.h"

#include <fmt/format.h>
#include <locale.h>
#include <wchar.h>

#include <algorithm>
#include <vector>

namespace weir::flowc {
namespace {

/// A cell is cut to this much on a terminal, unless it is alone.
constexpr int kWidestCell = 60;

/// Length of the UTF-8 character at the start, 1 for a byte that starts none; `code` is it.
size_t DecodeCharacter(std::string_view text, uint32_t& code) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const size_t length = lead < 0x80   ? 1
                        : lead < 0xc2 ? 0
                        : lead < 0xe0 ? 2
                        : lead < 0xf0 ? 3
                        : lead < 0xf5 ? 4
                                      : 0;
  code = 0xfffd;
  if (length == 0 || length > text.size()) return 1;
  uint32_t value = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xc0) != 0x80) return 1;
    value = value << 6 | (next & 0x3fU);
  }
  code = value;
  return length;
}

/// By the C library's tables of Unicode; its default locale would know ASCII only.
int CharacterWidth(uint32_t code) {
  static const locale_t unicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (unicode == nullptr) return 1;
  const locale_t before = ::uselocale(unicode);
  const int width = ::wcwidth(static_cast<wchar_t>(code));
  ::uselocale(before);
  return width < 0 ? 1 : width;
}

bool IsControl(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) ||
         // Marks that turn the direction of text around, and separators of lines.
         (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ||
         code == 0x2028 || code == 0x2029;
}

/// Undoes the backslashes that only protect, keeps those that stand for control characters.
std::string ShownCell(std::string_view cell) {
  std::string shown;
  while (!cell.empty()) {
    if (cell.size() > 1 && cell[0] == '\\' && (cell[1] == '\\' || cell[1] == '\'')) {
      shown += cell[1];
      cell.remove_prefix(2);
      continue;
    }
    uint32_t code = 0;
    const size_t length = DecodeCharacter(cell, code);
    if (code == 0xfffd && length == 1) {
      shown += "\xef\xbf\xbd";
    } else if (IsControl(code)) {
      shown += fmt::format("\\u{:04x}", code);
    } else {
      shown += cell.substr(0, length);
    }
    cell.remove_prefix(length);
  }
  return shown;
}

std::string CutTo(const std::string& text, int width) {
  if (DisplayWidth(text) <= width) return text;
  std::string cut;
  int used = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    uint32_t code = 0;
    const size_t length = DecodeCharacter(rest, code);
    used += CharacterWidth(code);
    if (used > width - 1) break;
    cut += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return cut + "…";
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> Lines(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.empty()) return {};
  return Split(text, '\n');
}

bool IsNumber(std::string_view type) {
  for (const std::string_view wrapper :
       {"LowCardinality(", "Nullable(", "SimpleAggregateFunction("}) {
    if (type.starts_with(wrapper)) type.remove_prefix(wrapper.size());
  }
  if (const size_t comma = type.find(", "); type.starts_with("sum") || type.starts_with("m")) {
    if (comma != std::string_view::npos) type.remove_prefix(comma + 2);
  }
  return type.starts_with("Int") ? !type.starts_with("Interval")
                                 : type.starts_with("UInt") || type.starts_with("Float") ||
                                       type.starts_with("BFloat") || type.starts_with("Decimal");
}

struct Cell {
  std::string text;
  bool is_null = false;
};

/// The columns of a result and their widths.
class Layout {
 public:
  Layout(std::string_view result, const TableLayout& layout) : layout_(layout) {
    const std::vector<std::string_view> lines = Lines(result);
    if (lines.size() < 2) return;
    AddRow(lines[0]);
    for (const std::string_view type : Split(lines[1], '\t')) is_number_.push_back(IsNumber(type));
    is_number_.resize(rows_[0].size());
    for (size_t i = 2; i < lines.size(); ++i) AddRow(lines[i]);
    Measure();
  }

  std::string Text() const {
    std::string text;
    for (size_t row = 0; row < rows_.size(); ++row) AppendLine(row, text);
    return text;
  }

 private:
  void AddRow(std::string_view line) {
    std::vector<Cell> cells;
    for (const std::string_view cell : Split(line, '\t')) {
      const bool is_null = !rows_.empty() && cell == "\\N";
      cells.push_back({is_null ? "NULL" : ShownCell(cell), is_null});
    }
    if (!rows_.empty()) cells.resize(rows_[0].size());
    rows_.push_back(std::move(cells));
  }

  void Measure() {
    widths_.assign(rows_[0].size(), 0);
    const int widest = widths_.size() == 1 ? layout_.width : std::min(kWidestCell, layout_.width);
    for (std::vector<Cell>& row : rows_) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (layout_.width > 0) row[i].text = CutTo(row[i].text, widest);
        widths_[i] = std::max(widths_[i], DisplayWidth(row[i].text));
      }
    }
  }

  void AppendLine(size_t row, std::string& text) const {
    const bool is_head = row == 0;
    std::string line;
    int used = 0;
    for (size_t i = 0; i < rows_[row].size(); ++i) {
      const Cell& cell = rows_[row][i];
      const bool last = i + 1 == rows_[row].size();
      const auto pad = static_cast<size_t>(widths_[i] - DisplayWidth(cell.text));
      std::string shown = is_number_[i] ? std::string(pad, ' ') + cell.text : cell.text;
      if (!is_number_[i] && !last) shown.append(pad, ' ');
      if (i > 0) shown = "  " + shown;
      const int width = DisplayWidth(shown);
      if (layout_.width > 0 && used + width > layout_.width) {
        line += CutTo(shown, std::max(1, layout_.width - used));
        break;
      }
      used += width;
      line += layout_.color && cell.is_null ? "\x1b[2m" + shown + "\x1b[0m" : shown;
    }
    text += layout_.color && is_head ? "\x1b[1m" + line + "\x1b[0m\n" : line + "\n";
  }

  const TableLayout layout_;
  std::vector<std::vector<Cell>> rows_;  ///< the head first
  std::vector<bool> is_number_;
  std::vector<int> widths_;
};

}  // namespace

int DisplayWidth(std::string_view utf8) {
  int width = 0;
  while (!utf8.empty()) {
    uint32_t code = 0;
    utf8.remove_prefix(DecodeCharacter(utf8, code));
    width += CharacterWidth(code);
  }
  return width;
}

std::string ResultTable(std::string_view tab_separated, const TableLayout& layout) {
  return Layout(tab_separated, layout).Text();
}

size_t CountTableRows(std::string_view tab_separated) {
  const size_t lines = CountJsonRows(tab_separated);
  return lines < 2 ? 0 : lines - 2;
}

size_t CountJsonRows(std::string_view lines) {
  return static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n'));
}

size_t CountCsvRows(std::string_view csv) {
  size_t lines = 0;
  bool quoted = false;
  for (const char c : csv) {
    if (c == '"') quoted = !quoted;
    if (c == '\n' && !quoted) ++lines;
  }
  return lines == 0 ? 0 : lines - 1;
}

}  // namespace weir::flowc
