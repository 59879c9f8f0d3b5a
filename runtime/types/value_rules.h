#pragma once

#include <memory>
#include <vector>

namespace weir {

struct ValueRules;
using ValueRulesPtr = std::shared_ptr<const ValueRules>;

/// What a JSON value must satisfy that its type can't say: `T?` allows both an absent key and null,
/// other schema languages tell the two apart and close nested objects. Follows the shape of the
/// type. A null pointer anywhere: no rule there or below. Formats without keys of their own (csv,
/// raw) have nothing to check.
struct ValueRules {
  bool null_refused = false;     ///< optional, but null is an error: only the key may be absent
  bool key_required = false;     ///< optional, but an absent key is an error: only null will do
  bool unknown_refused = false;  ///< of a struct: keys that it does not declare are errors
  /// Of a struct: one per field; of a list: the element; of a map: the value. Or empty.
  std::vector<ValueRulesPtr> parts;
};

}  // namespace weir
