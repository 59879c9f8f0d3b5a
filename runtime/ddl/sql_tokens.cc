#include "runtime/ddl/sql_tokens.h"

#include <algorithm>

namespace weir {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '_' || c == '$' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

class SqlCutter {
 public:
  SqlCutter(std::string_view text, std::optional<SqlCutError>& error)
      : text_(text), error_(error) {}

  std::vector<SqlToken> Run() {
    while (SkipBlanks() && at_ < text_.size() && CutOne()) {
    }
    tokens_.push_back(
        {SqlToken::Kind::kEnd, {}, static_cast<uint32_t>(error_ ? at_ : text_.size()), line_});
    return std::move(tokens_);
  }

 private:
  bool StartsWith(std::string_view start) const { return text_.substr(at_).starts_with(start); }
  void MoveTo(size_t end) {
    line_ += static_cast<int>(std::count(text_.begin() + static_cast<ptrdiff_t>(at_),
                                         text_.begin() + static_cast<ptrdiff_t>(end), '\n'));
    at_ = end;
  }
  bool Fail(const char* message) {
    error_ = {message, static_cast<uint32_t>(at_), line_};
    return false;
  }

  bool SkipBlanks() {
    while (at_ < text_.size()) {
      if (IsBlank(text_[at_])) {
        MoveTo(at_ + 1);
      } else if (StartsWith("--") || StartsWith("#!") || StartsWith("# ")) {
        MoveTo(std::min(text_.find('\n', at_), text_.size()));
      } else if (StartsWith("/*")) {
        const size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return Fail("a comment has no end");
        MoveTo(end + 2);
      } else {
        break;
      }
    }
    return true;
  }

  /// Behind the quote that ends what begins at `at_`; one within is doubled or has a backslash
  /// before it.
  size_t QuoteEnd() const {
    const char quote = text_[at_];
    for (size_t i = at_ + 1; i < text_.size(); ++i) {
      if (text_[i] == '\\') {
        ++i;
      } else if (text_[i] == quote) {
        if (i + 1 >= text_.size() || text_[i + 1] != quote) return i + 1;
        ++i;
      }
    }
    return std::string_view::npos;
  }

  bool CutOne() {
    const char c = text_[at_];
    SqlToken token;
    size_t end = at_ + 1;
    if (c == '\'' || c == '`' || c == '"') {
      token.kind = c == '\'' ? SqlToken::Kind::kText : SqlToken::Kind::kName;
      end = QuoteEnd();
      if (end == std::string_view::npos) return Fail("a quote has no end");
    } else if (IsWordByte(c)) {
      token.kind = SqlToken::Kind::kWord;
      while (end < text_.size() && IsWordByte(text_[end])) ++end;
    } else {
      token.kind = SqlToken::Kind::kSymbol;
    }
    token.text = text_.substr(at_, end - at_);
    token.offset = static_cast<uint32_t>(at_);
    token.line = line_;
    tokens_.push_back(token);
    MoveTo(end);
    return true;
  }

  const std::string_view text_;
  std::optional<SqlCutError>& error_;
  size_t at_ = 0;
  int line_ = 1;
  std::vector<SqlToken> tokens_;
};

}  // namespace

bool SqlToken::IsWord(std::string_view word) const {
  return kind == Kind::kWord && std::equal(text.begin(), text.end(), word.begin(), word.end(),
                                           [](char a, char b) { return Upper(a) == Upper(b); });
}

bool SqlToken::IsName() const {
  return kind == Kind::kName || (kind == Kind::kWord && !IsDigit(text[0]));
}

std::string SqlToken::Name() const {
  if (kind != Kind::kName && kind != Kind::kText) return std::string(text);
  std::string name;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if ((text[i] == '\\' || text[i] == text[0]) && i + 2 < text.size()) ++i;
    name += text[i];
  }
  return name;
}

std::vector<SqlToken> CutSqlTokens(std::string_view text, std::optional<SqlCutError>& error) {
  return SqlCutter(text, error).Run();
}

}  // namespace weir
