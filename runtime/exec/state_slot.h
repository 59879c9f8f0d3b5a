#pragma once

#include <map>
#include <string>

#include "runtime/base/result.h"

namespace weir {

class StateBackend;

/// The entries of `slot` of `operator_name` that have no key, by name. Empty without a state.
Result<std::map<std::string, std::string>> ReadStateSlot(const StateBackend* state,
                                                         const char* operator_name,
                                                         const char* slot);

}  // namespace weir
