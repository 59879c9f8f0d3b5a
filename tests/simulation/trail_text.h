#pragma once

#include <string>

#include "tests/simulation/trail.h"

namespace weir::simulation {

/// One line for people; the same for two runs of a seed where nothing differs but inode numbers.
std::string ToText(const Entry& entry);

}  // namespace weir::simulation
