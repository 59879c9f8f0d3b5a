// One option: its constant, type, range, and that it holds no password in clear.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/connect_resolver.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

namespace {

std::optional<DataType> TypeOf(OptionType type) {
  switch (type) {
    case OptionType::kString:
    case OptionType::kEnum: return DataType::String();
    case OptionType::kInteger:
    case OptionType::kSize: return DataType::Int64();
    case OptionType::kFloat: return DataType::Float64();
    case OptionType::kBool: return DataType::Bool();
    case OptionType::kDuration: return DataType::Duration();
    case OptionType::kAny: return std::nullopt;
  }
  return std::nullopt;
}

std::string TypeWords(const OptionSpec& spec) {
  switch (spec.type) {
    case OptionType::kString: return "a string";
    case OptionType::kInteger: return "an integer";
    case OptionType::kFloat: return "a number";
    case OptionType::kBool: return "true or false";
    case OptionType::kDuration: return "a duration, such as 5s";
    case OptionType::kSize: return "a size, such as 1MiB";
    case OptionType::kEnum: return fmt::format("one of {}", fmt::join(spec.choices, ", "));
    case OptionType::kAny: return "a constant";
  }
  return "a constant";
}

/// A limit as one would write it.
std::string LimitText(const OptionSpec& spec, int64_t limit) {
  if (spec.type == OptionType::kDuration) return Value::Duration(limit).ToString();
  return std::to_string(limit);
}

bool NamesPassword(std::string_view name) {
  static const std::set<std::string_view> kNames = {
      "password", "passwd", "token", "secret", "api_key", "access_key", "secret_key", "auth_token"};
  return kNames.contains(name);
}

/// `scheme://user:password@host`.
bool HasCredentials(std::string_view text) {
  size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view rest = text.substr(scheme + 3);
  std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return false;
  size_t colon = authority.substr(0, at).find(':');
  return colon != std::string_view::npos && colon + 1 < at;
}

}  // namespace

void ConnectorResolver::ReportOption(const Option& option, const std::vector<OptionSpec>& specs,
                                     std::string_view owner, std::string_view owner_kind) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : specs) {
    if (std::find(names.begin(), names.end(), spec.name) == names.end()) names.push_back(spec.name);
  }
  const std::string& text = option.name->text;
  DiagnosticBuilder report =
      diagnostics_.Report(Code::kF0508, option.name->span).Arg(text).Arg(owner_kind).Arg(owner);
  if (std::optional<std::string> near = SuggestName(text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(option.name->span, *near, fmt::format("write `{}`", *near));
  } else if (names.empty()) {
    report.Note("it has no options");
  } else {
    report.Note(fmt::format("options: {}", fmt::join(names, ", ")));
  }
}

void ConnectorResolver::ReadOptions(const std::vector<OptionSpec>& specs,
                                    const std::vector<Option>& given, std::string_view owner,
                                    std::string_view owner_kind, ResolvedConnector& result) {
  std::vector<const Option*> seen;
  for (const Option& option : given) {
    auto first = std::find_if(seen.begin(), seen.end(), [&](const Option* other) {
      return other->name->text == option.name->text;
    });
    if (first != seen.end()) {
      diagnostics_.Report(Code::kF0102, option.name->span)
          .Arg(option.name->text)
          .Label((*first)->name->span, "given here first");
      continue;
    }
    seen.push_back(&option);
    auto spec = std::find_if(specs.begin(), specs.end(), [&](const OptionSpec& known) {
      return known.name == option.name->text;
    });
    if (spec == specs.end()) {
      ReportOption(option, specs, owner, owner_kind);
    } else {
      ReadOption(*spec, option, result);
    }
  }
}

void ConnectorResolver::ReadOption(const OptionSpec& spec, const Option& option,
                                   ResolvedConnector& result) {
  const ast::Expr& expr = *option.value;
  if (spec.per_row) {
    result.per_row.push_back({&spec, &expr, expr.span});
    return;
  }
  ExternalValues external;
  external.allow_secrets = true;
  ExprTyper typer(catalog_, diagnostics_, &external);
  DataType hint = spec.type == OptionType::kEnum ? DataType::Enum(spec.choices) : DataType::Error();
  std::optional<DataType> type = TypeOf(spec.type);
  plan::ExprPtr value = typer.Type(expr, Scope(), hint.is_error() ? nullptr : &hint);
  if (IsError(value)) return;
  if (type) {
    Conversion conversion = TryConvert(value, *type);
    if (conversion.misfit != Misfit::kNone) {
      diagnostics_.Report(Code::kF0510, expr.span)
          .Arg(spec.name)
          .Arg(TypeWords(spec))
          .Here(fmt::format("is {}", value->type.ToString()))
          .Help(spec.example.empty() ? "" : fmt::format("example: {}", spec.example));
      return;
    }
    value = conversion.expr;
  }
  std::optional<Value> constant = typer.Evaluate(value, fmt::format("the option `{}`", spec.name));
  if (!constant) return;
  bool hidden = external.secret_used || external.env_used;
  CheckSecrecy(spec, *constant, hidden, expr.span);
  if (external.stand_in) {
    result.unresolved.push_back(spec.name);
    if (!catalog_.options().check_only && !unused_ && external.secret_used) {
      diagnostics_.Report(Code::kF0109, expr.span)
          .Arg("this secret")
          .Note(fmt::format("the option `{}` needs it", spec.name));
    }
  } else if (!CheckRange(spec, *constant, expr.span)) {
    return;
  }
  if (spec.program_path && !constant->is_null() && !constant->as_string().empty()) {
    const std::filesystem::path path =
        std::filesystem::path(catalog_.base_dir()) / constant->as_string();
    constant = Value::String(path.lexically_normal().string());
  }
  result.call.options.Set(spec.name, *std::move(constant));
}

bool ConnectorResolver::CheckRange(const OptionSpec& spec, const Value& value, Span span) {
  if (value.is_null()) return true;
  if (spec.type == OptionType::kEnum) {
    const std::string& text = value.as_string();
    if (std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end()) {
      return true;
    }
    DiagnosticBuilder report =
        diagnostics_.Report(Code::kF0511, span).Arg(spec.name).Arg(value.ToString());
    if (std::optional<std::string> near = SuggestName(text, spec.choices)) {
      report.Here(fmt::format("did you mean \"{}\"?", *near));
      report.Suggest(span, fmt::format("\"{}\"", *near), fmt::format("write \"{}\"", *near));
    }
    report.Note(fmt::format("values: {}", fmt::join(spec.choices, ", ")));
    return false;
  }
  if (spec.type == OptionType::kString && value.as_string().empty()) {
    // Nobody means the root of the file system by an empty folder.
    const bool needed =
        spec.required || (spec.default_value && !spec.default_value->as_string().empty());
    if (!needed) return true;
    diagnostics_.Report(Code::kF0511, span)
        .Arg(spec.name)
        .Arg("empty")
        .Help(spec.example.empty() ? "" : fmt::format("example: {}", spec.example));
    return false;
  }
  const int64_t* number = std::get_if<int64_t>(&value.payload());
  if (number == nullptr) return true;
  bool too_low = spec.min && *number < *spec.min;
  bool too_high = spec.max && *number > *spec.max;
  if (!too_low && !too_high) return true;
  DiagnosticBuilder report =
      diagnostics_.Report(Code::kF0511, span).Arg(spec.name).Arg(value.ToString());
  if (spec.min) report.Note(fmt::format("the least is {}", LimitText(spec, *spec.min)));
  if (spec.max) report.Note(fmt::format("the most is {}", LimitText(spec, *spec.max)));
  return false;
}

void ConnectorResolver::CheckSecrecy(const OptionSpec& spec, const Value& value, bool hidden,
                                     Span span) {
  if (hidden || value.is_null() || !value.type().is(TypeKind::kString)) return;
  const std::string& text = value.as_string();
  if (text.empty()) return;
  bool address = HasCredentials(text);
  if (!spec.secret && !NamesPassword(spec.name) && !address) return;
  // An address may well be written down as long as it carries no password.
  if (spec.secret && !address && text.find("://") != std::string::npos) return;
  std::string variable;
  for (char c : spec.name) {
    bool lower = c >= 'a' && c <= 'z';
    variable += lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  diagnostics_.Report(Code::kF0512, span)
      .Here(address ? "has a user and a password in it"
                    : "is readable for everyone who has the file")
      .Help(fmt::format("declare `secret {} = env(\"{}\")` and write `{}: ${}`", spec.name,
                        variable, spec.name, spec.name));
}

void ConnectorResolver::FillDefaults(const std::vector<OptionSpec>& specs,
                                     const std::vector<Option>& given, std::string_view owner,
                                     std::string_view owner_kind, Span span,
                                     ResolvedConnector& result) {
  for (const OptionSpec& spec : specs) {
    bool written = std::any_of(given.begin(), given.end(), [&](const Option& option) {
      return option.name->text == spec.name;
    });
    if (written) continue;
    if (spec.default_value) {
      result.call.options.Set(spec.name, *spec.default_value);
    } else if (spec.required) {
      std::string example = spec.example.empty() ? "…" : spec.example;
      std::string doc = spec.doc.empty() ? "" : fmt::format(" ({})", spec.doc);
      diagnostics_.Report(Code::kF0509, span)
          .Arg(owner_kind)
          .Arg(owner)
          .Arg(spec.name)
          .Help(fmt::format("add `{}: {}`{}", spec.name, example, doc));
    }
  }
}

}  // namespace weir::semantic
