#include "stdlib/scalar/json/json_functions.h"

#include <fmt/format.h>

#include "runtime/vector/column_text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/json/json_walk.h"

namespace weir {
namespace {

void ToJson(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
            Column& out) {
  std::string text;
  auto* values = out.mutable_data<std::string_view>();
  rows.ForEach([&](RowIndex row) {
    text.clear();
    AppendColumnJson(*arguments[0], row, text);
    values[row] = out.arena().Copy(text);
  });
}

std::string_view ParseJson(KernelRow& row, std::string_view text) {
  if (!IsJson(text)) {
    row.Fail(RowErrorCode::kJsonAccess, fmt::format("\"{}\" is not JSON", text.substr(0, 100)));
  }
  return TrimJson(text);
}

std::string_view JsonType(std::string_view json) { return JsonTypeName(json); }

std::optional<int64_t> JsonLength(std::string_view json) {
  const std::string_view type = JsonTypeName(json);
  if (type != "object" && type != "array") return std::nullopt;
  thread_local std::vector<JsonMember> members;
  ListJson(json, members);
  return static_cast<int64_t>(members.size());
}

void JsonKeys(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
              Column& out) {
  const kernel::Reader<std::string_view> texts(*arguments[0]);
  auto* entries = out.mutable_data<ListEntry>();
  std::vector<JsonMember> members;
  std::vector<std::string> keys;
  rows.ForEach([&](RowIndex row) {
    const auto offset = static_cast<uint32_t>(keys.size());
    if (JsonTypeName(texts[row]) == "object") {
      ListJson(texts[row], members);
      for (const JsonMember& member : members) AppendUnescaped(member.key, keys.emplace_back());
    }
    entries[row] = {offset, static_cast<uint32_t>(keys.size()) - offset};
  });
  MutableColumnPtr child = Column::Make(out.type().element(), static_cast<uint32_t>(keys.size()));
  auto* values = child->mutable_data<std::string_view>();
  for (size_t i = 0; i < keys.size(); ++i) values[i] = child->arena().Copy(keys[i]);
  out.set_child(0, std::move(child));
}

using JsonPath = std::vector<JsonStep>;

Result<std::shared_ptr<const void>> BindPath(std::span<const Value* const> constants) {
  if (constants[1] == nullptr || constants[1]->is_null()) {
    return InvalidArgumentError("the path must be a constant");
  }
  std::optional<JsonPath> path = ParseJsonPath(constants[1]->as_string());
  if (!path) {
    return InvalidArgumentError("\"{}\" is not a path such as \"$.items[0].price\"",
                                constants[1]->as_string());
  }
  return std::shared_ptr<const void>(std::make_shared<JsonPath>(*std::move(path)));
}

std::optional<std::string_view> JsonGet(KernelRow& row, std::string_view json, std::string_view) {
  thread_local std::vector<JsonMember> members;
  return FindJson(json, row.bound<JsonPath>(), members);
}

ParamDef Json() { return Param("json", DataType::Json(), "a JSON value"); }

}  // namespace

const std::vector<FunctionDef>& JsonFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("to_json", "json",
                      "Any value as JSON, as sinks write it: decimals with exact digits, times as "
                      "text, absent fields of structs left out.")
          .Takes({Param("value", TypePattern::Any(), "any value")}, DataType::Json(), &ToJson)
          .Example("to_string(to_json({a: 1, b: \"x\"}))", "'{\"a\":1,\"b\":\"x\"}'")
          .Example("to_string(to_json([1.50, 2.00]))", "\"[1.50,2.00]\""),
      FunctionBuilder("parse_json", "json",
                      "The JSON value that a text is; any other fails the row.")
          .Fallible()
          .Takes({Param("text", DataType::String(), "JSON")}, DataType::Json(),
                 &RowKernel<ParseJson>)
          .Example("to_string(parse_json('{\"a\": 1.50}').a)", "\"1.50\"")
          .Example("to_string(parse_json(\"{a\"))", "error: is not JSON"),
      FunctionBuilder(
          "json_get", "json",
          "The value at a path, with its own digits; null where the path leads nowhere, "
          "into a scalar too.")
          .Takes({Json(), ConstantParam(Param("path", DataType::String(), "`$.items[0].price`"))},
                 DataType::Json().AsOptional(), &RowKernel<JsonGet>, &BindPath)
          .Example("to_string(json_get(to_json({a: {b: [1, 2.50]}}), \"$.a.b[1]\"))", "\"2.50\"")
          .Example("json_get(to_json({a: 1}), \"$.b.c\") is null", "true"),
      FunctionBuilder("json_keys", "json",
                      "Names of the members of an object, in their order; "
                      "none of anything else.")
          .Takes({Json()}, DataType::List(DataType::String()), &JsonKeys)
          .Example("json_keys(to_json({b: 1, a: 2}))", "[\"b\", \"a\"]")
          .Example("length(json_keys(to_json(1)))", "0"),
      FunctionBuilder("json_length", "json",
                      "How many elements an array or members an object has; null of a scalar.")
          .Takes({Json()}, DataType::Int64().AsOptional(), &RowKernel<JsonLength>)
          .Example("json_length(to_json([1, 2, 3]))", "3")
          .Example("json_length(to_json(1))", "null"),
      FunctionBuilder("json_type", "json",
                      "object, array, string, number, bool or null: what a JSON value is.")
          .Takes({Json()}, DataType::String(), &RowKernel<JsonType>)
          .Example("json_type(to_json([1]))", "\"array\"")
          .Example("json_type(to_json(\"x\"))", "\"string\""),
  };
  return functions;
}

}  // namespace weir
