#include "compiler/jsonschema/mapped_type.h"

#include <algorithm>

namespace weir::jsonschema {

ValueRulesPtr MappedType::Rules(bool null_refused, bool key_required) const {
  const bool below = std::any_of(parts.begin(), parts.end(),
                                 [](const ValueRulesPtr& part) { return part != nullptr; });
  if (!null_refused && !key_required && !unknown_refused && !below) return nullptr;
  auto rules = std::make_shared<ValueRules>();
  rules->null_refused = null_refused;
  rules->key_required = key_required;
  rules->unknown_refused = unknown_refused;
  if (below) rules->parts = parts;
  return rules;
}

std::string QuotedFlow(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\0': out += "\\0"; break;
      default: out += c;
    }
  }
  return out + "\"";
}

}  // namespace weir::jsonschema
