#pragma once

#include <cstddef>

#include "compiler/syntax/tokens.h"

/// Where parsing goes on after an error.
namespace weir::syntax {

/// True if a top-level declaration starts at `index`: its word (or an annotation) at the start of
/// a line without indentation, followed by what a declaration has there.
bool IsItemStart(const Tokens& tokens, size_t index);

/// First item start after the declaration that began at `start`, at or after `from`; also one that
/// is indented no deeper than `start`. The end of the file if there is none.
size_t NextItemStart(const Tokens& tokens, size_t start, size_t from);

/// Next `|>` at or after `from` before the next item; kNowhere if there is none.
size_t NextStage(const Tokens& tokens, size_t from);

/// Next entry of the block or next clause of the declaration that contains the one starting at
/// `start`: a word at the start of a line at the same nesting, or the closing bracket.
size_t NextEntry(const Tokens& tokens, size_t start, size_t from);

inline constexpr size_t kNowhere = static_cast<size_t>(-1);

}  // namespace weir::syntax
