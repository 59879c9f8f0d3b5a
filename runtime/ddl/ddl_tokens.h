#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ddl/table_definition.h"

namespace weir {

/// A word, quoted name, string, number or single character of a SQL text.
struct DdlToken {
  enum class Kind : uint8_t { kWord, kQuoted, kString, kNumber, kPunctuation, kEnd };
  Kind kind = Kind::kEnd;
  std::string_view text;  ///< as written
  uint32_t offset = 0;

  uint32_t end() const { return offset + static_cast<uint32_t>(text.size()); }
  bool Is(char c) const { return kind == Kind::kPunctuation && text[0] == c; }
  /// A keyword, in any case; never a quoted name.
  bool IsWord(std::string_view word) const;
  /// A name, without its quotes.
  std::string Name() const;
};

/// Cuts a text into tokens; comments (`--`, `#!`, `/* */`) are passed over. The last one is kEnd.
/// `error` is set for a quote or comment without end.
std::vector<DdlToken> DdlTokens(std::string_view text, std::optional<DdlError>& error);

}  // namespace weir
