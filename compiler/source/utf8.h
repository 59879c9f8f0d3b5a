#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace weir {

/// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no overlong forms, no
/// surrogates, nothing above U+10FFFF); nullopt if all is well.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

/// Number of code points; malformed bytes count one each.
size_t CountCodePoints(std::string_view text);

}  // namespace weir
