#include "compiler/semantic/declare_catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/connect_resolver.h"
#include "compiler/semantic/declare_builder.h"
#include "compiler/semantic/declare_lazy.h"
#include "compiler/semantic/expr_typer.h"
#include "compiler/semantic/types_resolver.h"

namespace weir::semantic {

const char* FlowKindWord(FlowKind kind) {
  switch (kind) {
    case FlowKind::kNone: return "name";
    case FlowKind::kSource: return "source";
    case FlowKind::kTable: return "table";
    case FlowKind::kSink: return "sink";
    case FlowKind::kStream: return "stream";
    case FlowKind::kView: return "view";
  }
  return "?";
}

Catalog::Catalog(std::unique_ptr<CatalogData> data) : data_(std::move(data)) {}
Catalog::~Catalog() = default;

Result<std::unique_ptr<Catalog>> Catalog::Build(const ast::File& file, const SourceManager& sources,
                                                const CompileOptions& options,
                                                DiagnosticEngine& diagnostics) {
  auto modules = std::make_unique<ModuleTable>();
  modules->options = options;
  modules->options.profile.clear();
  modules->options.params.clear();
  CatalogBuilder builder(file, sources, options, diagnostics, *modules);
  Status usage;
  std::unique_ptr<Catalog> catalog = builder.Build(&usage);
  catalog->data().owned_modules = std::move(modules);
  if (!usage.ok()) return usage;
  std::vector<std::string> names;
  for (const ParamInfo& param : catalog->params()) names.push_back(param.name);
  for (const auto& [name, text] : options.params) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    std::string help = SuggestHelp(name, names);
    return InvalidArgumentError("there is no parameter `{}`{}{}", name, help.empty() ? "" : ": ",
                                help);
  }
  return catalog;
}

const ast::File& Catalog::file() const { return *data_->file; }
const SourceManager& Catalog::sources() const { return *data_->sources; }
const CompileOptions& Catalog::options() const { return *data_->options; }
DiagnosticEngine& Catalog::diagnostics() const { return *data_->diagnostics; }
const std::string& Catalog::base_dir() const { return data_->base_dir; }
const std::string& Catalog::profile() const { return data_->profile; }
const std::vector<ParamInfo>& Catalog::params() const { return data_->params; }
const std::vector<SecretInfo>& Catalog::secrets() const { return data_->secrets; }
const std::vector<SchemaInfoPtr>& Catalog::schemas() const { return data_->schemas; }
const std::vector<SourceInfo>& Catalog::source_decls() const { return data_->source_infos; }
const std::vector<TableInfo>& Catalog::tables() const { return data_->tables; }
const std::vector<SinkInfo>& Catalog::sinks() const { return data_->sinks; }
const std::vector<StreamInfo>& Catalog::streams() const { return data_->streams; }
const std::vector<ViewInfo>& Catalog::views() const { return data_->views; }
const std::vector<const ast::FlowDecl*>& Catalog::flows() const { return data_->flows; }
const std::vector<FixtureInfo>& Catalog::fixtures() const { return data_->fixtures; }
const std::vector<const ast::TestDecl*>& Catalog::tests() const { return data_->tests; }
const std::vector<const ast::AlertDecl*>& Catalog::alerts() const { return data_->alerts; }
const std::vector<const ast::SloDecl*>& Catalog::slos() const { return data_->slos; }

std::vector<std::string> Catalog::ProfileNames() const {
  std::vector<std::string> names;
  for (const ast::ProfileDecl* profile : data_->profiles) names.push_back(profile->name.text);
  return names;
}

std::string Catalog::TextOf(Span span) const {
  const SourceFile* file = data_->sources->Find(span);
  return file == nullptr ? std::string() : std::string(file->Text(span));
}

std::optional<std::string> Catalog::Environment(const std::string& name) const {
  if (data_->options->environment) return data_->options->environment(name);
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return std::string(value);
}

FlowName Catalog::FindFlow(std::string_view name) const {
  auto found = data_->flow_names.find(std::string(name));
  return found == data_->flow_names.end() ? FlowName{} : found->second;
}

namespace {

constexpr size_t kMostSuggestions = 200;

}  // namespace

FlowName Catalog::RequireFlow(const ast::Name& name, std::initializer_list<FlowKind> kinds,
                              std::string_view what) const {
  if (name.empty()) return {};
  auto allowed = [&](FlowKind kind) {
    return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  };
  FlowName found = FindFlow(name.text);
  if (found.kind != FlowKind::kNone && allowed(found.kind)) return found;
  if (found.kind != FlowKind::kNone) {
    diagnostics()
        .Report(Code::kF0110, name.span)
        .Arg(fmt::format("the {}", FlowKindWord(found.kind)))
        .Arg(name.text)
        .Arg(what)
        .Label(found.declared, fmt::format("a {}", FlowKindWord(found.kind)));
    return {};
  }
  DiagnosticBuilder report = diagnostics().Report(Code::kF0101, name.span).Arg(what).Arg(name.text);
  // Each suggestion looks at every name; nobody reads the thousandth.
  if (diagnostics().ErrorCount() > kMostSuggestions) return {};
  std::vector<std::string> names;
  for (const auto& [known, flow] : data_->flow_names) {
    if (allowed(flow.kind)) names.push_back(known);
  }
  std::sort(names.begin(), names.end());
  if (std::optional<std::string> near = SuggestName(name.text, names)) {
    report.Here(fmt::format("did you mean `{}`?", *near));
    report.Suggest(name.span, *near, fmt::format("write `{}`", *near));
  } else {
    report.Help(SuggestHelp(name.text, names));
  }
  return {};
}

namespace {

template <typename Info>
const Info* FindNamed(const std::vector<Info>& infos, std::string_view name) {
  auto found =
      std::find_if(infos.begin(), infos.end(), [&](const Info& info) { return info.name == name; });
  return found == infos.end() ? nullptr : &*found;
}

}  // namespace

const SourceInfo* Catalog::FindSource(std::string_view name) const {
  return FindNamed(data_->source_infos, name);
}
const TableInfo* Catalog::FindTable(std::string_view name) const {
  return FindNamed(data_->tables, name);
}
const SinkInfo* Catalog::FindSink(std::string_view name) const {
  return FindNamed(data_->sinks, name);
}
const StreamInfo* Catalog::FindStream(std::string_view name) const {
  return FindNamed(data_->streams, name);
}
const ViewInfo* Catalog::FindView(std::string_view name) const {
  return FindNamed(data_->views, name);
}
const SecretInfo* Catalog::FindSecret(std::string_view name) const {
  return FindNamed(data_->secrets, name);
}
const FixtureInfo* Catalog::FindFixture(std::string_view name) const {
  return FindNamed(data_->fixtures, name);
}

const ParamInfo* Catalog::FindParam(std::string_view name) const {
  const ParamInfo* info = FindNamed(data_->params, name);
  if (info != nullptr) EnsureParam(*this, static_cast<size_t>(info - data_->params.data()));
  return info;
}

const FunctionInfo* Catalog::FindFunction(std::string_view name) const {
  auto found = data_->functions.find(std::string(name));
  return found == data_->functions.end() ? nullptr : EnsureFunction(*this, found->second);
}

std::vector<std::string> Catalog::FunctionNames() const {
  std::vector<std::string> names;
  for (const auto& [name, entry] : data_->functions) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

const Catalog* Catalog::FindModule(std::string_view alias) const {
  auto found = data_->aliases.find(std::string(alias));
  return found == data_->aliases.end() ? nullptr : found->second.catalog;
}

const TemplateInfo* Catalog::RequireTemplate(const ast::QualifiedName& name) const {
  if (name.parts.empty()) return nullptr;
  const Catalog* home = this;
  if (name.parts.size() > 1) home = FindModule(name.parts.front().text);
  const std::string& text = name.parts.back().text;
  std::vector<std::string> names;
  if (home != nullptr) {
    auto found = home->data_->templates.find(text);
    if (found != home->data_->templates.end()) return &found->second.info;
    for (const auto& [known, entry] : home->data_->templates) names.push_back(known);
  }
  std::sort(names.begin(), names.end());
  diagnostics()
      .Report(Code::kF0101, name.span)
      .Arg("template")
      .Arg(name.Joined())
      .Help(SuggestHelp(text, names));
  return nullptr;
}

DataType Catalog::ResolveType(const ast::TypeRef& type) const { return ResolveTypeUse(type).type; }

TypeUse Catalog::ResolveTypeUse(const ast::TypeRef& type) const {
  return TypeResolver(*this).Resolve(type);
}

SchemaInfoPtr Catalog::ResolveSchema(const ast::TypeRef& type) const {
  TypeUse use = ResolveTypeUse(type);
  if (use.type.is_error()) return nullptr;
  if (use.schema != nullptr && !use.type.optional()) return use.schema;
  diagnostics()
      .Report(Code::kF0110, type.span)
      .Arg("the type")
      .Arg(TextOf(type.span))
      .Arg("schema")
      .Help("rows have fields: `schema X { … }` or `struct { … }`");
  return nullptr;
}

SchemaInfoPtr Catalog::FindSchema(std::string_view name) const {
  auto found = data_->types.find(std::string(name));
  if (found == data_->types.end()) return nullptr;
  return EnsureType(*this, found->second, {}).schema;
}

ResolvedConnector Catalog::ResolveConnector(const ast::Connector& connector, ConnectorRole role,
                                            const std::string& name) const {
  ast::Name place{name, connector.span};
  return ConnectorResolver(*this).ResolveDeclared(&connector, role, place);
}

std::optional<Value> Catalog::Constant(const ast::Expr& expr, const DataType& expected,
                                       std::string_view what, const Scope* scope) const {
  const Scope none;
  ExprTyper typer(*this, diagnostics());
  plan::ExprPtr value = typer.TypeAs(expr, scope == nullptr ? none : *scope, expected);
  return typer.Evaluate(value, what);
}

std::optional<Micros> Catalog::ConstantDuration(const ast::Expr& expr, std::string_view what,
                                                const Scope* scope) const {
  std::optional<Value> value = Constant(expr, DataType::Duration(), what, scope);
  if (!value) return std::nullopt;
  return value->as_int64();
}

std::optional<std::string> Catalog::ConstantText(const ast::Expr& expr, std::string_view what,
                                                 const Scope* scope) const {
  std::optional<Value> value = Constant(expr, DataType::String(), what, scope);
  if (!value) return std::nullopt;
  return std::string(value->as_string());
}

std::optional<int64_t> Catalog::ConstantInteger(const ast::Expr& expr, std::string_view what,
                                                const Scope* scope) const {
  std::optional<Value> value = Constant(expr, DataType::Int64(), what, scope);
  if (!value) return std::nullopt;
  return value->as_int64();
}

std::optional<int64_t> Catalog::ConstantSize(const ast::Expr& expr, std::string_view what,
                                             const Scope* scope) const {
  return ConstantInteger(expr, what, scope);
}

std::optional<double> Catalog::ConstantNumber(const ast::Expr& expr, std::string_view what,
                                              const Scope* scope) const {
  std::optional<Value> value = Constant(expr, DataType::Float64(), what, scope);
  if (!value) return std::nullopt;
  return value->as_float64();
}

}  // namespace weir::semantic
