#include "stdlib/api/function_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace weir {
namespace {

constexpr std::string_view kGenerated =
    "Generated from the definitions of the functions; every example is run by a test.\n";

std::string TypeText(const ParamDef& param, const std::vector<ParamDef>& params) {
  if (param.type.cls != TypePattern::Class::kSameAs) return param.type.ToString();
  return fmt::format("type of {}", params[static_cast<size_t>(param.type.same_as)].name);
}

std::string ParamText(const ParamDef& param, const std::vector<ParamDef>& params) {
  std::string text = fmt::format("{}: {}", param.name, TypeText(param, params));
  if (param.variadic) text += ", …";
  if (param.default_value) {
    const bool everything = *param.default_value == Value::Int64(INT64_MAX);
    text += everything ? " = all" : fmt::format(" = {}", param.default_value->ToString());
  }
  return text;
}

/// A type of the parameter's class, to ask the result rule with.
DataType SampleType(const ParamDef& param, const std::vector<DataType>& before) {
  using Class = TypePattern::Class;
  switch (param.type.cls) {
    case Class::kExact: return param.type.type;
    case Class::kDecimal: return DataType::Decimal(10, 2);
    case Class::kFloat: return DataType::Float64();
    case Class::kEnum: return DataType::Enum({"a", "b"});
    case Class::kList: return DataType::List(DataType::String());
    case Class::kMap: return DataType::Map(DataType::String(), DataType::String());
    case Class::kStruct: return DataType::Struct({});
    case Class::kSameAs: return before[static_cast<size_t>(param.type.same_as)];
    case Class::kAny: return DataType::String();
    case Class::kInteger:
    case Class::kNumeric: return DataType::Int64();
  }
  return DataType::String();
}

/// The result where it does not depend on the arguments; else in words.
std::string ResultText(const std::vector<ParamDef>& params, const ResultRule& rule) {
  std::vector<DataType> types;
  std::vector<const Value*> constants(params.size(), nullptr);
  bool exact = true;
  for (const ParamDef& param : params) {
    types.push_back(SampleType(param, types));
    exact &= param.type.cls == TypePattern::Class::kExact;
  }
  const DataType result = rule(types, constants);
  if (exact) return result.ToString();
  // Another type of the first argument tells a fixed result from one that follows it.
  std::vector<DataType> others = types;
  for (size_t i = 0; i < params.size(); ++i) {
    switch (params[i].type.cls) {
      case TypePattern::Class::kDecimal: others[i] = DataType::Decimal(20, 4); break;
      case TypePattern::Class::kAny: others[i] = DataType::Int64(); break;
      case TypePattern::Class::kFloat: others[i] = DataType::Of(TypeKind::kFloat32); break;
      case TypePattern::Class::kNumeric: others[i] = DataType::Float64(); break;
      case TypePattern::Class::kInteger: others[i] = DataType::Of(TypeKind::kUInt64); break;
      case TypePattern::Class::kList: others[i] = DataType::List(DataType::Int64()); break;
      case TypePattern::Class::kSameAs:
        others[i] = others[static_cast<size_t>(params[i].type.same_as)];
        break;
      default: break;
    }
  }
  const DataType other = rule(others, constants);
  if (result == other) return result.ToString();
  if (result == types[0] && other == others[0]) return fmt::format("type of {}", params[0].name);
  if (result.is(TypeKind::kList) && other.is(TypeKind::kList)) {
    return fmt::format("list of {}", params[0].name);
  }
  if (types[0].is(TypeKind::kList) && result.SameBase(types[0].element())) {
    return result.optional() ? "its element?" : "its element";
  }
  if (result.is_decimal() && other.is_decimal()) return "decimal";
  return "by its arguments";
}

template <typename Overload>
std::string SignatureLine(const std::string& name, const Overload& overload) {
  std::string text = name + "(";
  for (size_t i = 0; i < overload.params.size(); ++i) {
    if (i > 0) text += ", ";
    text += ParamText(overload.params[i], overload.params);
  }
  return text + ") -> " + ResultText(overload.params, overload.result);
}

template <typename Def>
std::vector<std::string> LinesOf(const Def& def) {
  std::vector<std::string> lines;
  for (const auto& overload : def.overloads) {
    std::string line = SignatureLine(def.name, overload);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(line);
  }
  return lines;
}

/// Parameters of all overloads, each name once.
template <typename Def>
void AppendParams(const Def& def, std::string& out) {
  std::vector<std::string> seen;
  for (const auto& overload : def.overloads) {
    for (const ParamDef& param : overload.params) {
      if (std::find(seen.begin(), seen.end(), param.name) != seen.end()) continue;
      seen.push_back(param.name);
      std::string notes;
      if (param.constant) notes += ", a constant";
      if (param.named_only) notes += fmt::format(", by name: `{}: …`", param.name);
      out += fmt::format("- `{}`: {}{}\n", param.name, param.doc, notes);
    }
  }
  if (!seen.empty()) out += "\n";
}

template <typename Def>
void AppendEntry(const Def& def, std::string_view remarks, std::string& out) {
  out += fmt::format("\n## {}\n\n{}{}\n\n```\n", def.name, def.doc, remarks);
  for (const std::string& line : LinesOf(def)) out += line + "\n";
  out += "```\n\n";
  AppendParams(def, out);
  out += "| expression | result |\n|---|---|\n";
  const auto cell = [](std::string text) {
    for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
      text.insert(at, "\\");
    }
    return text;
  };
  for (const FunctionExample& example : def.examples) {
    out += fmt::format("| `{}` | `{}` |\n", cell(example.expression), cell(example.result));
  }
}

std::string Remarks(const FunctionDef& def) {
  std::string text;
  if (def.fallible) {
    const bool sometimes =
        std::any_of(def.overloads.begin(), def.overloads.end(),
                    [](const ScalarOverload& overload) { return overload.infallible; });
    text += sometimes ? " Fallible for some types of arguments." : " Fallible.";
  }
  if (def.volatility == Volatility::kVolatile) text += " Not the same after a replay.";
  return text;
}

}  // namespace

std::vector<std::string> SignatureLines(const FunctionDef& def) { return LinesOf(def); }
std::vector<std::string> SignatureLines(const AggregateDef& def) { return LinesOf(def); }

std::vector<ReferencePage> RenderFunctionReference(const FunctionRegistry& registry) {
  std::map<std::string, std::map<std::string, std::string>> pages;
  for (const FunctionDef* def : registry.scalars()) {
    AppendEntry(*def, Remarks(*def), pages[def->category][def->name]);
  }
  for (const AggregateDef* def : registry.aggregates()) {
    AppendEntry(*def, "", pages["aggregates"][def->name]);
  }
  std::vector<ReferencePage> rendered;
  std::string index = fmt::format(
      "# Functions\n\n{}\nA scalar function of a null is null unless its entry says otherwise. A "
      "row for which a\nfallible one has no result takes the stage's error route; `try` makes it "
      "null.\n\n",
      kGenerated);
  for (const auto& [category, entries] : pages) {
    std::string text = fmt::format("# {}\n\n{}", category, kGenerated);
    index += fmt::format("- [{0}]({0}.md):", category);
    bool first = true;
    for (const auto& [name, entry] : entries) {
      text += entry;
      index += (first ? " " : ", ") + name;
      first = false;
    }
    index += "\n";
    rendered.push_back({category, std::move(text)});
  }
  rendered.push_back({"README", std::move(index)});
  return rendered;
}

}  // namespace weir
