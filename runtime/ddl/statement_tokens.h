#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// A word, quoted text or sign of a ClickHouse statement; blanks and comments are left out.
struct StatementToken {
  enum class Kind : uint8_t { kWord, kString, kQuotedName, kSign };
  Kind kind = Kind::kSign;
  std::string_view text;  ///< with its quotes, in the text that was cut
  size_t offset = 0;
  int line = 1;

  /// A keyword or engine name, in any case.
  bool Is(std::string_view word) const;
  bool IsSign(char sign) const { return kind == Kind::kSign && text.front() == sign; }
  /// A name without its quotes.
  std::string Name() const;
  size_t end() const { return offset + text.size(); }
};

/// Fails when a string, quoted name or comment is not ended.
Result<std::vector<StatementToken>> CutStatementTokens(std::string_view text);

}  // namespace weir
