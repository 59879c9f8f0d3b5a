#include "runtime/connectors/formats.h"

namespace weir {
namespace {

FormatSpec Json() {
  FormatSpec spec;
  spec.name = "json";
  spec.doc =
      "One JSON object a record. Reading checks the whole record: UTF-8, structure, no key twice, "
      "at "
      "most 64 levels. Writing: keys in schema order, nulls left out, decimals with all their "
      "digits, "
      "timestamps in UTC with microseconds, bytes as base64.";
  spec.options = {{.name = "lines",
                   .type = OptionType::kBool,
                   .doc = "A record is one line; the only form so far.",
                   .default_value = Value::Bool(true),
                   .example = "true"}};
  return spec;
}

FormatSpec Csv() {
  FormatSpec spec;
  spec.name = "csv";
  spec.doc =
      "Lines of RFC 4180. An empty cell is null, the default, or an empty string; \"\" is always "
      "an "
      "empty string. Lists, maps, structs and json are JSON inside a cell.";
  spec.options = {{.name = "header",
                   .type = OptionType::kBool,
                   .doc = "The first line names the columns; else they come in schema order.",
                   .default_value = Value::Bool(true),
                   .example = "false"},
                  {.name = "separator",
                   .doc = "The one byte between cells.",
                   .default_value = Value::String(","),
                   .example = "\";\""},
                  {.name = "null",
                   .doc = "Text of an unquoted cell that means null.",
                   .default_value = Value::String(""),
                   .example = "\"NULL\""}};
  return spec;
}

FormatSpec Raw() {
  FormatSpec spec;
  spec.name = "raw";
  spec.doc =
      "The record as it is, in a schema of one field: a string (valid UTF-8) or bytes. A sink may "
      "have a key beside it.";
  return spec;
}

}  // namespace

std::vector<FormatSpec> AllFormats() { return {Json(), Csv(), Raw()}; }

}  // namespace weir
