#pragma once

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

/// Reports tokens that no rule uses (`&&`, 5min, a string without end, …) and makes the parser see
/// what was most likely meant, so that each slip gives one message and the rest is still checked.
void RepairTokens(Tokens& tokens, DiagnosticEngine& diagnostics);

}  // namespace weir::syntax
