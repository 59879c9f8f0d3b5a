#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "runtime/types/schema.h"

namespace weir {

/// A view whose rows the engine alone holds.
struct MemoryView {
  std::string name;
  SchemaPtr schema;
  /// Calls back with each row as a JSON object, nulls omitted. Any thread, while rows change.
  std::function<void(const std::function<void(std::string_view json)>&)> for_each;
};

}  // namespace weir
