#pragma once

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"

namespace weir::syntax {

/// What is checked before a text is cut into tokens: size, byte order mark, UTF-8, NUL bytes.
/// False if the text must not be parsed; the reason is reported.
bool CheckText(const SourceFile& source, DiagnosticEngine& diagnostics);

}  // namespace weir::syntax
