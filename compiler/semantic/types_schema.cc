// Schemas: fields with defaults, constraints and annotations; extends; imports; unknown keys.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/declare_lazy.h"
#include "compiler/semantic/expr_taint.h"
#include "compiler/semantic/expr_typer.h"
#include "compiler/semantic/types_constraint.h"
#include "compiler/semantic/types_resolver.h"

namespace weir::semantic {

const FieldInfo* SchemaInfo::Find(std::string_view field) const {
  for (const FieldInfo& info : fields) {
    if (info.name == field) return &info;
  }
  return nullptr;
}

DataType RowTypeOf(const Schema& schema) {
  std::vector<StructField> fields;
  for (const Field& field : schema.fields()) fields.push_back({field.name, field.type});
  return DataType::Struct(std::move(fields));
}

void FinishSchema(SchemaInfo& info) {
  std::vector<Field> columns;
  std::vector<StructField> members;
  for (const FieldInfo& field : info.fields) {
    columns.push_back({field.name, field.type, field.pii});
    members.push_back({field.name, field.type});
  }
  info.schema = Schema::Make(std::move(columns));
  info.row_type = DataType::Struct(std::move(members), info.name);
}

std::vector<FieldInfo> TypeResolver::ResolveFields(const std::vector<ast::FieldDecl>& fields) {
  std::vector<FieldInfo> infos;
  for (const ast::FieldDecl& field : fields) {
    auto first = std::find_if(infos.begin(), infos.end(),
                              [&](const FieldInfo& info) { return info.name == field.name.text; });
    if (first != infos.end()) {
      diagnostics_.Report(Code::kF0102, field.name.span)
          .Arg(field.name.text)
          .Label(first->declared, "declared here first");
      continue;
    }
    infos.push_back(ResolveField(field));
  }
  return infos;
}

namespace {

/// What the fields of a nested struct demand, as a demand on the struct itself.
void AddNestedConstraints(const SchemaInfo& nested, const DataType& type, FieldInfo& info) {
  plan::ExprPtr value = plan::MakeColumn(0, "value", type.AsRequired());
  for (size_t i = 0; i < nested.fields.size(); ++i) {
    const FieldInfo& field = nested.fields[i];
    if (field.constraint == nullptr) continue;
    auto member = std::make_shared<plan::Expr>();
    member->kind = plan::ExprKind::kField;
    member->type = field.type.AsRequired();
    member->index = static_cast<int>(i);
    member->name = field.name;
    member->children = {value};
    plan::ExprPtr demand = ConstraintOn(field.constraint, member);
    if (field.type.optional()) {
      plan::ExprPtr maybe = Retyped(member, field.type);
      plan::ExprPtr absent = plan::MakeUnary(plan::ExprKind::kIsNull, DataType::Bool(), maybe);
      demand = plan::MakeBinary(plan::ExprKind::kOr, DataType::Bool(), absent, demand);
    }
    info.constraint = BothConstraints(info.constraint, demand);
    std::string text = fmt::format("{}: {}", field.name, field.constraint_text);
    info.constraint_text =
        info.constraint_text.empty() ? text : info.constraint_text + " and " + text;
  }
}

}  // namespace

void TypeResolver::AddNested(const SchemaInfo& nested, const DataType& type, FieldInfo& info) {
  AddNestedConstraints(nested, type, info);
  for (size_t i = 0; i < nested.fields.size(); ++i) {
    const FieldInfo& field = nested.fields[i];
    for (plan::PartDemand part : field.parts) {
      part.path.insert(part.path.begin(), static_cast<int>(i));
      info.parts.push_back(std::move(part));
    }
    info.pii = Stricter(info.pii, field.pii);
    info.subject |= field.subject;
    if (!field.default_value) continue;
    diagnostics_.Report(Code::kF0218, field.declared)
        .Arg(field.name)
        .Arg("a field inside a struct can't have a default; make it optional")
        .Label(info.declared, "the struct is here");
  }
}

FieldInfo TypeResolver::ResolveField(const ast::FieldDecl& field) {
  FieldInfo info;
  info.name = field.name.text;
  info.declared = field.name.span;
  info.doc = field.doc.text;
  if (field.type == nullptr) return info;
  TypeUse use = Resolve(*field.type);
  ReadAnnotations(field, info, use);
  info.type = use.type;
  info.constraint = use.constraint;
  info.constraint_text = use.constraint_text;
  info.parts = use.parts;
  if (use.type.is_error()) return info;
  if (use.schema != nullptr) AddNested(*use.schema, use.type, info);
  if (field.where != nullptr) {
    info.constraint =
        BothConstraints(info.constraint, BindConstraint(catalog_, *field.where, info.type));
    std::string text = catalog_.TextOf(field.where->span);
    info.constraint_text =
        info.constraint_text.empty() ? text : info.constraint_text + " and " + text;
  }
  ReadDefault(field, info);
  return info;
}

void TypeResolver::ReadDefault(const ast::FieldDecl& field, FieldInfo& info) {
  if (field.default_value == nullptr) return;
  ExprTyper typer(catalog_, diagnostics_);
  plan::ExprPtr value = typer.TypeAs(*field.default_value, Scope(), info.type);
  info.default_value = typer.Evaluate(value, "a default");
  if (!info.default_value) return;
  CheckValue(catalog_, *info.default_value, info.constraint, info.constraint_text,
             field.default_value->span);
}

void TypeResolver::ReadAnnotations(const ast::FieldDecl& field, FieldInfo& info, TypeUse& use) {
  for (const ast::Annotation& annotation : field.annotations) {
    const std::string& name = annotation.name.text;
    if (name == "pii") {
      ReadPii(annotation, info);
    } else if (name == "subject") {
      info.subject = true;
    } else if (name == "ignore_case" && use.type.is(TypeKind::kEnum)) {
      DataType type = DataType::Enum(use.type.enum_values(), use.type.name(), true);
      use.type = type.WithOptional(use.type.optional());
    } else if (!use.type.is_error()) {
      diagnostics_.Report(Code::kF0111, annotation.span)
          .Arg(name)
          .Help(SuggestHelp(name, {"pii", "subject", "ignore_case"}));
    }
  }
}

void TypeResolver::ReadPii(const ast::Annotation& annotation, FieldInfo& info) {
  auto refuse = [&](Span span) {
    diagnostics_.Report(Code::kF0111, span)
        .Arg(catalog_.TextOf({span.file, span.begin, span.end}))
        .Message("`@pii` can't be read")
        .Help("@pii(redact), @pii(hash), @pii(hash: $salt), @pii(truncate: 24)");
  };
  if (!annotation.args || annotation.args->args.size() != 1) return refuse(annotation.span);
  const ast::CallArg& arg = annotation.args->args[0];
  const ast::NameExpr* bare = arg.value->Try<ast::NameExpr>();
  std::string mode = arg.name ? arg.name->text : bare != nullptr ? bare->name.text : "";
  if (mode == "redact" && !arg.name) {
    info.pii.mask = PiiTag::Mask::kRedact;
  } else if (mode == "hash") {
    info.pii.mask = PiiTag::Mask::kHash;
    if (!arg.name) return;
    ExternalValues external;
    external.allow_secrets = true;
    ExprTyper typer(catalog_, diagnostics_, &external);
    plan::ExprPtr salt = typer.TypeAs(*arg.value, Scope(), DataType::String());
    if (std::optional<Value> value = typer.Evaluate(salt, "the salt")) {
      info.pii.hash_salt = value->as_string();
    }
  } else if (mode == "truncate" && arg.name) {
    info.pii.mask = PiiTag::Mask::kTruncate;
    std::optional<int64_t> bits = catalog_.ConstantInteger(*arg.value, "what is left");
    if (bits && (*bits < 0 || *bits > 128)) return refuse(arg.value->span);
    info.pii.truncate_bits = static_cast<int>(bits.value_or(0));
  } else {
    refuse(annotation.span);
  }
}

void TypeResolver::AddBase(const ast::SchemaDecl& decl, SchemaInfo& info) {
  ast::TypeRef base;
  base.span = decl.extends->span;
  base.name.parts = {*decl.extends};
  base.name.span = decl.extends->span;
  TypeUse use = Resolve(base);
  if (use.schema == nullptr) {
    if (!use.type.is_error()) {
      diagnostics_.Report(Code::kF0110, decl.extends->span)
          .Arg("the type")
          .Arg(decl.extends->text)
          .Arg("schema");
    }
    return;
  }
  info.fields = use.schema->fields;
  info.unknown_keys = use.schema->unknown_keys;
  info.collect_field = use.schema->collect_field;
}

const ast::SchemaDecl* TypeResolver::AddImported(const ast::SchemaDecl& decl, SchemaInfo& info) {
  const ast::CallOnly& call = *decl.import;
  SchemaImporter* importer = catalog_.options().importer;
  if (importer == nullptr) {
    diagnostics_.Report(Code::kF0701, call.span).Arg("nothing here reads such schemas");
    return nullptr;
  }
  ConnectorOptions arguments;
  ExprTyper typer(catalog_, diagnostics_);
  for (size_t i = 0; i < call.args.args.size(); ++i) {
    const ast::CallArg& arg = call.args.args[i];
    std::optional<Value> value = typer.Evaluate(typer.Type(*arg.value, Scope()), "an argument");
    if (!value) return nullptr;
    if (!value->type().is(TypeKind::kString)) {
      diagnostics_.Report(Code::kF0201, arg.span).Arg("a string").Arg(value->type().ToString());
      return nullptr;
    }
    arguments.Set(arg.name ? arg.name->text : std::to_string(i), *value);
  }
  const ImportedSchema imported =
      importer->Import(decl, arguments, catalog_.base_dir(), diagnostics_);
  if (imported.decl == nullptr) return nullptr;
  demands_ = imported.demands;
  for (FieldInfo& field : ResolveFields(imported.decl->fields)) {
    const auto rules = imported.rules.find(field.name);
    if (rules != imported.rules.end()) field.rules = rules->second;
    info.fields.push_back(std::move(field));
  }
  return imported.decl;
}

void TypeResolver::ReadExtra(const ast::SchemaDecl& decl, SchemaInfo& info) {
  if (!decl.extra) return;
  switch (decl.extra->kind) {
    case ast::ExtraKind::kIgnore: info.unknown_keys = plan::UnknownKeys::kIgnore; return;
    case ast::ExtraKind::kReject: info.unknown_keys = plan::UnknownKeys::kReject; return;
    case ast::ExtraKind::kInto: break;
  }
  const ast::Name& into = decl.extra->into;
  auto field = std::find_if(info.fields.begin(), info.fields.end(),
                            [&](const FieldInfo& known) { return known.name == into.text; });
  if (field == info.fields.end()) {
    std::vector<std::string> names;
    for (const FieldInfo& known : info.fields) names.push_back(known.name);
    diagnostics_.Report(Code::kF0107, into.span)
        .Arg(fmt::format("`{}`", info.name))
        .Arg(into.text)
        .Help(SuggestHelp(into.text, names))
        .Help(fmt::format("add the field: `{}: map<string, string> = {{}}`", into.text));
    return;
  }
  bool by_text = field->type.is(TypeKind::kMap) && field->type.map_key().is(TypeKind::kString);
  if (!by_text && !field->type.is_error()) {
    diagnostics_.Report(Code::kF0201, into.span)
        .Arg("a map<string, T>")
        .Arg(field->type.ToString())
        .Label(field->declared, "declared here");
    return;
  }
  info.unknown_keys = plan::UnknownKeys::kCollect;
  info.collect_field = static_cast<int>(field - info.fields.begin());
}

SchemaInfoPtr TypeResolver::ResolveSchema(const ast::SchemaDecl& decl) {
  if (decl.has_errors) return nullptr;
  auto info = std::make_shared<SchemaInfo>();
  info->name = decl.name.text;
  info->declared = decl.name.span;
  info->doc = decl.doc.text;
  if (decl.extends) AddBase(decl, *info);
  const ast::SchemaDecl* imported = decl.import ? AddImported(decl, *info) : nullptr;
  if (decl.import && imported == nullptr) return nullptr;
  if (imported != nullptr && info->doc.empty()) info->doc = imported->doc.text;
  for (FieldInfo& field : ResolveFields(decl.fields)) {
    auto base = std::find_if(info->fields.begin(), info->fields.end(),
                             [&](const FieldInfo& known) { return known.name == field.name; });
    if (base != info->fields.end()) {
      *base = std::move(field);
    } else {
      info->fields.push_back(std::move(field));
    }
  }
  for (const ast::Annotation& annotation : decl.annotations) {
    diagnostics_.Report(Code::kF0111, annotation.span).Arg(annotation.name.text);
  }
  ReadExtra(decl.extra || imported == nullptr ? decl : *imported, *info);
  FinishSchema(*info);
  return info;
}

}  // namespace weir::semantic
