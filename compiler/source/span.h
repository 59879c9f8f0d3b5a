#pragma once

#include <algorithm>
#include <cstdint>

namespace weir {

/// Number of a file inside one SourceManager.
using FileId = uint32_t;

inline constexpr FileId kNoFile = 0xFFFFFFFF;

/// Half-open byte range [begin, end) of one source file. A value type: copy it freely.
struct Span {
  FileId file = kNoFile;
  uint32_t begin = 0;
  uint32_t end = 0;

  /// False for nodes that come from no file (built in, synthesized).
  bool valid() const { return file != kNoFile; }
  uint32_t size() const { return end - begin; }

  /// Smallest span that covers both; an invalid side is ignored.
  Span To(Span other) const {
    if (!valid()) return other;
    if (!other.valid()) return *this;
    return {file, std::min(begin, other.begin), std::max(end, other.end)};
  }
  /// Empty span just before / just after this one (where text can be inserted).
  Span Before() const { return {file, begin, begin}; }
  Span After() const { return {file, end, end}; }

  friend bool operator==(const Span&, const Span&) = default;
};

}  // namespace weir
