#pragma once

/// The only door to ANTLR. Include it in .cc files of compiler/syntax and in headers that only
/// they include.
#include "antlr4-runtime.h"
#include "generated/FlowLexer.h"
#include "generated/FlowParser.h"

// ANTLR leaves this macro behind.
#undef EOF

namespace weir::syntax {

using weir_generated::FlowLexer;
using weir_generated::FlowParser;

inline constexpr size_t kEndOfFile = static_cast<size_t>(-1);

}  // namespace weir::syntax
