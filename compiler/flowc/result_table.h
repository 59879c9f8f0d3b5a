#pragma once

#include <string>
#include <string_view>

namespace weir::flowc {

/// Columns of a terminal that a text takes: two for wide characters, none for combining ones.
int DisplayWidth(std::string_view utf8);

/// How a result is laid out.
struct TableLayout {
  int width = 0;       ///< of the terminal: cells and lines are cut to it; 0: nothing is cut
  bool color = false;  ///< bold head, dim NULL
};

/// A result in ClickHouse's TabSeparatedWithNamesAndTypes as aligned columns with a head: numbers
/// to the right, NULL as such. Control characters are shown, never sent to the terminal.
std::string ResultTable(std::string_view tab_separated, const TableLayout& layout);

/// Rows of a result.
size_t CountTableRows(std::string_view tab_separated);
size_t CountJsonRows(std::string_view lines);
size_t CountCsvRows(std::string_view csv);

}  // namespace weir::flowc
