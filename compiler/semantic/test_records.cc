#include "compiler/semantic/test_records.h"

namespace weir::semantic {
namespace {

/// As a cell of csv has it: scalars without quotes, nested values as JSON.
std::string PlainText(const Value& value) {
  if (value.type().is(TypeKind::kString)) return value.as_string();
  std::string text = value.ToJson();
  const bool quoted = !value.type().is_nested() && !value.type().is(TypeKind::kJson) &&
                      text.size() >= 2 && text.front() == '"';
  if (!quoted) return text;
  if (value.type().is(TypeKind::kEnum)) return value.type().enum_values()[value.as_code()];
  return text.substr(1, text.size() - 2);
}

std::string QuotedCell(const std::string& text) {
  std::string cell = "\"";
  for (char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

const Value* FieldOf(const Value& row, const std::string& name) {
  const std::optional<int> at = row.type().FieldIndex(name);
  return at ? &row.as_list()[static_cast<size_t>(*at)] : nullptr;
}

std::string CsvLine(const Value& row, const plan::DecodeSpec& decode) {
  const std::string separator = decode.format_options.GetString("separator", ",");
  const std::string null_text = decode.format_options.GetString("null");
  std::string line;
  for (const plan::DecodedField& field : decode.fields) {
    if (&field != &decode.fields.front()) line += separator;
    const Value* value = FieldOf(row, field.name);
    if (value == nullptr || value->is_null()) {
      line += null_text;
      continue;
    }
    const std::string text = PlainText(*value);
    const bool plain = !text.empty() && text != null_text &&
                       text.find_first_of("\"\r\n" + separator) == std::string::npos;
    line += plain ? text : QuotedCell(text);
  }
  return line;
}

}  // namespace

std::string EncodeGiven(const Value& row, const plan::DecodeSpec& decode) {
  if (decode.format == "csv" && row.type().is(TypeKind::kStruct)) return CsvLine(row, decode);
  if (decode.format == "raw" && decode.fields.size() == 1) {
    const Value* value = FieldOf(row, decode.fields[0].name);
    const bool text = value != nullptr && !value->is_null() && value->type().is_string_like();
    if (text) return value->as_string();
  }
  return row.ToJson();
}

}  // namespace weir::semantic
