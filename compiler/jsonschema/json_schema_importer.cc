#include "compiler/jsonschema/json_schema_importer.h"

#include <fmt/format.h>

#include <filesystem>

#include "compiler/jsonschema/type_mapper.h"
#include "compiler/syntax/parse.h"

namespace weir::jsonschema {
namespace {

/// Gives the parts of a parsed type the places of the JSON file, and elements their demands.
class Placing {
 public:
  using Demands = std::map<const ast::TypeRef*, const ast::Expr*>;
  /// `demands`: fields with the `where` of elements; may be null.
  Placing(const ast::SchemaDecl* demands, Demands& out) : demands_(demands), out_(out) {}

  void Fields(std::vector<ast::FieldDecl>& fields, const std::vector<FieldPlace>& places) {
    for (size_t i = 0; i < fields.size() && i < places.size(); ++i) {
      ast::FieldDecl& field = fields[i];
      field.name.span = field.span = places[i].name;
      if (field.default_value != nullptr) field.default_value->span = places[i].default_value;
      if (field.type != nullptr) Type(*field.type, places[i].type, places[i].type.span);
    }
  }

 private:
  void Type(ast::TypeRef& type, const TypePlace& place, Span span) {
    type.span = span;
    for (ast::Name& part : type.name.parts) part.span = span;
    if (place.demand >= 0 && demands_ != nullptr) {
      out_[&type] = demands_->fields[static_cast<size_t>(place.demand)].where.get();
    }
    Fields(type.fields, place.fields);
    for (size_t i = 0; i < type.arguments.size(); ++i) {
      const bool element = i + 1 == type.arguments.size() && place.element != nullptr;
      Type(*type.arguments[i], element ? *place.element : TypePlace(), span);
    }
  }

  const ast::SchemaDecl* demands_;
  Demands& out_;
};

/// The schema, and one more whose fields carry the demands on elements.
std::string FlowText(const MappedFields& fields, const std::vector<std::string>& demands) {
  std::string text = fields.doc + "schema imported {\n" + fields.text + "}\n";
  if (demands.empty()) return text;
  text += "schema elements {\n";
  for (size_t i = 0; i < demands.size(); ++i) text += fmt::format("  e{}: {},\n", i, demands[i]);
  return text + "}\n";
}

}  // namespace

JsonSchemaImporter::~JsonSchemaImporter() = default;

semantic::ImportedSchema JsonSchemaImporter::Import(const ast::SchemaDecl& decl,
                                                    const ConnectorOptions& arguments,
                                                    const std::string& base_dir,
                                                    DiagnosticEngine& diagnostics) {
  const ast::CallOnly& call = *decl.import;
  const auto refuse = [&](Span span, std::string why) {
    return diagnostics.Report(Code::kF0701, span).Arg(why);
  };
  if (call.callee.text != "jsonschema") {
    refuse(call.callee.span, fmt::format("nothing here reads `{}`", call.callee.text))
        .Help("what can be read: `jsonschema(\"file.json\")`");
    return {};
  }
  const std::string named = arguments.GetString("0");
  if (named.empty() || arguments.entries().size() != 1) {
    refuse(call.span, "it takes one argument, the file").Help("`jsonschema(\"order.json\")`");
    return {};
  }
  const Span argument = call.args.args[0].value->span;
  const std::string path = (std::filesystem::path(base_dir) / named).lexically_normal().string();
  const LoadedSource loaded = sources_->Load(path);
  if (loaded.file == nullptr) {
    refuse(argument, fmt::format("{}: {}", path, loaded.error))
        .Help("the path is relative to the .flow file");
    return {};
  }
  if (loaded.file->text().size() > kMaxSourceBytes) {
    refuse(argument, fmt::format("{} is larger than 1 MiB", path));
    return {};
  }
  const std::unique_ptr<JsonNode> root = ReadJson(*loaded.file, diagnostics);
  if (root == nullptr) return {};
  SchemaFile file(*loaded.file, *root, diagnostics);
  TypeMapper mapper(file);
  std::set<std::string> overridden;
  for (const ast::FieldDecl& field : decl.fields) overridden.insert(field.name.text);
  const std::optional<MappedFields> fields = mapper.MapRow(overridden);
  if (!fields) return {};
  const SourceFile& text = sources_->Add(path + " as .flow", FlowText(*fields, mapper.demands()));
  const size_t errors = diagnostics.ErrorCount();
  files_.push_back(ParseFile(text, diagnostics));
  ast::File& parsed = *files_.back();
  if (diagnostics.ErrorCount() > errors || parsed.items.empty()) return {};
  auto* schema = static_cast<ast::SchemaDecl*>(parsed.items[0].get());
  auto* demands =
      parsed.items.size() > 1 ? static_cast<ast::SchemaDecl*>(parsed.items[1].get()) : nullptr;
  semantic::ImportedSchema imported;
  Placing(demands, imported.demands).Fields(schema->fields, fields->places);
  imported.decl = schema;
  for (size_t i = 0; i < fields->names.size(); ++i) {
    if (fields->rules[i] != nullptr) imported.rules[fields->names[i]] = fields->rules[i];
  }
  return imported;
}

}  // namespace weir::jsonschema
