#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/semantic/connect_resolved.h"
#include "compiler/semantic/declare_data.h"

namespace weir::semantic {

/// Connector and format calls against their specs, under the active profile.
class ConnectorResolver {
 public:
  explicit ConnectorResolver(const Catalog& catalog)
      : catalog_(catalog), data_(catalog.data()), diagnostics_(catalog.diagnostics()) {}

  /// Of a declaration: a binding of the profile wins, then `replace` of its kind. `written` may be
  /// null. `place` is the declared name, for "has no connector".
  ResolvedConnector ResolveDeclared(const ast::Connector* written, ConnectorRole role,
                                    const ast::Name& place);
  /// Without a name: only `replace`.
  ResolvedConnector Resolve(const ast::Connector& written, ConnectorRole role);
  ResolvedFormat ResolveFormat(const std::optional<ast::FormatClause>& format);

  /// Names of profiles that don't apply: connectors and their options exist.
  void CheckInactive(const ast::ProfileDecl& profile);

 private:
  struct Option {
    const ast::Name* name;
    const ast::Expr* value;
  };
  const ast::ProfileReplace* FindReplace(std::string_view kind) const;
  const ast::Connector* FindBinding(ConnectorRole role, std::string_view name) const;
  const ConnectorSpec* RequireSpec(const ast::Name& kind);
  /// Options of the role; null after a report that there is none.
  const std::vector<OptionSpec>* RequireRole(const ConnectorSpec& spec, ConnectorRole role,
                                             Span span);
  ResolvedConnector Evaluate(const ast::Connector& call, ConnectorRole role);
  ResolvedConnector Replaced(const ast::Connector& written, const ast::ProfileReplace& replace,
                             ConnectorRole role);
  /// Fills options, per_row and unresolved from `given`; reports unknown ones.
  void ReadOptions(const std::vector<OptionSpec>& specs, const std::vector<Option>& given,
                   std::string_view owner, std::string_view owner_kind, ResolvedConnector& result);
  void ReadOption(const OptionSpec& spec, const Option& option, ResolvedConnector& result);
  bool CheckRange(const OptionSpec& spec, const Value& value, Span span);
  void CheckSecrecy(const OptionSpec& spec, const Value& value, bool hidden, Span span);
  void FillDefaults(const std::vector<OptionSpec>& specs, const std::vector<Option>& given,
                    std::string_view owner, std::string_view owner_kind, Span span,
                    ResolvedConnector& result);
  void ReportOption(const Option& option, const std::vector<OptionSpec>& specs,
                    std::string_view owner, std::string_view owner_kind);

  /// Checks a connector that the active profile replaces: its secrets are not needed.
  ResolvedConnector EvaluateUnused(const ast::Connector& call, ConnectorRole role);

  const Catalog& catalog_;
  CatalogData& data_;
  DiagnosticEngine& diagnostics_;
  bool unused_ = false;  ///< while EvaluateUnused runs
};

}  // namespace weir::semantic
