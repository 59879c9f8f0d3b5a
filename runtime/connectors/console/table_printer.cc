#include "runtime/connectors/console/table_printer.h"

#include <algorithm>

namespace weir {
namespace {

constexpr size_t kWidestCell = 40;
constexpr size_t kRowsPerHeader = 50;

/// Characters, not bytes: every byte that doesn't continue another.
size_t Width(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string Shorten(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  if (Width(text) <= kWidestCell) return text;
  size_t bytes = 0;
  for (size_t shown = 0; shown < kWidestCell - 1; ++shown) {
    ++bytes;
    while (bytes < text.size() && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) ++bytes;
  }
  return text.substr(0, bytes) + "…";
}

}  // namespace

TablePrinter::TablePrinter(SchemaPtr schema, bool colours)
    : schema_(std::move(schema)), colours_(colours) {
  for (const Field& field : schema_->fields()) {
    columns_.emplace_back(field.type);
    widths_.push_back(Width(field.name));
  }
}

std::string TablePrinter::CellText(size_t column, RowIndex row) {
  std::string text;
  if (columns_[column].IsNull(row)) return text;
  writer_.Begin(text);
  columns_[column].PutText(row, writer_);
  writer_.Flush();
  return Shorten(std::move(text));
}

void TablePrinter::Append(const RecordBatch& batch, std::string& out) {
  for (size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].Bind(*batch.column(static_cast<int>(i)));
  }
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> deleted;
  const Column* op = batch.hidden().op.get();
  bool grown = false;
  batch.rows().ForEach([&](RowIndex row) {
    std::vector<std::string>& cells = rows.emplace_back();
    deleted.push_back(op != nullptr &&
                      ColumnView<uint8_t>(*op)[row] == static_cast<uint8_t>(RowOp::kDelete));
    for (size_t i = 0; i < columns_.size(); ++i) {
      cells.push_back(CellText(i, row));
      grown = grown || Width(cells.back()) > widths_[i];
      widths_[i] = std::max(widths_[i], Width(cells.back()));
    }
  });
  if (grown) rows_since_header_ = SIZE_MAX;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows_since_header_ >= kRowsPerHeader) AppendHeader(out);
    AppendRow(rows[i], deleted[i], out);
    ++rows_since_header_;
  }
}

void TablePrinter::AppendHeader(std::string& out) {
  std::vector<std::string> names;
  for (const Field& field : schema_->fields()) names.push_back(field.name);
  if (colours_) out += "\x1b[1m";
  AppendRow(names, false, out);
  if (colours_) out += "\x1b[0m";
  rows_since_header_ = 0;
}

void TablePrinter::AppendRow(const std::vector<std::string>& cells, bool deleted,
                             std::string& out) const {
  const size_t start = out.size();
  for (size_t i = 0; i < cells.size(); ++i) {
    const std::string padding(widths_[i] - Width(cells[i]), ' ');
    const bool right = schema_->field(static_cast<int>(i)).type.is_numeric();
    if (i > 0) out += "  ";
    out += right ? padding + cells[i] : cells[i] + padding;
  }
  if (deleted) out += "  (deleted)";
  while (out.size() > start && out.back() == ' ') out.pop_back();
  out += '\n';
}

}  // namespace weir
