#include "runtime/base/log.h"

#include <fmt/format.h>

#include <cstdio>

namespace weir {

void LogLine(std::string_view text) { fmt::print(stderr, "weir: {}\n", text); }

}  // namespace weir
