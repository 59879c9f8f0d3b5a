#include "runtime/vector/string_arena.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kMaxBlock = size_t{1} << 20;

}  // namespace

std::string_view StringArena::Copy(std::string_view text) {
  if (text.empty()) return {};
  char* target = Allocate(text.size());
  std::memcpy(target, text.data(), text.size());
  return {target, text.size()};
}

void StringArena::Grow(size_t size) {
  const size_t block = std::max(size, next_block_);
  blocks_.emplace_back(new char[block]);  // not make_unique: that would zero it
  cursor_ = blocks_.back().get();
  left_ = block;
  bytes_ += block;
  next_block_ = std::min(std::max(next_block_ * 2, size_t{64}), std::max(kMaxBlock, next_block_));
}

}  // namespace weir
