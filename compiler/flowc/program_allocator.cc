// C++ allocations of the program come from jemalloc, `malloc` stays that of libc. The embedded
// ClickHouse engine has an allocator of its own and gives what it does not know to libc's `free`:
// with another `malloc` in the process it would crash on the first text that libc made for it.
#include <jemalloc/jemalloc.h>

#include <cstddef>
#include <new>

namespace {

constexpr std::size_t AtLeastOne(std::size_t size) { return size == 0 ? 1 : size; }

int Flags(std::align_val_t alignment) {
  return static_cast<int>(MALLOCX_ALIGN(static_cast<std::size_t>(alignment)));
}

void* Allocate(std::size_t size, int flags) {
  void* memory = mallocx(AtLeastOne(size), flags);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void Free(void* memory, int flags) noexcept {
  if (memory != nullptr) dallocx(memory, flags);
}

void FreeSized(void* memory, std::size_t size, int flags) noexcept {
  if (memory != nullptr) sdallocx(memory, AtLeastOne(size), flags);
}

}  // namespace

// All forms: libjemalloc has some of its own, which would go through `malloc`.
using Size = std::size_t;
using Align = std::align_val_t;
using NoThrow = std::nothrow_t;

void* operator new(Size size) { return Allocate(size, 0); }
void* operator new[](Size size) { return Allocate(size, 0); }
void* operator new(Size size, Align align) { return Allocate(size, Flags(align)); }
void* operator new[](Size size, Align align) { return Allocate(size, Flags(align)); }
void* operator new(Size size, const NoThrow&) noexcept { return mallocx(AtLeastOne(size), 0); }
void* operator new[](Size size, const NoThrow&) noexcept { return mallocx(AtLeastOne(size), 0); }
void* operator new(Size size, Align align, const NoThrow&) noexcept {
  return mallocx(AtLeastOne(size), Flags(align));
}
void* operator new[](Size size, Align align, const NoThrow&) noexcept {
  return mallocx(AtLeastOne(size), Flags(align));
}

void operator delete(void* memory) noexcept { Free(memory, 0); }
void operator delete[](void* memory) noexcept { Free(memory, 0); }
void operator delete(void* memory, Size size) noexcept { FreeSized(memory, size, 0); }
void operator delete[](void* memory, Size size) noexcept { FreeSized(memory, size, 0); }
void operator delete(void* memory, Align align) noexcept { Free(memory, Flags(align)); }
void operator delete[](void* memory, Align align) noexcept { Free(memory, Flags(align)); }
void operator delete(void* memory, Size size, Align align) noexcept {
  FreeSized(memory, size, Flags(align));
}
void operator delete[](void* memory, Size size, Align align) noexcept {
  FreeSized(memory, size, Flags(align));
}
void operator delete(void* memory, const NoThrow&) noexcept { Free(memory, 0); }
void operator delete[](void* memory, const NoThrow&) noexcept { Free(memory, 0); }
void operator delete(void* memory, Align align, const NoThrow&) noexcept {
  Free(memory, Flags(align));
}
void operator delete[](void* memory, Align align, const NoThrow&) noexcept {
  Free(memory, Flags(align));
}
