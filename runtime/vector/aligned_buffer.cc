#include "runtime/vector/aligned_buffer.h"

#include <cstring>
#include <new>

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr size_t kAlignment = 64;

size_t RoundedUp(size_t bytes) {
  return bytes == 0 ? kAlignment : (bytes + kAlignment - 1) & ~(kAlignment - 1);
}

}  // namespace

std::shared_ptr<uint8_t[]> MakeBuffer(size_t bytes) {
  // Not aligned_alloc: the program's own allocator takes part in operator new only.
  constexpr std::align_val_t kAlign{kAlignment};
  void* memory = ::operator new(RoundedUp(bytes), kAlign, std::nothrow);
  WEIR_CHECK(memory != nullptr, "out of memory: {} bytes", bytes);
  return {static_cast<uint8_t*>(memory),
          [](uint8_t* buffer) { ::operator delete(buffer, std::align_val_t{kAlignment}); }};
}

std::shared_ptr<uint8_t[]> MakeZeroedBuffer(size_t bytes) {
  std::shared_ptr<uint8_t[]> buffer = MakeBuffer(bytes);
  std::memset(buffer.get(), 0, RoundedUp(bytes));
  return buffer;
}

}  // namespace weir
