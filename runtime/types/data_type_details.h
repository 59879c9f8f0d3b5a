#pragma once

#include <absl/container/flat_hash_map.h>

#include <string>
#include <vector>

#include "runtime/types/data_type.h"

namespace weir {

/// What enums and nested types carry beyond their kind. Immutable once made.
struct DataType::Details {
  std::string name;
  std::vector<std::string> enum_values;
  bool ignore_case = false;
  std::vector<StructField> fields;  ///< of a struct
  std::vector<DataType> arguments;  ///< list and map: one, the element (of a map its entry struct)
  /// Positions of enum values or fields by name, filled only when there are many of them: a few
  /// are found faster by comparing. Lower-case names when `ignore_case`.
  absl::flat_hash_map<std::string, uint16_t> index;
};

}  // namespace weir
