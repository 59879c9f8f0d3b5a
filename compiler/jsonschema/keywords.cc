#include "compiler/jsonschema/keywords.h"

namespace weir::jsonschema {
namespace {

struct Keyword {
  std::string_view name;
  KeywordUse use;
};

constexpr Keyword kKeywords[] = {
    {"type", KeywordUse::kMapped},
    {"enum", KeywordUse::kMapped},
    {"const", KeywordUse::kMapped},
    {"format", KeywordUse::kMapped},
    {"properties", KeywordUse::kMapped},
    {"required", KeywordUse::kMapped},
    {"additionalProperties", KeywordUse::kMapped},
    {"items", KeywordUse::kMapped},
    {"minimum", KeywordUse::kMapped},
    {"maximum", KeywordUse::kMapped},
    {"exclusiveMinimum", KeywordUse::kMapped},
    {"exclusiveMaximum", KeywordUse::kMapped},
    {"multipleOf", KeywordUse::kMapped},
    {"minLength", KeywordUse::kMapped},
    {"maxLength", KeywordUse::kMapped},
    {"pattern", KeywordUse::kMapped},
    {"minItems", KeywordUse::kMapped},
    {"maxItems", KeywordUse::kMapped},
    {"default", KeywordUse::kMapped},
    {"title", KeywordUse::kMapped},
    {"description", KeywordUse::kMapped},
    {"anyOf", KeywordUse::kMapped},
    {"oneOf", KeywordUse::kMapped},
    {"allOf", KeywordUse::kMapped},
    {"$ref", KeywordUse::kMapped},
    {"x-flow-type", KeywordUse::kMapped},
    {"x-flow-ignore-case", KeywordUse::kMapped},
    {"x-flow-where", KeywordUse::kMapped},
    {"x-flow-into", KeywordUse::kMapped},
    {"x-flow-key-type", KeywordUse::kMapped},
    {"$schema", KeywordUse::kAnnotation},
    {"$id", KeywordUse::kAnnotation},
    {"$anchor", KeywordUse::kAnnotation},
    {"$comment", KeywordUse::kAnnotation},
    {"$defs", KeywordUse::kAnnotation},
    {"$vocabulary", KeywordUse::kAnnotation},
    {"definitions", KeywordUse::kAnnotation},
    {"examples", KeywordUse::kAnnotation},
    {"deprecated", KeywordUse::kAnnotation},
    {"readOnly", KeywordUse::kAnnotation},
    {"writeOnly", KeywordUse::kAnnotation},
    {"contentEncoding", KeywordUse::kAnnotation},
    {"contentMediaType", KeywordUse::kAnnotation},
    {"contentSchema", KeywordUse::kAnnotation},
    {"uniqueItems", KeywordUse::kRestricts},
    {"contains", KeywordUse::kRestricts},
    {"minContains", KeywordUse::kRestricts},
    {"maxContains", KeywordUse::kRestricts},
    {"minProperties", KeywordUse::kRestricts},
    {"maxProperties", KeywordUse::kRestricts},
    {"propertyNames", KeywordUse::kRestricts},
    {"dependentRequired", KeywordUse::kRestricts},
    {"dependentSchemas", KeywordUse::kRestricts},
    {"dependencies", KeywordUse::kRestricts},
    {"unevaluatedItems", KeywordUse::kRestricts},
    {"unevaluatedProperties", KeywordUse::kRestricts},
    {"not", KeywordUse::kRestricts},
    {"if", KeywordUse::kRestricts},
    {"then", KeywordUse::kRestricts},
    {"else", KeywordUse::kRestricts},
    {"prefixItems", KeywordUse::kShapes},
    {"additionalItems", KeywordUse::kShapes},
    {"patternProperties", KeywordUse::kShapes},
    {"$dynamicRef", KeywordUse::kShapes},
    {"$dynamicAnchor", KeywordUse::kShapes},
    {"$recursiveRef", KeywordUse::kShapes},
    {"$recursiveAnchor", KeywordUse::kShapes},
};

}  // namespace

KeywordUse UseOf(std::string_view keyword) {
  for (const Keyword& known : kKeywords) {
    if (known.name == keyword) return known.use;
  }
  // Extensions announce themselves.
  return keyword.starts_with("x-") ? KeywordUse::kAnnotation : KeywordUse::kUnknown;
}

std::vector<std::string> KnownKeywords() {
  std::vector<std::string> names;
  for (const Keyword& known : kKeywords) names.emplace_back(known.name);
  return names;
}

}  // namespace weir::jsonschema
