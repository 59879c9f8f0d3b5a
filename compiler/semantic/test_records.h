#pragma once

#include <string>

#include "compiler/plan/source_node.h"
#include "runtime/types/value.h"

namespace weir::semantic {

/// A row of a `given` as a record of the source's format: a JSON object of the given fields, a csv
/// line with all fields in the order of the schema (those left out are absent cells), the bytes of
/// the one field of raw.
std::string EncodeGiven(const Value& row, const plan::DecodeSpec& decode);

}  // namespace weir::semantic
