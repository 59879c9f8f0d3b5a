#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/diagnostics/code.h"
#include "compiler/source/span.h"

namespace weir {

/// Text drawn at a span. Says why *here*; lower case, no full stop.
struct Label {
  Span span;
  std::string text;
};

/// Replaces `span` by `replacement`. A certain fix may be applied without asking.
struct FixIt {
  Span span;
  std::string replacement;
  std::string text;  ///< What the fix does: "write `==`".
  bool certain = false;
};

/// One finding about the user's source. The message stands alone; facts go to notes, what to do
/// goes to helps.
struct Diagnostic {
  Code code;
  Severity severity = Severity::kError;
  std::string message;
  Span span;                  ///< Primary: the narrowest span that shows the cause.
  std::string label;          ///< Text at the primary span; may be empty.
  std::vector<Label> labels;  ///< Secondary spans: the other half of the story.
  std::vector<std::string> notes;
  std::vector<std::string> helps;
  std::optional<FixIt> fix;
};

}  // namespace weir
