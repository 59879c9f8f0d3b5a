#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace weir {

/// Memory of a column: 64-byte aligned (a cache line, and what Int128 needs), never null.
std::shared_ptr<uint8_t[]> MakeBuffer(size_t bytes);
std::shared_ptr<uint8_t[]> MakeZeroedBuffer(size_t bytes);

}  // namespace weir
