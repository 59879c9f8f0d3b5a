#include "runtime/ddl/statement_tokens.h"

#include <algorithm>
#include <cctype>

namespace weir {
namespace {

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class TokenCutter {
 public:
  explicit TokenCutter(std::string_view text) : text_(text) {}

  Result<std::vector<StatementToken>> Cut() {
    while (true) {
      WEIR_TRY(SkipBlanks());
      if (at_ >= text_.size()) return std::move(tokens_);
      WEIR_TRY(CutOne());
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void Advance(size_t bytes) {
    for (size_t i = 0; i < bytes && at_ < text_.size(); ++i) line_ += text_[at_++] == '\n';
  }

  Status SkipBlanks() {
    while (at_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(Peek()))) {
        Advance(1);
      } else if (Peek() == '#' || (Peek() == '-' && Peek(1) == '-')) {
        Advance(std::min(text_.find('\n', at_), text_.size()) - at_);
      } else if (Peek() == '/' && Peek(1) == '*') {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return NotEnded("comment", line_);
        Advance(end + 2 - at_);
      } else {
        break;
      }
    }
    return Status::Ok();
  }

  Status CutOne() {
    const char c = Peek();
    const size_t start = at_;
    const int line = line_;
    StatementToken::Kind kind = StatementToken::Kind::kSign;
    if (c == '\'' || c == '`' || c == '"') {
      kind = c == '\'' ? StatementToken::Kind::kString : StatementToken::Kind::kQuotedName;
      Advance(1);
      while (at_ < text_.size() && !(Peek() == c && Peek(1) != c)) {
        Advance(Peek() == '\\' || Peek() == c ? 2 : 1);
      }
      if (at_ >= text_.size()) return NotEnded(c == '\'' ? "string" : "quoted name", line);
      Advance(1);
    } else if (IsWordByte(c)) {
      kind = StatementToken::Kind::kWord;
      while (IsWordByte(Peek())) Advance(1);
    } else {
      Advance(1);
    }
    tokens_.push_back({kind, text_.substr(start, at_ - start), start, line});
    return Status::Ok();
  }

  static Status NotEnded(std::string_view what, int line) {
    return InvalidArgumentError("line {}: a {} that is not ended", line, what);
  }

  std::string_view text_;
  size_t at_ = 0;
  int line_ = 1;
  std::vector<StatementToken> tokens_;
};

}  // namespace

bool StatementToken::Is(std::string_view word) const {
  return kind == Kind::kWord &&
         std::equal(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
           return std::toupper(static_cast<unsigned char>(a)) ==
                  std::toupper(static_cast<unsigned char>(b));
         });
}

std::string StatementToken::Name() const {
  if (kind == Kind::kWord) return std::string(text);
  std::string name;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if ((text[i] == '\\' || text[i] == text.front()) && i + 2 < text.size()) ++i;
    name += text[i];
  }
  return name;
}

Result<std::vector<StatementToken>> CutStatementTokens(std::string_view text) {
  return TokenCutter(text).Cut();
}

}  // namespace weir
