#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "runtime/base/clock.h"

namespace weir {

/// Memory of sessions of one layout: a block each, which starts with an `S`; what `Layout` keeps
/// (state fields, accumulators) follows. Owns all that it handed out. One thread.
template <typename S, typename Layout>
class SessionPool {
 public:
  /// `layout` outlives the pool.
  explicit SessionPool(const Layout& layout) : layout_(layout) {}
  ~SessionPool() {
    std::sort(free_.begin(), free_.end());
    for (const auto& block : blocks_) {
      if (!std::binary_search(free_.begin(), free_.end(), block.get())) {
        layout_.Destroy(block.get());
      }
    }
  }
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// What the layout keeps is at its initial values; readers don't know the session; the rest is
  /// zero.
  S* New() {
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
    S* session = reinterpret_cast<S*>(block);
    session->emitted_start = kMinTimestamp;
    return session;
  }
  void Free(S* session) {
    layout_.Destroy(BlockOf(session));
    free_.push_back(BlockOf(session));
  }
  size_t size() const { return blocks_.size() - free_.size(); }

  static uint8_t* BlockOf(S* session) { return reinterpret_cast<uint8_t*>(session); }

 private:
  const Layout& layout_;
  std::vector<std::unique_ptr<uint8_t[]>> blocks_;
  std::vector<uint8_t*> free_;
};

}  // namespace weir
