#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace weir {

/// Append-only memory for string bytes; addresses stay valid for the arena's life. One thread.
class StringArena {
 public:
  explicit StringArena(size_t first_block = 4096) : next_block_(first_block) {}

  /// `size` writable bytes.
  char* Allocate(size_t size) {
    if (size > left_) Grow(size);
    char* result = cursor_;
    cursor_ += size;
    left_ -= size;
    return result;
  }
  /// Gives the last `unused` bytes of the latest allocation back.
  void Shrink(size_t unused) {
    cursor_ -= unused;
    left_ += unused;
  }

  std::string_view Copy(std::string_view text);
  size_t bytes() const { return bytes_; }

 private:
  void Grow(size_t size);

  std::vector<std::unique_ptr<char[]>> blocks_;
  char* cursor_ = nullptr;
  size_t left_ = 0;
  size_t next_block_;
  size_t bytes_ = 0;
};

}  // namespace weir
