// Objects and arrays of JSON Schema: structs, maps, lists, and the fields of a row.
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "compiler/jsonschema/type_mapper.h"

namespace weir::jsonschema {
namespace {

/// References may be nested so that the whole grows beyond all bounds.
constexpr size_t kMostFields = 10'000;

bool CanBeName(std::string_view name) {
  return !name.empty() && name.find_first_of("`\r\n") == std::string_view::npos &&
         name.find('\0') == std::string_view::npos;
}

}  // namespace

std::string TypeMapper::DocLines(const SchemaView& view, bool with_title) {
  std::string out;
  for (const char* keyword : {"title", "description"}) {
    if (!with_title && std::string_view(keyword) == "title") continue;
    const JsonNode* text = view.Find(keyword);
    if (text == nullptr || !text->is(JsonNode::Kind::kString)) continue;
    size_t begin = 0;
    while (begin <= text->text.size()) {
      const size_t end = std::min(text->text.find('\n', begin), text->text.size());
      std::string line = text->text.substr(begin, end - begin);
      std::erase(line, '\r');
      out += "/// " + line + "\n";
      begin = end + 1;
    }
  }
  return out;
}

void TypeMapper::SetElement(MappedType element, MappedType& mapped) {
  if (!element.where.empty()) {
    element.place.demand = static_cast<int>(demands_.size());
    demands_.push_back(element.type + " where " + element.where);
  }
  mapped.place.element = std::make_shared<const TypePlace>(std::move(element.place));
}

std::optional<MappedType> TypeMapper::MapArray(const SchemaView& view) {
  MappedType mapped;
  mapped.notation = Notation::kStruct;
  const JsonNode::Member* items = view.FindMember("items");
  MappedType element;
  element.type = "json";
  element.or_null = true;
  if (items != nullptr) {
    if (items->value->is(Kind::kArray)) {
      Unsupported(view, "items", "arrays whose places have schemas of their own can't be read")
          .Help("declare the field in the .flow file: `jsonschema(…) { field: json }`");
      return std::nullopt;
    }
    std::optional<MappedType> inner = Map(*items->value);
    if (!inner) return std::nullopt;
    element = *std::move(inner);
  }
  mapped.type = fmt::format("list<{}{}>", element.type, element.or_null ? "?" : "");
  mapped.parts = {element.Rules(false, false)};
  SetElement(std::move(element), mapped);
  if (!AddLengths(view, "minItems", "maxItems", mapped)) return std::nullopt;
  if (view.Find("enum") != nullptr || view.Find("const") != nullptr) {
    NotChecked(view, view.Find("enum") != nullptr ? "enum" : "const",
               "values of lists can't be listed");
  }
  return mapped;
}

std::optional<bool> TypeMapper::Closed(const SchemaView& view, const JsonNode*& rest) {
  const JsonNode::Member* member = view.FindMember("additionalProperties");
  if (member == nullptr || member->value->is_true()) return false;
  size_t with_properties = 0;
  for (const JsonNode* layer : view.layers) {
    with_properties += layer->FindMember("properties") != nullptr ? 1 : 0;
  }
  if (with_properties > 1) {
    Unsupported(view, "additionalProperties",
                "`additionalProperties` would forbid what another part of `allOf` declares")
        .Help("remove it; unknown keys are then ignored");
    return std::nullopt;
  }
  if (member->value->is_false()) return true;
  if (member->value->is(Kind::kObject) && member->value->members.empty()) return false;
  rest = member->value.get();
  return false;
}

std::optional<MappedType> TypeMapper::MapObject(const SchemaView& view) {
  MappedType mapped;
  mapped.notation = Notation::kStruct;
  const JsonNode* rest = nullptr;
  const std::optional<bool> closed = Closed(view, rest);
  if (!closed) return std::nullopt;
  for (const char* keyword : {"enum", "const"}) {
    NotChecked(view, keyword, "objects can't be listed");
  }
  if (view.Find("properties") == nullptr) {
    if (*closed) {
      Unsupported(view, "additionalProperties", "an object without any fields has no type");
      return std::nullopt;
    }
    NotChecked(view, "required", "the keys of a map can't be required");
    MappedType value;
    value.type = "json";
    value.or_null = true;
    if (rest != nullptr) {
      std::optional<MappedType> inner = Map(*rest);
      if (!inner) return std::nullopt;
      value = *std::move(inner);
    }
    const JsonNode* key = view.Find("x-flow-key-type");
    if (key != nullptr && !RE2::FullMatch(key->text,
                                          "u?int(8|16|32|64)|uuid|ipv4|ipv6|timestamp|date|"
                                          "duration|bool|decimal\\(\\d+, ?\\d+\\)|enum\\(.*\\)")) {
      Malformed(view, "x-flow-key-type", "a type of .flow that keys of maps may have");
      return std::nullopt;
    }
    mapped.type = fmt::format("map<{}, {}{}>", key == nullptr ? "string" : key->text, value.type,
                              value.or_null ? "?" : "");
    mapped.parts = {value.Rules(false, false)};
    SetElement(std::move(value), mapped);
    return mapped;
  }
  if (rest != nullptr) {
    NotChecked(view, "additionalProperties",
               "further keys of an object inside a row are ignored, whatever they hold");
  }
  std::optional<MappedFields> fields = MapMembers(view, /*nested=*/true, {});
  if (!fields) return std::nullopt;
  if (fields->names.empty()) {
    Unsupported(view, "properties", "an object without any fields has no type");
    return std::nullopt;
  }
  mapped.type = "struct {\n" + fields->text + "}";
  mapped.unknown_refused = *closed;
  mapped.parts = std::move(fields->rules);
  mapped.place.fields = std::move(fields->places);
  return mapped;
}

std::optional<MappedFields> TypeMapper::MapMembers(const SchemaView& view, bool nested,
                                                   const std::set<std::string>& skipped) {
  MappedFields fields;
  bool good = true;
  for (const JsonNode* layer : view.layers) {
    const JsonNode::Member* required = layer->FindMember("required");
    if (required != nullptr && !required->value->is(Kind::kArray)) {
      file_.Report(Code::kF0711, *required, *layer).Arg("an array of names");
      good = false;
    }
    const JsonNode* properties = layer->Find("properties");
    if (properties == nullptr) continue;
    if (!properties->is(Kind::kObject)) {
      file_.Report(Code::kF0711, *layer->FindMember("properties"), *layer).Arg("an object");
      return std::nullopt;
    }
    for (const JsonNode::Member& property : properties->members) {
      if (skipped.contains(property.name)) continue;
      if (std::find(fields.names.begin(), fields.names.end(), property.name) !=
          fields.names.end()) {
        file_.Report(Code::kF0710, property, *properties)
            .Message("the field `{}` is declared twice through `allOf`", property.name);
        good = false;
        continue;
      }
      good &= MapMember(view, property, nested, fields);
    }
  }
  for (const JsonNode* layer : view.layers) {
    const JsonNode* required = layer->Find("required");
    if (required == nullptr) continue;
    for (const auto& name : required->elements) {
      if (skipped.contains(name->text) ||
          std::find(fields.names.begin(), fields.names.end(), name->text) != fields.names.end()) {
        continue;
      }
      if (!good) continue;
      file_.diagnostics()
          .Report(Code::kF0710, name->span)
          .Message("`{}` is required and not among the properties", name->text)
          .Help("declare it: in \"properties\", or in the braces behind `jsonschema(…)`");
      good = false;
    }
  }
  if (!good) return std::nullopt;
  if (!nested && !AddRest(view, fields)) return std::nullopt;
  return fields;
}

bool TypeMapper::AddRest(const SchemaView& view, MappedFields& fields) {
  const JsonNode* rest = nullptr;
  const std::optional<bool> closed = Closed(view, rest);
  if (!closed) return false;
  if (rest == nullptr) {
    fields.text += *closed ? "  ... reject\n" : "  ... ignore\n";
    return true;
  }
  std::optional<MappedType> value = Map(*rest);
  if (!value) return false;
  std::string name = "additional_properties";
  const JsonNode* into = view.Find("x-flow-into");
  if (into != nullptr && CanBeName(into->text)) name = into->text;
  while (std::find(fields.names.begin(), fields.names.end(), name) != fields.names.end()) {
    name += "_";
  }
  MappedType map;
  SetElement(*value, map);
  FieldPlace place;
  place.name = place.default_value = rest->span;
  place.type = std::move(map.place);
  place.type.span = rest->span;
  if (value->Rules(false, false) != nullptr) {
    NotChecked(view, "additionalProperties", "objects in further keys may have unknown keys");
  }
  fields.text += fmt::format("  `{}`: map<string, {}{}> = {{}},\n  ... into `{}`\n", name,
                             value->type, value->or_null ? "?" : "", name);
  fields.names.push_back(name);
  fields.rules.push_back(nullptr);
  fields.places.push_back(std::move(place));
  return true;
}

bool TypeMapper::MapMember(const SchemaView& view, const JsonNode::Member& property, bool nested,
                           MappedFields& fields) {
  if (++fields_ > kMostFields) {
    if (fields_ == kMostFields + 1) {
      file_.diagnostics()
          .Report(Code::kF0710, property.name_span)
          .Message("the schema grows beyond {} fields through its references", kMostFields);
    }
    return false;
  }
  if (!CanBeName(property.name)) {
    file_.diagnostics()
        .Report(Code::kF0710, property.name_span)
        .Message("a field can't have this name")
        .Note("names are not empty and hold no backtick and no line end");
    return false;
  }
  std::optional<MappedType> mapped = Map(*property.value);
  if (!mapped) return false;
  bool required = false;
  for (const JsonNode* layer : view.layers) {
    const JsonNode* names = layer->Find("required");
    if (names == nullptr) continue;
    for (const auto& name : names->elements) required |= name->text == property.name;
  }
  std::optional<SchemaView> own = file_.View(*property.value, active_);
  FieldPlace place;
  place.name = property.name_span;
  place.type = mapped->place;
  place.type.span = property.value->span;
  std::string default_text;
  const JsonNode* default_value = own ? own->Find("default") : nullptr;
  if (default_value != nullptr && !required && !default_value->is(Kind::kNull)) {
    place.default_value = default_value->span;
    if (nested) {
      file_.Report(Code::kW0710, *own->FindMember("default"), own->self())
          .Message("this default is not applied")
          .Note("inside an object an absent key is null");
    } else {
      default_text = DefaultText(*default_value, mapped->notation, mapped->type);
    }
  }
  const bool optional = mapped->or_null || (!required && default_text.empty());
  fields.text += own ? DocLines(*own, /*with_title=*/true) : "";
  fields.text += fmt::format("  `{}`: {}{}", property.name, mapped->type, optional ? "?" : "");
  if (!mapped->annotation.empty()) fields.text += " " + mapped->annotation;
  if (!default_text.empty()) fields.text += " = " + default_text;
  if (!mapped->where.empty()) fields.text += " where " + mapped->where;
  fields.text += ",\n";
  fields.names.push_back(property.name);
  fields.rules.push_back(mapped->Rules(optional && !mapped->or_null, required && mapped->or_null));
  fields.places.push_back(std::move(place));
  return true;
}

std::string TypeMapper::FlowLiteral(const JsonNode& value) const {
  switch (value.kind) {
    case Kind::kString: return QuotedFlow(value.text);
    case Kind::kArray: {
      std::string out = "[";
      for (const auto& element : value.elements) {
        out += (out.size() > 1 ? ", " : "") + FlowLiteral(*element);
      }
      return out + "]";
    }
    case Kind::kObject: {
      std::string out = "{";
      for (const JsonNode::Member& member : value.members) {
        out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : " ", QuotedFlow(member.name),
                           FlowLiteral(*member.value));
      }
      return out + (out.size() > 1 ? " }" : "}");
    }
    default: return value.text;
  }
}

std::string TypeMapper::DefaultText(const JsonNode& value, Notation notation,
                                    std::string_view type) {
  if (notation == Notation::kJson) {
    return value.is(Kind::kObject) && value.members.empty()
               ? "{}"
               : "parse_json(" + QuotedFlow(file_.source().Text(value.span)) + ")";
  }
  if (notation == Notation::kCast) {
    return fmt::format("cast({} as {})", FlowLiteral(value), type);
  }
  return FlowLiteral(value);
}

}  // namespace weir::jsonschema
