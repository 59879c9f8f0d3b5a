#pragma once

#include <vector>

#include "compiler/source/source_file.h"

namespace weir {

/// A comment of any kind, with its slashes.
struct Comment {
  Span span;
  bool is_block = false;  ///< /* … */
};

/// All comments of a well-formed text, in order.
std::vector<Comment> ListComments(const SourceFile& source);

}  // namespace weir
