#pragma once

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <string>
#include <string_view>

#include "runtime/base/hash.h"

namespace weir {

/// Hashes std::string and std::string_view alike. Debian's Abseil has a string_view of its own, so
/// its default hasher does not take std::string_view for a std::string key.
struct StringHash {
  using is_transparent = void;
  size_t operator()(std::string_view text) const { return static_cast<size_t>(HashBytes(text)); }
};

/// Flat map from std::string, looked up by std::string_view without a copy.
template <typename Value>
using StringMap = absl::flat_hash_map<std::string, Value, StringHash, std::equal_to<>>;

}  // namespace weir
