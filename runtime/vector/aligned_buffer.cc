#include "runtime/vector/aligned_buffer.h"

#include <cstdlib>
#include <cstring>

#include "runtime/base/check.h"

namespace weir {
namespace {

constexpr size_t kAlignment = 64;

size_t RoundedUp(size_t bytes) {
  return bytes == 0 ? kAlignment : (bytes + kAlignment - 1) & ~(kAlignment - 1);
}

}  // namespace

std::shared_ptr<uint8_t[]> MakeBuffer(size_t bytes) {
  void* memory = std::aligned_alloc(kAlignment, RoundedUp(bytes));
  WEIR_CHECK(memory != nullptr, "out of memory: {} bytes", bytes);
  return {static_cast<uint8_t*>(memory), [](uint8_t* buffer) { std::free(buffer); }};
}

std::shared_ptr<uint8_t[]> MakeZeroedBuffer(size_t bytes) {
  std::shared_ptr<uint8_t[]> buffer = MakeBuffer(bytes);
  std::memset(buffer.get(), 0, RoundedUp(bytes));
  return buffer;
}

}  // namespace weir
