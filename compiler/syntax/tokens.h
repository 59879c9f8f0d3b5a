#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/source/source_file.h"
#include "compiler/syntax/antlr.h"

namespace weir::syntax {

/// A token as the passes before the parser and the error messages see it.
struct Token {
  size_t type = 0;
  Span span;
  uint32_t line = 0;    ///< 1-based.
  uint32_t column = 0;  ///< 0-based.
  bool first_on_line = false;
  antlr4::CommonToken* antlr = nullptr;  ///< Owned by the stream.
};

/// Tokens of a text or of a part of it. Comments are not among them.
class Tokens {
 public:
  /// Cuts `part` of `source` into tokens. The text must be valid UTF-8.
  Tokens(const SourceFile& source, Span part);
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;

  const SourceFile& source() const { return source_; }
  /// What the parser reads.
  antlr4::CommonTokenStream& stream() { return stream_; }

  /// Number of tokens, the last of which is the end of the file.
  size_t size() const { return list_.size(); }
  const Token& at(size_t index) const { return list_[index]; }
  size_t type(size_t index) const { return index < list_.size() ? list_[index].type : kEndOfFile; }
  std::string_view text(size_t index) const;
  std::string_view text(const Token& token) const { return source_.Text(token.span); }

  /// Position in the list of a token of the stream (or of the next one that is not hidden).
  size_t IndexOf(const antlr4::Token& token) const;
  /// Position in the list of the token that the parser reads next.
  size_t Cursor() { return IndexOf(*stream_.LT(1)); }

  /// Makes the parser see a token of another kind.
  void Retype(size_t index, size_t type);
  /// Takes tokens marked by Hide out of the list and away from the parser.
  void Hide(size_t index);
  bool IsHidden(size_t index) const;
  void DropHidden();

  Span SpanOf(const antlr4::Token* token) const;
  Span SpanOf(const antlr4::ParserRuleContext& context) const;

 private:
  void MakeList();

  const SourceFile& source_;
  Span part_;
  std::vector<uint32_t> byte_offsets_;  ///< Of each code point; empty for pure ASCII.
  antlr4::ANTLRInputStream input_;
  FlowLexer lexer_;
  antlr4::CommonTokenStream stream_;
  std::vector<Token> list_;
  std::vector<size_t> index_of_;  ///< Stream index -> list index.
};

}  // namespace weir::syntax
