#include "compiler/jsonschema/schema_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/suggest.h"
#include "compiler/jsonschema/keywords.h"

namespace weir::jsonschema {
namespace {

bool IsNullSchema(const JsonNode& schema) {
  const JsonNode* type = schema.Find("type");
  if (type != nullptr) return type->is(JsonNode::Kind::kString) && type->text == "null";
  const JsonNode* constant = schema.Find("const");
  return constant != nullptr && constant->is(JsonNode::Kind::kNull);
}

/// `~1` and `~0` of a pointer, `%20` of the fragment it stands in.
std::string UnescapedToken(std::string_view token) {
  std::string out;
  for (size_t i = 0; i < token.size(); ++i) {
    if (token[i] == '%' && i + 2 < token.size()) {
      const std::string hex(token.substr(i + 1, 2));
      char* end = nullptr;
      const long code = std::strtol(hex.c_str(), &end, 16);
      if (end == hex.c_str() + 2) {
        out += static_cast<char>(code);
        i += 2;
        continue;
      }
    }
    if (token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1')) {
      out += token[++i] == '0' ? '~' : '/';
      continue;
    }
    out += token[i];
  }
  return out;
}

/// Keywords that may stand in several layers: people's texts, and what is merged.
bool MayRepeat(std::string_view keyword) {
  static const std::set<std::string_view> kNames = {"title",    "description", "properties",
                                                    "required", "default",     "x-flow-type"};
  return kNames.contains(keyword) || UseOf(keyword) == KeywordUse::kAnnotation;
}

}  // namespace

const JsonNode::Member* SchemaView::FindMember(std::string_view keyword) const {
  for (const JsonNode* layer : layers) {
    if (const JsonNode::Member* member = layer->FindMember(keyword)) return member;
  }
  return nullptr;
}

const JsonNode* SchemaView::Find(std::string_view keyword) const {
  const JsonNode::Member* member = FindMember(keyword);
  return member == nullptr ? nullptr : member->value.get();
}

SchemaFile::SchemaFile(const SourceFile& source, const JsonNode& root,
                       DiagnosticEngine& diagnostics)
    : source_(source), root_(root), diagnostics_(diagnostics) {
  const JsonNode* draft = root.Find("$schema");
  if (draft == nullptr) return;
  for (std::string_view old : {"draft-03", "draft-04", "draft-06", "draft-07"}) {
    if (draft->text.find(old) != std::string::npos) siblings_count_ = false;
  }
}

DiagnosticBuilder SchemaFile::Report(Code code, const JsonNode::Member& keyword,
                                     const JsonNode& owner) {
  return diagnostics_.Report(code, keyword.name_span)
      .Arg(keyword.name)
      .Note(fmt::format("at #{}/{}", owner.pointer, keyword.name));
}

bool SchemaFile::CheckKeywords(const JsonNode& schema) {
  if (!checked_.insert(&schema).second) return true;
  bool good = true;
  for (const JsonNode::Member& keyword : schema.members) {
    switch (UseOf(keyword.name)) {
      case KeywordUse::kMapped:
      case KeywordUse::kAnnotation: break;
      case KeywordUse::kUnknown: {
        auto report = Report(Code::kW0710, keyword, schema);
        report.Message("`{}` is no keyword of JSON Schema", keyword.name);
        if (auto near = SuggestName(keyword.name, KnownKeywords())) {
          report.Here(fmt::format("did you mean `{}`?", *near));
        }
        break;
      }
      case KeywordUse::kRestricts:
        if (keyword.value->is_false() && keyword.name == "uniqueItems") break;
        Report(Code::kW0710, keyword, schema).Help("check it in the pipeline: `|> validate …`");
        break;
      case KeywordUse::kShapes:
        good = false;
        Report(Code::kF0710, keyword, schema)
            .Help("declare the field in the .flow file: `jsonschema(…) { field: json }`");
        break;
    }
  }
  return good;
}

const JsonNode* SchemaFile::Locate(std::string_view reference) const {
  if (!reference.starts_with('#')) return nullptr;
  reference.remove_prefix(1);
  const JsonNode* at = &root_;
  while (!reference.empty()) {
    if (!reference.starts_with('/')) return nullptr;
    reference.remove_prefix(1);
    const size_t end = std::min(reference.find('/'), reference.size());
    const std::string token = UnescapedToken(reference.substr(0, end));
    reference.remove_prefix(end);
    if (at->is(JsonNode::Kind::kArray)) {
      const bool digits = !token.empty() && token.size() < 8 &&
                          token.find_first_not_of("0123456789") == std::string::npos;
      const size_t index = digits ? std::stoul(token) : at->elements.size();
      if (index >= at->elements.size()) return nullptr;
      at = at->elements[index].get();
    } else {
      at = at->Find(token);
      if (at == nullptr) return nullptr;
    }
  }
  return at;
}

bool SchemaFile::AddReference(const JsonNode::Member& ref, const JsonNode& owner,
                              const std::vector<const JsonNode*>& active, SchemaView& view) {
  const std::string& text = ref.value->text;
  const auto refuse = [&](std::string why) {
    return diagnostics_.Report(Code::kF0712, ref.value->span)
        .Arg(text)
        .Arg(why)
        .Note(fmt::format("at #{}/$ref", owner.pointer));
  };
  if (!ref.value->is(JsonNode::Kind::kString)) {
    Report(Code::kF0711, ref, owner).Arg("a string: \"#/$defs/name\"");
    return false;
  }
  const JsonNode* target = Locate(text);
  if (target == nullptr) {
    refuse(text.starts_with('#') ? "leads nowhere" : "leads out of this file")
        .Help("only places of the same file can be named: \"#/$defs/name\"");
    return false;
  }
  const bool circle =
      std::find(active.begin(), active.end(), target) != active.end() ||
      std::find(view.path.begin(), view.path.end(), target) != view.path.end() ||
      target == &owner;
  if (circle) {
    refuse("leads in a circle")
        .Label(target->span, "this would contain itself")
        .Help("rows have no types without end: `jsonschema(…) { field: json }` keeps it as it is");
    return false;
  }
  // What two parts of an `allOf` name both says the same twice.
  if (std::find(view.targets.begin(), view.targets.end(), target) != view.targets.end()) {
    return true;
  }
  view.targets.push_back(target);
  view.path.push_back(target);
  const bool added = AddLayer(*target, active, view);
  view.path.pop_back();
  return added;
}

bool SchemaFile::AddUnion(const JsonNode::Member& keyword, const JsonNode& owner,
                          const std::vector<const JsonNode*>& active, SchemaView& view) {
  if (!keyword.value->is(JsonNode::Kind::kArray) || keyword.value->elements.empty()) {
    Report(Code::kF0711, keyword, owner).Arg("an array of schemas");
    return false;
  }
  if (keyword.name == "allOf") {
    for (const auto& part : keyword.value->elements) {
      if (!AddLayer(*part, active, view)) return false;
    }
    return true;
  }
  std::vector<const JsonNode*> rest;
  for (const auto& part : keyword.value->elements) {
    if (IsNullSchema(*part)) {
      view.or_null = true;
    } else {
      rest.push_back(part.get());
    }
  }
  if (rest.size() == 1) return AddLayer(*rest[0], active, view);
  Report(Code::kF0710, keyword, owner)
      .Note("what can be read is one schema, alone or beside {\"type\": \"null\"}")
      .Help("declare the field in the .flow file: `jsonschema(…) { field: json }`");
  return false;
}

bool SchemaFile::AddLayer(const JsonNode& schema, const std::vector<const JsonNode*>& active,
                          SchemaView& view) {
  if (schema.is_true()) return true;
  if (!schema.is(JsonNode::Kind::kObject)) {
    diagnostics_.Report(Code::kF0711, schema.span)
        .Arg(schema.is_false() ? "false" : "#" + schema.pointer)
        .Arg(schema.is_false() ? "a schema that some value satisfies" : "a schema: an object")
        .Note(fmt::format("at #{}", schema.pointer));
    return false;
  }
  const JsonNode::Member* ref = schema.FindMember("$ref");
  const bool alone = ref != nullptr && !siblings_count_;
  if (!alone) {
    if (!CheckKeywords(schema)) return false;
    view.layers.push_back(&schema);
  }
  if (ref != nullptr && !AddReference(*ref, schema, active, view)) return false;
  if (alone) return true;
  for (const char* keyword : {"allOf", "anyOf", "oneOf"}) {
    const JsonNode::Member* member = schema.FindMember(keyword);
    if (member != nullptr && !AddUnion(*member, schema, active, view)) return false;
  }
  return true;
}

bool SchemaFile::CheckClashes(const SchemaView& view) {
  for (size_t i = 0; i < view.layers.size(); ++i) {
    for (const JsonNode::Member& keyword : view.layers[i]->members) {
      if (MayRepeat(keyword.name) || keyword.name == "$ref" || keyword.name == "allOf" ||
          keyword.name == "anyOf" || keyword.name == "oneOf") {
        continue;
      }
      for (size_t k = 0; k < i; ++k) {
        const JsonNode::Member* other = view.layers[k]->FindMember(keyword.name);
        if (other == nullptr || view.layers[k] == view.layers[i]) continue;
        if (keyword.name == "type" && other->value->text == keyword.value->text &&
            keyword.value->is(JsonNode::Kind::kString)) {
          continue;
        }
        Report(Code::kF0710, keyword, *view.layers[i])
            .Message("`{}` is said twice about one value, and only one of them can be read",
                     keyword.name)
            .Label(other->name_span, "the other one");
        return false;
      }
    }
  }
  return true;
}

std::optional<SchemaView> SchemaFile::View(const JsonNode& schema,
                                           const std::vector<const JsonNode*>& active) {
  SchemaView view;
  if (!AddLayer(schema, active, view) || !CheckClashes(view)) return std::nullopt;
  if (view.layers.empty()) {
    static const JsonNode kAnything = [] {
      JsonNode node;
      node.kind = JsonNode::Kind::kObject;
      return node;
    }();
    view.layers.push_back(&kAnything);
  }
  return view;
}

}  // namespace weir::jsonschema
