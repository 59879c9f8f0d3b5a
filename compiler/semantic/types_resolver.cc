#include "compiler/semantic/types_resolver.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_set>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/declare_lazy.h"
#include "compiler/semantic/types_constraint.h"
#include "runtime/types/decimal.h"

namespace weir::semantic {

namespace {

struct BuiltIn {
  std::string_view name;
  TypeKind kind;
};
constexpr BuiltIn kBuiltIns[] = {
    {"bool", TypeKind::kBool},           {"int8", TypeKind::kInt8},
    {"int16", TypeKind::kInt16},         {"int32", TypeKind::kInt32},
    {"int64", TypeKind::kInt64},         {"uint8", TypeKind::kUInt8},
    {"uint16", TypeKind::kUInt16},       {"uint32", TypeKind::kUInt32},
    {"uint64", TypeKind::kUInt64},       {"float32", TypeKind::kFloat32},
    {"float64", TypeKind::kFloat64},     {"string", TypeKind::kString},
    {"bytes", TypeKind::kBytes},         {"uuid", TypeKind::kUuid},
    {"ipv4", TypeKind::kIpv4},           {"ipv6", TypeKind::kIpv6},
    {"timestamp", TypeKind::kTimestamp}, {"date", TypeKind::kDate},
    {"duration", TypeKind::kDuration},   {"json", TypeKind::kJson},
};

/// What other systems call a type.
struct OtherName {
  std::string_view name, ours;
};
constexpr OtherName kOtherNames[] = {
    {"int", "int64"},
    {"integer", "int64"},
    {"bigint", "int64"},
    {"long", "int64"},
    {"uint", "uint64"},
    {"smallint", "int16"},
    {"float", "float64"},
    {"double", "float64"},
    {"real", "float32"},
    {"number", "float64"},
    {"numeric", "decimal(18, 2)"},
    {"money", "decimal(18, 2)"},
    {"text", "string"},
    {"varchar", "string"},
    {"str", "string"},
    {"char", "string"},
    {"boolean", "bool"},
    {"datetime", "timestamp"},
    {"time", "timestamp"},
    {"interval", "duration"},
    {"binary", "bytes"},
    {"blob", "bytes"},
    {"object", "json"},
    {"array", "list<T>"},
    {"dict", "map<K, V>"},
    {"record", "struct { … }"},
    {"inet", "ipv4"},
};

TypeUse OnlyType(DataType type) {
  TypeUse use;
  use.type = std::move(type);
  return use;
}

}  // namespace

TypeUse TypeResolver::Resolve(const ast::TypeRef& type) {
  TypeUse use;
  switch (type.kind) {
    case ast::TypeRefKind::kNamed: use = ResolveNamed(type); break;
    case ast::TypeRefKind::kGeneric: use = ResolveGeneric(type); break;
    case ast::TypeRefKind::kEnum: use.type = ResolveEnum(type); break;
    case ast::TypeRefKind::kStruct: use = ResolveStruct(type); break;
    case ast::TypeRefKind::kError: break;
  }
  if (type.optional && !use.type.is_error()) use.type = use.type.AsOptional();
  const auto demand = demands_.find(&type);
  if (demand != demands_.end() && !use.type.is_error()) {
    use.constraint =
        BothConstraints(use.constraint, BindConstraint(catalog_, *demand->second, use.type));
    use.constraint_text = catalog_.TextOf(demand->second->span);
  }
  return use;
}

TypeUse TypeResolver::ResolveNamed(const ast::TypeRef& type) {
  if (type.name.parts.size() > 1) return ResolveQualified(type);
  if (type.name.parts.empty()) return {};
  const ast::Name& name = type.name.parts.front();
  if (name.text == "decimal") return OnlyType(ResolveDecimal(type));
  if (!type.numbers.empty()) {
    diagnostics_.Report(Code::kF0218, type.span)
        .Arg(catalog_.TextOf(type.span))
        .Arg("only `decimal` takes numbers");
    return {};
  }
  for (const BuiltIn& built_in : kBuiltIns) {
    if (built_in.name == name.text) return OnlyType(DataType::Of(built_in.kind));
  }
  auto& types = catalog_.data().types;
  auto entry = types.find(name.text);
  if (entry == types.end()) return UnknownType(name);
  return EnsureType(catalog_, entry->second, name.span);
}

TypeUse TypeResolver::ResolveQualified(const ast::TypeRef& type) {
  const ast::Name& alias = type.name.parts.front();
  const ast::Name& name = type.name.parts.back();
  const Catalog* module = catalog_.FindModule(alias.text);
  if (module == nullptr || type.name.parts.size() > 2) {
    diagnostics_.Report(Code::kF0101, alias.span)
        .Arg("module")
        .Arg(alias.text)
        .Help(fmt::format("bring it in: `use {}`", alias.text));
    return {};
  }
  auto& types = module->data().types;
  auto entry = types.find(name.text);
  if (entry != types.end()) return EnsureType(*module, entry->second, name.span);
  std::vector<std::string> names;
  for (const auto& [known, unused] : types) names.push_back(known);
  std::sort(names.begin(), names.end());
  diagnostics_.Report(Code::kF0105, name.span)
      .Arg(alias.text)
      .Arg(name.text)
      .Help(SuggestHelp(name.text, names));
  return {};
}

TypeUse TypeResolver::UnknownType(const ast::Name& name) {
  DiagnosticBuilder report =
      diagnostics_.Report(Code::kF0101, name.span).Arg("type").Arg(name.text);
  for (const OtherName& other : kOtherNames) {
    if (!EqualIgnoringCase(other.name, name.text)) continue;
    report.Help(fmt::format("here it is called `{}`", other.ours));
    report.Suggest(name.span, std::string(other.ours), fmt::format("write `{}`", other.ours));
    return {};
  }
  std::vector<std::string> names;
  for (const auto& [known, unused] : catalog_.data().types) names.push_back(known);
  std::sort(names.begin(), names.end());
  for (const BuiltIn& built_in : kBuiltIns) names.emplace_back(built_in.name);
  if (std::optional<std::string> near = SuggestName(name.text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(name.span, *near, fmt::format("write `{}`", *near));
  } else {
    report.Help(
        fmt::format("declare it: `type {} = …` or `schema {} {{ … }}`", name.text, name.text));
  }
  return {};
}

DataType TypeResolver::ResolveDecimal(const ast::TypeRef& type) {
  auto refuse = [&](std::string why) {
    diagnostics_.Report(Code::kF0218, type.span).Arg(catalog_.TextOf(type.span)).Arg(why);
    return DataType::Error();
  };
  if (type.numbers.empty()) return refuse("say how many digits: `decimal(10, 2)`");
  if (type.numbers.size() > 2) return refuse("it takes a precision and a scale");
  int64_t precision = type.numbers[0].value;
  int64_t scale = type.numbers.size() == 2 ? type.numbers[1].value : 0;
  if (precision < 1 || precision > kMaxDecimalPrecision) {
    return refuse("the precision is 1 to 38 digits");
  }
  if (scale < 0 || scale > precision) return refuse("the scale is 0 up to the precision");
  return DataType::Decimal(static_cast<int>(precision), static_cast<int>(scale));
}

TypeUse TypeResolver::ResolvePart(const ast::TypeRef& type) {
  TypeUse use = Resolve(type);
  if (use.schema == nullptr || use.type.is_error()) return use;
  FieldInfo part;
  part.constraint = use.constraint;
  part.constraint_text = use.constraint_text;
  part.declared = type.span;
  AddNested(*use.schema, use.type, part);
  use.constraint = part.constraint;
  use.constraint_text = part.constraint_text;
  use.parts = part.parts;
  return use;
}

TypeUse TypeResolver::Collection(DataType collection, const TypeUse& part) {
  TypeUse use = OnlyType(std::move(collection));
  if (part.constraint != nullptr) {
    use.parts.push_back({{plan::PartDemand::kElement}, part.constraint, part.constraint_text});
  }
  for (plan::PartDemand inner : part.parts) {
    inner.path.insert(inner.path.begin(), plan::PartDemand::kElement);
    use.parts.push_back(std::move(inner));
  }
  return use;
}

TypeUse TypeResolver::ResolveGeneric(const ast::TypeRef& type) {
  const std::string& name = type.name.parts.front().text;
  auto refuse = [&](std::string why) {
    diagnostics_.Report(Code::kF0218, type.span).Arg(catalog_.TextOf(type.span)).Arg(why);
    return TypeUse{};
  };
  if (name == "list") {
    if (type.arguments.size() != 1) return refuse("a list has one element type: `list<string>`");
    const TypeUse element = ResolvePart(*type.arguments[0]);
    if (element.type.is_error()) return {};
    return Collection(DataType::List(element.type), element);
  }
  if (name == "map") {
    if (type.arguments.size() != 2) return refuse("a map has two types: `map<string, int64>`");
    const TypeUse key_use = ResolvePart(*type.arguments[0]);
    const TypeUse value = ResolvePart(*type.arguments[1]);
    const DataType& key = key_use.type;
    if (key.is_error() || value.type.is_error()) return {};
    if (key.optional() || key.is_nested() || key.is(TypeKind::kJson) || key.is_float()) {
      return refuse("a key is a required scalar: string, integer, uuid, enum …");
    }
    if (key_use.constraint != nullptr) {
      return refuse(
          fmt::format("`where {}` can't be checked on the keys of a map", key_use.constraint_text));
    }
    return Collection(DataType::Map(key, value.type), value);
  }
  return refuse("the types with parts are `list<T>` and `map<K, V>`");
}

DataType TypeResolver::ResolveEnum(const ast::TypeRef& type) {
  std::vector<std::string> values;
  std::unordered_set<std::string_view> seen;
  constexpr size_t kMostValues = 65535;
  for (const ast::EnumValue& value : type.values) {
    if (!seen.insert(value.text).second) {
      diagnostics_.Report(Code::kF0219, value.span).Arg(value.text);
      continue;
    }
    values.push_back(value.text);
  }
  if (values.size() > kMostValues) {
    diagnostics_.Report(Code::kF0218, type.span)
        .Message("an enum of {} values; it has at most {}", values.size(), kMostValues)
        .Help("a string takes any value");
  }
  if (values.empty() || values.size() > kMostValues) return DataType::Error();
  return DataType::Enum(std::move(values));
}

TypeUse TypeResolver::ResolveStruct(const ast::TypeRef& type) {
  auto info = std::make_shared<SchemaInfo>();
  info->declared = type.span;
  info->fields = ResolveFields(type.fields);
  FinishSchema(*info);
  TypeUse use = OnlyType(info->row_type);
  use.schema = info;
  return use;
}

TypeUse TypeResolver::ResolveAlias(const ast::TypeDecl& decl) {
  if (decl.has_errors || decl.type == nullptr) return {};
  TypeUse use = Resolve(*decl.type);
  if (use.type.is_error()) return {};
  bool ignore_case = false;
  for (const ast::Annotation& annotation : decl.annotations) {
    if (annotation.name.text == "ignore_case" && use.type.is(TypeKind::kEnum)) {
      ignore_case = true;
    } else {
      diagnostics_.Report(Code::kF0111, annotation.span).Arg(annotation.name.text);
    }
  }
  if (use.type.is(TypeKind::kEnum)) {
    DataType named = DataType::Enum(use.type.enum_values(), decl.name.text,
                                    ignore_case || use.type.ignore_case());
    use.type = named.WithOptional(use.type.optional());
  } else if (use.type.is(TypeKind::kStruct) && use.type.name().empty()) {
    DataType named = DataType::Struct(use.type.fields(), decl.name.text);
    use.type = named.WithOptional(use.type.optional());
  }
  if (decl.where != nullptr) {
    use.constraint =
        BothConstraints(use.constraint, BindConstraint(catalog_, *decl.where, use.type));
    std::string text = catalog_.TextOf(decl.where->span);
    use.constraint_text = use.constraint_text.empty() ? text : use.constraint_text + " and " + text;
  }
  return use;
}

const TypeUse& EnsureType(const Catalog& catalog, TypeEntry& entry, Span span) {
  if (entry.progress == Progress::kDone) return entry.use;
  if (entry.progress == Progress::kBusy) {
    catalog.diagnostics().Report(Code::kF0103, span).Arg("type").Arg(entry.name);
    return entry.use;
  }
  entry.progress = Progress::kBusy;
  if (entry.module != nullptr) {
    entry.use = EnsureType(*entry.module, entry.module->data().types.at(entry.name), span);
  } else if (entry.item != nullptr && entry.item->kind == ast::ItemKind::kType) {
    entry.use = TypeResolver(catalog).ResolveAlias(entry.item->As<ast::TypeDecl>());
  } else if (entry.item != nullptr) {
    entry.use.schema = TypeResolver(catalog).ResolveSchema(entry.item->As<ast::SchemaDecl>());
    if (entry.use.schema != nullptr) entry.use.type = entry.use.schema->row_type;
  }
  entry.progress = Progress::kDone;
  return entry.use;
}

}  // namespace weir::semantic
