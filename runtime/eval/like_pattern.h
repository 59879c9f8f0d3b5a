#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A SQL LIKE pattern: `%` is any text, `_` one character (UTF-8), `\` takes the next one as it is.
class LikePattern {
 public:
  explicit LikePattern(std::string_view pattern);

  bool Matches(std::string_view text) const;

 private:
  /// One piece between `%`s: literal bytes; kAnyCharacter stands for `_`.
  struct Piece {
    std::string bytes;
    std::vector<bool> any;  ///< empty when the piece has no `_`
    /// Length of the match at the start of `text`, or npos.
    size_t MatchAt(std::string_view text) const;
    /// Start and end of the first match in `text`; false when there is none.
    bool Find(std::string_view text, size_t* start, size_t* end) const;
  };

  bool MatchesTail(std::string_view text) const;

  std::vector<Piece> pieces_;
  bool open_start_ = false;  ///< begins with %
  bool open_end_ = false;    ///< ends with %
};

}  // namespace weir
