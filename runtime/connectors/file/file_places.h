#pragma once

#include <string>

#include "runtime/connector/connector_spec.h"

namespace weir {

/// Files that a source or table reads now, and patterns of those it would read at a later start;
/// absolute, without symbolic links.
ReadPlaces FilePlacesRead(const ConnectorOptions& options, const std::string& name);

/// The file that a sink makes; of a folder, a part as it might be called. "" without a path.
std::string FilePlaceWritten(const ConnectorOptions& options, const std::string& name,
                             const std::string& format);

}  // namespace weir
