#pragma once

#include <string_view>

#include "compiler/diagnostics/code.h"

namespace weir {

/// The page explain/<code>.md, embedded at build time; empty if a code has none (a test refuses
/// that). It has a title line, a ```flow wrong block that raises the code and a ```flow right
/// block that does not.
std::string_view ExplainPage(Code code);

/// The title of the page without the code; the default message if there is no page.
std::string_view ExplainTitle(Code code);

/// Text inside the first "```flow <which>" block of a page: which = "wrong" or "right".
std::string_view ExplainExample(std::string_view page, std::string_view which);

}  // namespace weir
