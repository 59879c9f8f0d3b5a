#include "runtime/operators/session.h"

#include <algorithm>
#include <cstring>

namespace weir {

SessionPool::~SessionPool() {
  std::sort(free_.begin(), free_.end());
  for (const auto& block : blocks_) {
    if (!std::binary_search(free_.begin(), free_.end(), block.get())) layout_.Destroy(block.get());
  }
}

Session* SessionPool::New() {
  uint8_t* block = nullptr;
  if (free_.empty()) {
    blocks_.emplace_back(new uint8_t[layout_.block_size()]);
    block = blocks_.back().get();
  } else {
    block = free_.back();
    free_.pop_back();
  }
  std::memset(block, 0, layout_.block_size());
  layout_.Init(block);
  auto* session = reinterpret_cast<Session*>(block);
  session->emitted_start = kMinTimestamp;
  return session;
}

void SessionPool::Free(Session* session) {
  layout_.Destroy(BlockOf(session));
  free_.push_back(BlockOf(session));
}

}  // namespace weir
