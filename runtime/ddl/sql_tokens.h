#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// A piece of a ClickHouse statement; blanks and comments (`--`, `#!`, `# `, `/* */`) are none.
struct SqlToken {
  enum class Kind : uint8_t {
    kWord,    ///< a keyword, a bare name or a number
    kName,    ///< "…" or `…`
    kText,    ///< '…'
    kSymbol,  ///< one byte
    kEnd,
  };
  Kind kind = Kind::kEnd;
  std::string_view text;  ///< as written, in the text that was cut
  uint32_t offset = 0;
  int line = 1;

  uint32_t end() const { return offset + static_cast<uint32_t>(text.size()); }
  bool IsSymbol(char symbol) const { return kind == Kind::kSymbol && text[0] == symbol; }
  /// A keyword or engine name, in any case; never a quoted name.
  bool IsWord(std::string_view word) const;
  /// Quoted, or a word that is no number.
  bool IsName() const;
  /// A name or text without its quotes.
  std::string Name() const;
};

struct SqlCutError {
  std::string message;  ///< "a quote has no end", "a comment has no end"
  uint32_t offset = 0;
  int line = 1;
};

/// Cuts where ClickHouse's lexer cuts; the last token is kEnd. Bytes beyond ASCII and `$` outside
/// of quotes count as parts of words: who relies on seeing what ClickHouse sees must refuse them.
std::vector<SqlToken> CutSqlTokens(std::string_view text, std::optional<SqlCutError>& error);

}  // namespace weir
