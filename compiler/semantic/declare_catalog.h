#pragma once

#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/semantic/declare_infos.h"
#include "compiler/semantic/declare_options.h"
#include "compiler/source/source_manager.h"
#include "runtime/base/clock.h"

namespace weir::semantic {

class CatalogData;
class Scope;

/// All declarations of one file and what its `use` lines bring in, resolved under one profile.
/// Built once, then read-only; lists are in the order of the source. Everything wrong was reported
/// to the engine; broken entries stay in the lists with error types, so that one cause gives one
/// message.
class Catalog {
 public:
  /// Fails only for mistakes of the command line (unknown profile, unknown or malformed --param),
  /// with the message for the terminal; mistakes in the file are diagnostics. `file`, `sources`,
  /// `options` and `diagnostics` must outlive the catalog.
  static Result<std::unique_ptr<Catalog>> Build(const ast::File& file, const SourceManager& sources,
                                                const CompileOptions& options,
                                                DiagnosticEngine& diagnostics);
  ~Catalog();

  const ast::File& file() const;
  const SourceManager& sources() const;
  const CompileOptions& options() const;
  DiagnosticEngine& diagnostics() const;
  /// Folder of the .flow file, for schemas, DDL and `use`; "" is the working directory.
  const std::string& base_dir() const;
  /// Name of the active profile; "" if the file has none.
  const std::string& profile() const;
  std::vector<std::string> ProfileNames() const;

  const std::vector<ParamInfo>& params() const;
  const std::vector<SecretInfo>& secrets() const;
  const std::vector<SchemaInfoPtr>& schemas() const;  ///< declared in this file
  const std::vector<SourceInfo>& source_decls() const;
  const std::vector<TableInfo>& tables() const;
  const std::vector<SinkInfo>& sinks() const;
  const std::vector<StreamInfo>& streams() const;
  const std::vector<ViewInfo>& views() const;
  const std::vector<const ast::FlowDecl*>& flows() const;
  const std::vector<FixtureInfo>& fixtures() const;
  const std::vector<const ast::TestDecl*>& tests() const;
  const std::vector<const ast::AlertDecl*>& alerts() const;
  const std::vector<const ast::SloDecl*>& slos() const;

  /// A source, table, sink, stream or view; kNone if there is none of that name.
  FlowName FindFlow(std::string_view name) const;
  /// As above; reports F0101 with a suggestion among the names of `kinds` when there is none.
  /// `what` is for the message: "stream or sink".
  FlowName RequireFlow(const ast::Name& name, std::initializer_list<FlowKind> kinds,
                       std::string_view what) const;
  const SourceInfo* FindSource(std::string_view name) const;
  const TableInfo* FindTable(std::string_view name) const;
  const SinkInfo* FindSink(std::string_view name) const;
  const StreamInfo* FindStream(std::string_view name) const;
  const ViewInfo* FindView(std::string_view name) const;
  const ParamInfo* FindParam(std::string_view name) const;
  const SecretInfo* FindSecret(std::string_view name) const;
  const FixtureInfo* FindFixture(std::string_view name) const;
  /// `top_pages` or `ec.top_pages`; null after a report when there is none.
  const TemplateInfo* RequireTemplate(const ast::QualifiedName& name) const;
  /// A function declared with `fn`, here or imported; null without a report.
  const FunctionInfo* FindFunction(std::string_view name) const;

  /// Names of all functions declared with `fn` that can be called here, for suggestions.
  std::vector<std::string> FunctionNames() const;
  /// An environment variable, as CompileOptions says.
  std::optional<std::string> Environment(const std::string& name) const;
  /// A module that `use … as alias` (or its last word) names; null without a report.
  const Catalog* FindModule(std::string_view alias) const;

  /// A type as written, anywhere in this file. Error type after a report.
  DataType ResolveType(const ast::TypeRef& type) const;
  /// With constraint and schema.
  TypeUse ResolveTypeUse(const ast::TypeRef& type) const;
  /// For places that need rows: `stream x: T`, `source s: T`. Null after a report.
  SchemaInfoPtr ResolveSchema(const ast::TypeRef& type) const;
  /// schema of std.errors by name; null if the module was not found.
  SchemaInfoPtr FindSchema(std::string_view name) const;

  /// A connector in a stage (`into file(…)`): profiles apply to it by kind as well, and by `name`
  /// where they bind that sink.
  ResolvedConnector ResolveConnector(const ast::Connector& connector, ConnectorRole role,
                                     const std::string& name) const;

  /// A constant of the language (literals, $params, arithmetic, pure functions) of type `expected`;
  /// none after a report. `what` names the place: "lag". `scope`, if any, has the parameters of a
  /// template, bound as "$size".
  std::optional<Value> Constant(const ast::Expr& expr, const DataType& expected,
                                std::string_view what, const Scope* scope = nullptr) const;
  /// A duration in microseconds, an integer, a size in bytes, a number.
  std::optional<Micros> ConstantDuration(const ast::Expr& expr, std::string_view what,
                                         const Scope* scope = nullptr) const;
  std::optional<std::string> ConstantText(const ast::Expr& expr, std::string_view what,
                                          const Scope* scope = nullptr) const;
  std::optional<int64_t> ConstantInteger(const ast::Expr& expr, std::string_view what,
                                         const Scope* scope = nullptr) const;
  std::optional<int64_t> ConstantSize(const ast::Expr& expr, std::string_view what,
                                      const Scope* scope = nullptr) const;
  std::optional<double> ConstantNumber(const ast::Expr& expr, std::string_view what,
                                       const Scope* scope = nullptr) const;

  /// The text of `span`, as written.
  std::string TextOf(Span span) const;

  /// For the declare_*, types_* and connect_* files only: names that are still being resolved.
  CatalogData& data() const { return *data_; }

 private:
  friend class CatalogBuilder;
  explicit Catalog(std::unique_ptr<CatalogData> data);

  std::unique_ptr<CatalogData> data_;
};

}  // namespace weir::semantic
