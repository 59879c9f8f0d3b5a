#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace weir {

/// Line and column of a byte offset. Both count from 1; columns count code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;

  friend bool operator==(const Position&, const Position&) = default;
};

/// Where each line of a text starts. Lines end at "\n"; a "\r" before it is not part of the line.
class LineMap {
 public:
  explicit LineMap(std::string_view text);

  uint32_t LineCount() const { return static_cast<uint32_t>(starts_.size()); }
  /// 1-based line of `offset`; an offset past the end belongs to the last line.
  uint32_t LineOf(uint32_t offset) const;
  /// Byte offset at which 1-based `line` starts.
  uint32_t LineStart(uint32_t line) const { return starts_[line - 1]; }

 private:
  std::vector<uint32_t> starts_;
};

}  // namespace weir
