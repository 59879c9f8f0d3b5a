// C++ allocations of the program come from jemalloc, `malloc` stays that of libc. The embedded
// ClickHouse engine has an allocator of its own and gives what it does not know to libc's `free`:
// with another `malloc` in the process it would crash on the first text that libc made for it.
#include <dlfcn.h>
#include <jemalloc/jemalloc.h>
#include <link.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

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

namespace {

struct Module {
  std::string_view name;
  std::uintptr_t begin = 0, end = 0;
};

int FindModule(dl_phdr_info* info, std::size_t, void* module) {
  auto& wanted = *static_cast<Module*>(module);
  if (std::string_view(info->dlpi_name).find(wanted.name) == std::string_view::npos) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    wanted.begin = info->dlpi_addr + segment.p_vaddr;
    wanted.end = wanted.begin + segment.p_memsz;
  }
  return 1;
}

bool IsRocksDb(const void* code) {
  static const Module module = [] {
    Module found{"librocksdb"};
    ::dl_iterate_phdr(FindModule, &found);
    return found;
  }();
  const auto address = reinterpret_cast<std::uintptr_t>(code);
  return address >= module.begin && address < module.end;
}

}  // namespace

// RocksDB counts its memory by asking for the size of what it got from `new`. (It would also ask
// for that of cache entries, which it gets from `malloc`; runtime/state turns that off.) Everybody
// else means what came from `malloc`.
extern "C" std::size_t malloc_usable_size(void* memory) noexcept {
  if (memory == nullptr) return 0;
  if (IsRocksDb(__builtin_return_address(0))) return sallocx(memory, 0);
  using Function = std::size_t (*)(void*);
  static const auto of_libc = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "malloc_usable_size"));
  return of_libc(memory);
}
