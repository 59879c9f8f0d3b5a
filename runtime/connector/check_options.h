#pragma once

#include <string>
#include <vector>

#include "runtime/connector/connector_options.h"
#include "runtime/connector/connector_spec.h"

namespace weir {

/// What is wrong with options given as values, each as one sentence: unknown, missing, of the wrong
/// type, not one of the choices, out of range. Empty when they fit. `owner` is `file`, `format
/// csv`.
std::vector<std::string> CheckOptions(const std::vector<OptionSpec>& specs,
                                      const ConnectorOptions& given, const std::string& owner);

/// Sets the defaults of options that were not given.
void FillDefaults(const std::vector<OptionSpec>& specs, ConnectorOptions& options);

}  // namespace weir
