#pragma once

#include <string>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_manager.h"

namespace weir {

struct TextOptions {
  bool color = false;            ///< ANSI colours; only for a terminal.
  size_t most_diagnostics = 20;  ///< The rest is only counted.
};

/// For people: source line with the span underlined, labels, notes, helps; sorted by position.
/// Ends with a summary line if anything was left out. Empty if there is nothing to say.
std::string RenderText(const DiagnosticEngine& diagnostics, const SourceManager& sources,
                       const TextOptions& options = {});
/// One diagnostic as in RenderText.
std::string RenderText(const Diagnostic& diagnostic, const SourceManager& sources,
                       bool color = false);

/// For tools: {"diagnostics": [{code, severity, message, file, span, help, …}], "errors": n, …}.
/// Every diagnostic is in it; spans have byte offsets and 1-based lines and columns.
std::string RenderJson(const DiagnosticEngine& diagnostics, const SourceManager& sources);

/// SARIF 2.1.0 (OASIS), one run with the rules that occur in it.
std::string RenderSarif(const DiagnosticEngine& diagnostics, const SourceManager& sources);

}  // namespace weir
