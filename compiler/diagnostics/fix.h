#pragma once

#include <cstddef>
#include <string>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/source/source_file.h"

namespace weir {

/// A text after fixes, and how many of them were made.
struct FixedText {
  std::string text;
  size_t fixes = 0;
};

/// Makes the certain fixes of `source` (`flowc check --fix`). Of two that overlap only the first
/// by position is made; check again for the other.
FixedText ApplyFixes(const SourceFile& source, const DiagnosticEngine& diagnostics);

}  // namespace weir
