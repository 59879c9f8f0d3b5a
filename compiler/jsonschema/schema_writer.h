#pragma once

#include <string>
#include <vector>

#include "compiler/semantic/types_schema_info.h"

namespace weir::jsonschema {

/// Schemas as JSON Schema 2020-12: one as the document itself, several below "$defs". Types that
/// JSON lacks are named by `x-flow-type` beside the nearest standard form, constraints that it
/// can't say by `x-flow-where`: the importer reads both. Personal-data tags are left out.
std::string WriteJsonSchema(const std::vector<semantic::SchemaInfoPtr>& schemas);

}  // namespace weir::jsonschema
