#include "runtime/ddl/create_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/clickhouse_type_of.h"

namespace weir {
namespace {

/// Quoted only where it must be.
std::string Name(const std::string& name) {
  const bool plain = !name.empty() && std::isdigit(static_cast<unsigned char>(name[0])) == 0 &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
                     });
  return plain ? name : ClickhouseName(name);
}

bool MayBeKey(const TableSketch& table, const std::string& name) {
  for (const TableSketch::Column& column : table.columns) {
    if (column.name == name) return !column.type.optional() && !column.type.is_nested();
  }
  return false;
}

}  // namespace

std::string CreateTableText(const TableSketch& table) {
  std::string text;
  if (!table.guessed.empty()) text += "-- ORDER BY is a guess: " + table.guessed + "\n";
  text += "CREATE TABLE " + Name(table.name) + " (\n";
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const TableSketch::Column& column = table.columns[i];
    text += fmt::format("    {} {}", Name(column.name), ClickhouseTypeOf(column.type));
    if (!column.doc.empty()) text += " COMMENT " + ClickhouseString(column.doc);
    text += i + 1 < table.columns.size() ? ",\n" : "\n";
  }
  std::string key;
  for (const std::string& name : table.order_by) {
    if (MayBeKey(table, name)) key += (key.empty() ? "" : ", ") + Name(name);
  }
  text += fmt::format(") ENGINE = {}\nORDER BY {}",
                      table.replacing ? "ReplacingMergeTree" : "MergeTree",
                      key.empty() ? "tuple()" : "(" + key + ")");
  if (!table.doc.empty()) text += "\nCOMMENT " + ClickhouseString(table.doc);
  return text + ";\n";
}

}  // namespace weir
