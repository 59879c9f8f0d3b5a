#pragma once

#include <string>
#include <vector>

#include "compiler/ast/clauses.h"
#include "runtime/connector/connector_spec.h"

namespace weir::semantic {

enum class ConnectorRole : uint8_t { kSource, kSink, kTable };
/// "source", "sink", "table".
const char* ConnectorRoleWord(ConnectorRole role);

/// An option whose value differs per row (Redis key templates): the expression is typed by the
/// caller against every stream that goes in.
struct PerRowOption {
  const OptionSpec* spec = nullptr;
  const ast::Expr* expr = nullptr;
  Span span;
};

/// A connector call after profiles and checks. `spec` is null after an error (reported).
struct ResolvedConnector {
  const ConnectorSpec* spec = nullptr;
  ConnectorCall call;  ///< constants, defaults filled in
  std::vector<PerRowOption> per_row;
  std::string replaced;                 ///< connector it was rebound from by a profile, "" if none
  std::vector<std::string> dropped;     ///< options that the replacement doesn't know
  std::vector<std::string> unresolved;  ///< options from env() or a secret that are not set now
  bool exists = false;                  ///< written down or bound by the profile
  Span span;                            ///< of the call

  bool ok() const { return spec != nullptr; }
};

struct ResolvedFormat {
  const FormatSpec* spec = nullptr;  ///< null: not written, the connector decides; or an error
  std::string name;                  ///< "" if not written
  ConnectorOptions options;
  Span span;
};

}  // namespace weir::semantic
