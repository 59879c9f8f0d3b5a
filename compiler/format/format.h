#pragma once

#include <optional>
#include <string>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"

namespace weir {

/// The canonical text of a .flow file (`flowc fmt`): comments kept, meaning unchanged, formatting
/// it again changes nothing, no options. Nullopt if the text has syntax errors, which are reported.
std::optional<std::string> FormatFlow(const SourceFile& source, DiagnosticEngine& diagnostics);

}  // namespace weir
