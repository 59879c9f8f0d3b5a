#pragma once

#include <string>

#include "runtime/types/schema.h"

namespace weir {

/// `name` Type, … as in CREATE TABLE, for values as they stand in JSON: the types of the store's
/// tables, but durations are their text (`1h30m`), as bytes (base64) are there too.
std::string ViewColumns(const Schema& schema);

}  // namespace weir
