#include "compiler/jsonschema/type_mapper.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::jsonschema {

DiagnosticBuilder TypeMapper::Unsupported(const SchemaView& view, std::string_view keyword,
                                          std::string message) {
  const JsonNode::Member* member = view.FindMember(keyword);
  if (member == nullptr) {
    return file_.diagnostics()
        .Report(Code::kF0710, view.self().span)
        .Message("{}", message)
        .Note(fmt::format("at #{}", view.self().pointer));
  }
  return file_.Report(Code::kF0710, *member, view.self()).Message("{}", message);
}

DiagnosticBuilder TypeMapper::Malformed(const SchemaView& view, std::string_view keyword,
                                        std::string_view wanted) {
  return file_.Report(Code::kF0711, *view.FindMember(keyword), view.self()).Arg(wanted);
}

void TypeMapper::NotChecked(const SchemaView& view, std::string_view keyword, std::string note) {
  const JsonNode::Member* member = view.FindMember(keyword);
  if (member != nullptr) {
    file_.Report(Code::kW0710, *member, view.self()).Note(std::move(note));
  }
}

void TypeMapper::Demand(MappedType& mapped, const std::string& condition) {
  mapped.where += (mapped.where.empty() ? "" : " and ") + condition;
}

std::string TypeMapper::ImpliedType(const SchemaView& view) const {
  for (const char* keyword : {"properties", "required", "additionalProperties"}) {
    if (view.Find(keyword) != nullptr) return "object";
  }
  if (view.Find("items") != nullptr) return "array";
  for (const char* keyword : {"pattern", "minLength", "maxLength", "format"}) {
    if (view.Find(keyword) != nullptr) return "string";
  }
  std::vector<const JsonNode*> values;
  if (const JsonNode* constant = view.Find("const")) values.push_back(constant);
  const JsonNode* choices = view.Find("enum");
  for (size_t i = 0; choices != nullptr && i < choices->elements.size(); ++i) {
    if (!choices->elements[i]->is(Kind::kNull)) values.push_back(choices->elements[i].get());
  }
  if (values.empty()) return "";
  bool whole = true;
  for (const JsonNode* value : values) {
    if (value->kind != values[0]->kind) return "";  // no type has them all
    whole &= value->text.find_first_of(".eE") == std::string::npos;
  }
  switch (values[0]->kind) {
    case Kind::kString: return "string";
    case Kind::kBool: return "boolean";
    case Kind::kNumber: return whole ? "integer" : "number";
    default: return "";
  }
}

std::optional<std::string> TypeMapper::TypeOf(const SchemaView& view, bool& or_null) {
  static const std::set<std::string> kTypes = {"string", "integer", "number", "boolean",
                                               "object", "array",   "null"};
  const JsonNode* type = view.Find("type");
  std::vector<std::string> names;
  if (type == nullptr) {
    // Without `type` null passes too, unless the values are listed.
    or_null = view.Find("enum") == nullptr && view.Find("const") == nullptr;
    return ImpliedType(view);
  }
  if (type->is(Kind::kString)) names.push_back(type->text);
  for (const auto& element : type->elements) names.push_back(element->text);
  if (names.empty() || !std::all_of(names.begin(), names.end(), [](const std::string& name) {
        return kTypes.contains(name);
      })) {
    Malformed(view, "type",
              "one of string, integer, number, boolean, object, array, null, or a "
              "list of them");
    return std::nullopt;
  }
  const auto null = std::find(names.begin(), names.end(), "null");
  or_null = null != names.end();
  if (or_null) names.erase(null);
  // Every integer is a number.
  if (names.size() == 2 && std::find(names.begin(), names.end(), "number") != names.end()) {
    std::erase(names, "integer");
  }
  if (names.size() == 1) return names[0];
  Unsupported(view, "type",
              names.empty() ? "a field that is always null has no type"
                            : "values of several types can't be read into one column")
      .Help("declare the field in the .flow file: `jsonschema(…) { field: json }`");
  return std::nullopt;
}

std::optional<MappedType> TypeMapper::Map(const JsonNode& schema) {
  std::optional<SchemaView> view = file_.View(schema, active_);
  if (!view) return std::nullopt;
  const size_t depth = active_.size();
  active_.push_back(&schema);
  active_.insert(active_.end(), view->targets.begin(), view->targets.end());
  std::optional<MappedType> mapped = MapView(*view);
  active_.resize(depth);
  return mapped;
}

std::optional<MappedType> TypeMapper::MapView(const SchemaView& view) {
  bool or_null = false;
  std::optional<MappedType> mapped;
  if (view.Find("x-flow-type") != nullptr) {
    if (view.Find("type") != nullptr) {
      const JsonNode& type = *view.Find("type");
      for (const auto& element : type.elements) or_null |= element->text == "null";
    }
    mapped = MapFlowType(view);
  } else {
    const std::optional<std::string> type = TypeOf(view, or_null);
    if (!type) return std::nullopt;
    if (*type == "string") {
      mapped = MapString(view);
    } else if (*type == "integer" || *type == "number") {
      mapped = MapNumber(view, *type == "integer");
    } else if (*type == "boolean") {
      mapped = MapBool(view);
    } else if (*type == "array") {
      mapped = MapArray(view);
    } else if (*type == "object") {
      mapped = MapObject(view);
    } else {
      const bool listed = view.Find("enum") != nullptr || view.Find("const") != nullptr;
      if (listed) {
        Unsupported(view, view.Find("enum") != nullptr ? "enum" : "const",
                    "these values can't be listed: only strings, numbers and booleans can")
            .Help("declare the field in the .flow file: `jsonschema(…) { field: json }`");
        return std::nullopt;
      }
      mapped.emplace();
      mapped->type = "json";
      mapped->notation = Notation::kJson;
    }
  }
  if (!mapped) return std::nullopt;
  if (const JsonNode* choices = view.Find("enum"); choices != nullptr) {
    const bool lists_null = std::any_of(choices->elements.begin(), choices->elements.end(),
                                        [](const auto& choice) { return choice->is(Kind::kNull); });
    or_null = view.Find("type") == nullptr ? lists_null : or_null && lists_null;
  }
  if (view.Find("const") != nullptr) or_null = false;
  const JsonNode* where = view.Find("x-flow-where");
  if (where != nullptr && where->is(Kind::kString)) Demand(*mapped, "(" + where->text + ")");
  mapped->or_null = view.or_null || or_null;
  return mapped;
}

std::optional<MappedFields> TypeMapper::MapRow(const std::set<std::string>& skipped) {
  std::optional<SchemaView> view = file_.View(file_.root(), {});
  if (!view) return std::nullopt;
  active_.push_back(&file_.root());
  active_.insert(active_.end(), view->targets.begin(), view->targets.end());
  bool or_null = false;
  const std::optional<std::string> type = TypeOf(*view, or_null);
  if (!type) return std::nullopt;
  if (*type != "object") {
    Unsupported(*view, "type", "a row is an object, and this schema says otherwise")
        .Help("\"type\": \"object\" with \"properties\"");
    return std::nullopt;
  }
  std::optional<MappedFields> fields = MapMembers(*view, /*nested=*/false, skipped);
  // The title is a name, and the .flow file gives its own.
  if (fields) fields->doc = DocLines(*view, /*with_title=*/false);
  return fields;
}

}  // namespace weir::jsonschema
