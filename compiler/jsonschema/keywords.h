#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::jsonschema {

/// What the importer does with a keyword of JSON Schema.
enum class KeywordUse : uint8_t {
  kUnknown,     ///< no keyword of draft-07 or 2020-12: a warning, it may be a slip
  kMapped,      ///< becomes part of the type, of `where`, or of the rules
  kAnnotation,  ///< says something to people
  kRestricts,   ///< forbids some values: not checked, a warning
  kShapes,      ///< decides what a value looks like: an error
};

KeywordUse UseOf(std::string_view keyword);
/// All that are known, for suggestions.
std::vector<std::string> KnownKeywords();

}  // namespace weir::jsonschema
