#include "tests/simulation/trail.h"

#include <sys/mman.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

namespace weir::simulation {
namespace {

constexpr size_t kCapacity = size_t{256} << 20;  ///< of address space; what is used is less

struct Head {
  uint64_t a, b, c;
  uint32_t x, y;
  uint32_t tag;
  uint32_t unused;
};

}  // namespace

struct Trail::Shared {
  std::atomic_flag busy = ATOMIC_FLAG_INIT;
  uint64_t used = 0;
  int64_t clock = 0;
  uint64_t operations = 0;
  char bytes[1];
};

Trail::Trail() {
  void* memory = ::mmap(nullptr, kCapacity, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    std::perror("simulation: shared memory");
    std::exit(2);
  }
  shared_ = new (memory) Shared();
}

Trail::~Trail() { ::munmap(shared_, kCapacity); }

int64_t& Trail::clock() { return shared_->clock; }
uint64_t& Trail::operations() { return shared_->operations; }

void Trail::Append(const Entry& entry) {
  const Head head{entry.a,
                  entry.b,
                  entry.c,
                  static_cast<uint32_t>(entry.x.size()),
                  static_cast<uint32_t>(entry.y.size()),
                  static_cast<uint32_t>(entry.tag),
                  0};
  while (shared_->busy.test_and_set(std::memory_order_acquire)) {
  }
  const size_t size = (sizeof(head) + head.x + head.y + 7) / 8 * 8;
  if (sizeof(Shared) + shared_->used + size > kCapacity) {
    std::fputs("simulation: a life did more than its trail can hold\n", stderr);
    std::abort();
  }
  char* at = shared_->bytes + shared_->used;
  std::memcpy(at, &head, sizeof(head));
  if (head.x > 0) std::memcpy(at + sizeof(head), entry.x.data(), head.x);
  if (head.y > 0) std::memcpy(at + sizeof(head) + head.x, entry.y.data(), head.y);
  shared_->used += size;
  shared_->busy.clear(std::memory_order_release);
}

void Trail::ForEach(const std::function<void(const Entry&)>& visit) const {
  for (uint64_t used = 0; used < shared_->used;) {
    Head head;
    const char* at = shared_->bytes + used;
    std::memcpy(&head, at, sizeof(head));
    const char* text = at + sizeof(head);
    visit({static_cast<Tag>(head.tag),
           head.a,
           head.b,
           head.c,
           {text, head.x},
           {text + head.x, head.y}});
    used += (sizeof(head) + head.x + head.y + 7) / 8 * 8;
  }
}

void Trail::Clear() {
  // A life that was killed while it wrote leaves the lock taken.
  shared_->busy.clear(std::memory_order_release);
  shared_->used = 0;
}

}  // namespace weir::simulation
