#include "stdlib/scalar/json/json_functions.h"

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/conversion/canonical_text.h"

namespace weir {
namespace {

void ToJson(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
            Column& out) {
  std::string text;
  auto* values = out.mutable_data<std::string_view>();
  rows.ForEach([&](RowIndex row) {
    text.clear();
    AppendCanonicalJson(*arguments[0], row, text);
    values[row] = out.arena().Copy(text);
  });
}

}  // namespace

const std::vector<FunctionDef>& JsonFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("to_json", "json",
                      "Any value as JSON, as sinks write it: decimals with exact digits, times as "
                      "text, absent fields of structs left out.")
          .Takes({Param("value", TypePattern::Any(), "any value")}, DataType::Json(), &ToJson)
          .Example("to_string(to_json({a: 1, b: \"x\"}))", "'{\"a\":1,\"b\":\"x\"}'")
          .Example("to_string(to_json([1.50, 2.00]))", "\"[1.50,2.00]\""),
  };
  return functions;
}

}  // namespace weir
