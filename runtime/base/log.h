#pragma once

#include <string_view>

namespace weir {

/// Says something about the outside world that an operator should know while the job goes on: a
/// broker that is away, one that is back. One line on stderr; any thread. For what fails, return a
/// Status instead.
void LogLine(std::string_view text);

}  // namespace weir
