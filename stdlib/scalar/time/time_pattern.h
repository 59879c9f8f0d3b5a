#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// A strftime-like pattern, independent of locales: %Y %m %d %H %M %S %f %j %a %b %z %%.
class TimePattern {
 public:
  static Result<TimePattern> Parse(std::string_view pattern);

  void Append(int64_t micros, std::string& out) const;
  /// None unless the whole text has the form and names an existing time. %j and %a are not read
  /// into the result, but must be well-formed.
  std::optional<int64_t> Read(std::string_view text) const;

 private:
  struct Piece {
    char field = 0;    ///< the letter after %; 0 for literal text
    std::string text;  ///< literal
  };
  struct Fields;
  static bool ReadField(char field, std::string_view& text, Fields& fields);

  std::vector<Piece> pieces_;
};

/// Whether the time lies in the years 0000 to 9999, which have a text form.
bool IsPrintableTime(int64_t micros);

}  // namespace weir
