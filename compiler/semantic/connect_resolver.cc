#include "compiler/semantic/connect_resolver.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/suggest.h"

namespace weir::semantic {

const char* ConnectorRoleWord(ConnectorRole role) {
  switch (role) {
    case ConnectorRole::kSource: return "source";
    case ConnectorRole::kSink: return "sink";
    case ConnectorRole::kTable: return "table";
  }
  return "?";
}

namespace {

ast::ProfileBinding::Target TargetOf(ConnectorRole role) {
  switch (role) {
    case ConnectorRole::kTable: return ast::ProfileBinding::Target::kTable;
    case ConnectorRole::kSink: return ast::ProfileBinding::Target::kSink;
    default: return ast::ProfileBinding::Target::kSource;
  }
}

const std::vector<OptionSpec>* OptionsOf(const ConnectorSpec& spec, ConnectorRole role) {
  switch (role) {
    case ConnectorRole::kSource: return spec.source ? &spec.source->options : nullptr;
    case ConnectorRole::kSink: return spec.sink ? &spec.sink->options : nullptr;
    case ConnectorRole::kTable: return spec.table ? &spec.table->options : nullptr;
  }
  return nullptr;
}

const OptionSpec* FindOption(const std::vector<OptionSpec>& specs, std::string_view name) {
  for (const OptionSpec& spec : specs) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

bool KnownInAnyRole(const ConnectorSpec& spec, std::string_view option) {
  for (ConnectorRole role : {ConnectorRole::kSource, ConnectorRole::kSink, ConnectorRole::kTable}) {
    const std::vector<OptionSpec>* options = OptionsOf(spec, role);
    if (options != nullptr && FindOption(*options, option) != nullptr) return true;
  }
  return false;
}

}  // namespace

const ast::ProfileReplace* ConnectorResolver::FindReplace(std::string_view kind) const {
  for (const ast::ProfileDecl* profile : data_.chain) {
    for (const ast::ProfileReplace& replace : profile->replaces) {
      if (replace.kind.text == kind) return &replace;
    }
  }
  return nullptr;
}

const ast::Connector* ConnectorResolver::FindBinding(ConnectorRole role,
                                                     std::string_view name) const {
  for (const ast::ProfileDecl* profile : data_.chain) {
    for (const ast::ProfileBinding& binding : profile->bindings) {
      if (binding.target == TargetOf(role) && binding.name.text == name) return &binding.connector;
    }
  }
  return nullptr;
}

const ConnectorSpec* ConnectorResolver::RequireSpec(const ast::Name& kind) {
  if (kind.empty()) return nullptr;
  const ConnectorRegistry* registry = data_.options->connectors;
  const ConnectorSpec* spec = registry == nullptr ? nullptr : registry->Find(kind.text);
  if (spec != nullptr) return spec;
  std::vector<std::string> names;
  if (registry != nullptr) {
    for (const auto& known : registry->connectors()) names.push_back(known->name);
  }
  DiagnosticBuilder report = diagnostics_.Report(Code::kF0501, kind.span).Arg(kind.text);
  if (std::optional<std::string> near = SuggestName(kind.text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(kind.span, *near, fmt::format("write `{}`", *near));
  } else {
    report.Note(fmt::format("there are: {}", fmt::join(names, ", ")));
  }
  return nullptr;
}

const std::vector<OptionSpec>* ConnectorResolver::RequireRole(const ConnectorSpec& spec,
                                                              ConnectorRole role, Span span) {
  const std::vector<OptionSpec>* options = OptionsOf(spec, role);
  if (options != nullptr) return options;
  std::vector<std::string> roles;
  for (ConnectorRole other :
       {ConnectorRole::kSource, ConnectorRole::kSink, ConnectorRole::kTable}) {
    if (OptionsOf(spec, other) != nullptr) roles.emplace_back(ConnectorRoleWord(other));
  }
  std::vector<std::string> able;
  for (const auto& known : data_.options->connectors->connectors()) {
    if (OptionsOf(*known, role) != nullptr) able.push_back(known->name);
  }
  diagnostics_.Report(Code::kF0502, span)
      .Arg(spec.name)
      .Arg(ConnectorRoleWord(role))
      .Note(fmt::format("`{}` can be a {}", spec.name, fmt::join(roles, " or a ")))
      .Help(fmt::format("what can be a {}: {}", ConnectorRoleWord(role), fmt::join(able, ", ")));
  return nullptr;
}

ResolvedConnector ConnectorResolver::Evaluate(const ast::Connector& call, ConnectorRole role) {
  ResolvedConnector result;
  result.exists = true;
  result.span = call.span;
  const ConnectorSpec* spec = RequireSpec(call.kind);
  if (spec == nullptr) return result;
  const std::vector<OptionSpec>* specs = RequireRole(*spec, role, call.kind.span);
  if (specs == nullptr) return result;
  std::vector<Option> given;
  for (const ast::NamedArg& arg : call.args) given.push_back({&arg.name, arg.value.get()});
  result.spec = spec;
  result.call.connector = spec->name;
  ReadOptions(*specs, given, spec->name, "connector", result);
  FillDefaults(*specs, given, spec->name, "connector", call.kind.span, result);
  return result;
}

ResolvedConnector ConnectorResolver::EvaluateUnused(const ast::Connector& call,
                                                    ConnectorRole role) {
  unused_ = true;
  ResolvedConnector result = Evaluate(call, role);
  unused_ = false;
  return result;
}

ResolvedConnector ConnectorResolver::Replaced(const ast::Connector& written,
                                              const ast::ProfileReplace& replace,
                                              ConnectorRole role) {
  ResolvedConnector original = EvaluateUnused(written, role);
  ResolvedConnector result;
  result.exists = true;
  result.span = written.span;
  result.replaced = written.kind.text;
  if (!original.ok()) return result;
  const ast::Connector& call = replace.connector;
  const ConnectorSpec* spec = RequireSpec(call.kind);
  if (spec == nullptr) return result;
  const std::vector<OptionSpec>* specs = RequireRole(*spec, role, call.kind.span);
  if (specs == nullptr) return result;
  std::vector<Option> given;
  for (const ast::NamedArg& arg : call.args) {
    // One line rebinds sources and sinks: an option of the other role is not for this one.
    bool mine = FindOption(*specs, arg.name.text) != nullptr;
    if (mine || !KnownInAnyRole(*spec, arg.name.text)) {
      given.push_back({&arg.name, arg.value.get()});
    }
  }
  for (const ast::NamedArg& arg : written.args) {
    bool own = std::any_of(call.args.begin(), call.args.end(), [&](const ast::NamedArg& other) {
      return other.name.text == arg.name.text;
    });
    if (own) continue;
    if (FindOption(*specs, arg.name.text) != nullptr) {
      given.push_back({&arg.name, arg.value.get()});
    } else {
      result.dropped.push_back(arg.name.text);
    }
  }
  result.spec = spec;
  result.call.connector = spec->name;
  ReadOptions(*specs, given, spec->name, "connector", result);
  FillDefaults(*specs, given, spec->name, "connector", call.kind.span, result);
  return result;
}

ResolvedConnector ConnectorResolver::Resolve(const ast::Connector& written, ConnectorRole role) {
  const ast::ProfileReplace* replace = FindReplace(written.kind.text);
  return replace == nullptr ? Evaluate(written, role) : Replaced(written, *replace, role);
}

ResolvedConnector ConnectorResolver::ResolveDeclared(const ast::Connector* written,
                                                     ConnectorRole role, const ast::Name& place) {
  if (const ast::Connector* bound = FindBinding(role, place.text)) {
    if (written != nullptr) (void)EvaluateUnused(*written, role);
    ResolvedConnector result = Evaluate(*bound, role);
    result.replaced = written == nullptr ? "" : written->kind.text;
    return result;
  }
  if (written != nullptr) return Resolve(*written, role);
  diagnostics_.Report(Code::kF0503, place.span)
      .Arg(ConnectorRoleWord(role))
      .Arg(place.text)
      .Help(fmt::format("add `{} connector(…)`, or bind it in a profile: `{} {} {} connector(…)`",
                        role == ConnectorRole::kSink ? "to" : "from", ConnectorRoleWord(role),
                        place.text, role == ConnectorRole::kSink ? "to" : "from"));
  return {};
}

ResolvedFormat ConnectorResolver::ResolveFormat(const std::optional<ast::FormatClause>& format) {
  ResolvedFormat result;
  if (!format) return result;
  result.name = format->name.text;
  result.span = format->span;
  const ConnectorRegistry* registry = data_.options->connectors;
  const FormatSpec* spec = registry == nullptr ? nullptr : registry->FindFormat(result.name);
  if (spec == nullptr) {
    std::vector<std::string> names;
    if (registry != nullptr) {
      for (const auto& known : registry->formats()) names.push_back(known->name);
    }
    diagnostics_.Report(Code::kF0504, format->name.span)
        .Arg(result.name)
        .Help(SuggestHelp(result.name, names));
    return result;
  }
  result.spec = spec;
  std::vector<Option> given;
  if (format->args) {
    for (const ast::CallArg& arg : format->args->args) {
      if (arg.name) {
        given.push_back({&*arg.name, arg.value.get()});
      } else {
        diagnostics_.Report(Code::kF0508, arg.span)
            .Arg(catalog_.TextOf(arg.span))
            .Arg("format")
            .Arg(spec->name)
            .Help("options have names: `format csv(header: true)`");
      }
    }
  }
  ResolvedConnector options;
  ReadOptions(spec->options, given, spec->name, "format", options);
  FillDefaults(spec->options, given, spec->name, "format", format->name.span, options);
  result.options = std::move(options.call.options);
  return result;
}

void ConnectorResolver::CheckInactive(const ast::ProfileDecl& profile) {
  auto check = [&](const ast::Connector& connector, std::optional<ConnectorRole> role) {
    const ConnectorSpec* spec = RequireSpec(connector.kind);
    if (spec == nullptr) return;
    if (role) {
      const std::vector<OptionSpec>* options = RequireRole(*spec, *role, connector.kind.span);
      if (options == nullptr) return;
      for (const ast::NamedArg& arg : connector.args) {
        if (FindOption(*options, arg.name.text) == nullptr) {
          ReportOption({&arg.name, arg.value.get()}, *options, spec->name, "connector");
        }
      }
      return;
    }
    for (const ast::NamedArg& arg : connector.args) {
      std::vector<OptionSpec> all;
      bool known = false;
      for (ConnectorRole any :
           {ConnectorRole::kSource, ConnectorRole::kSink, ConnectorRole::kTable}) {
        const std::vector<OptionSpec>* options = OptionsOf(*spec, any);
        if (options == nullptr) continue;
        known |= FindOption(*options, arg.name.text) != nullptr;
        all.insert(all.end(), options->begin(), options->end());
      }
      if (!known) ReportOption({&arg.name, arg.value.get()}, all, spec->name, "connector");
    }
  };
  for (const ast::ProfileReplace& replace : profile.replaces) {
    RequireSpec(replace.kind);
    check(replace.connector, std::nullopt);
  }
  for (const ast::ProfileBinding& binding : profile.bindings) {
    using Target = ast::ProfileBinding::Target;
    check(binding.connector, binding.target == Target::kSource  ? ConnectorRole::kSource
                             : binding.target == Target::kTable ? ConnectorRole::kTable
                                                                : ConnectorRole::kSink);
  }
}

}  // namespace weir::semantic
