#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// A piece of a statement; blanks and comments are none.
struct SqlToken {
  enum class Kind : uint8_t {
    kWord,    ///< a keyword, a bare name or a number
    kName,    ///< "…" or `…`
    kText,    ///< '…'
    kSymbol,  ///< one character
  };
  Kind kind = Kind::kSymbol;
  std::string text;  ///< a word as written; a name without quotes; of a text nothing
  size_t begin = 0;  ///< bytes of the statement
  size_t end = 0;

  bool IsWord(std::string_view upper_case) const;
  bool IsSymbol(char symbol) const { return kind == Kind::kSymbol && text[0] == symbol; }
};

/// Cuts a statement where ClickHouse's lexer cuts it. What the two could see differently is
/// refused: characters beyond ASCII outside of quotes (it takes some for quotes), `$…$` texts.
Result<std::vector<SqlToken>> SqlTokens(std::string_view sql);

}  // namespace weir
