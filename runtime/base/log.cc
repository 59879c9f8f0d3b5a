#include "runtime/base/log.h"

#include <errno.h>
#include <fmt/format.h>

#include <cstdio>

namespace weir {

/// Begins as the program's own messages do.
void LogLine(std::string_view text) {
  fmt::print(stderr, "{}: {}\n", program_invocation_short_name, text);
}

}  // namespace weir
