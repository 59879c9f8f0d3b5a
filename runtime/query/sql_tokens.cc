#include "runtime/query/sql_tokens.h"

#include <algorithm>

namespace weir {
namespace {

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsWordStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWordPart(char c) { return IsWordStart(c) || IsDigit(c) || c == '$'; }

class Lexer {
 public:
  explicit Lexer(std::string_view sql) : sql_(sql) {}

  Result<std::vector<SqlToken>> Run() {
    while (true) {
      WEIR_TRY(SkipBlanks());
      if (at_ == sql_.size()) return std::move(tokens_);
      WEIR_TRY(ReadToken());
    }
  }

 private:
  bool StartsWith(std::string_view text) const { return sql_.substr(at_).starts_with(text); }

  Status SkipBlanks() {
    while (at_ < sql_.size()) {
      if (IsBlank(sql_[at_])) {
        ++at_;
      } else if (StartsWith("--") || StartsWith("# ") || StartsWith("#!")) {
        at_ = std::min(sql_.find('\n', at_), sql_.size());
      } else if (StartsWith("/*")) {
        const size_t end = sql_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return InvalidArgumentError("a /* comment has no end");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return Status::Ok();
  }

  Status ReadToken() {
    const char c = sql_[at_];
    if (c == '\'' || c == '"' || c == '`') return ReadQuoted(c);
    if (IsWordStart(c) || IsDigit(c)) {
      const size_t begin = at_;
      while (at_ < sql_.size() && IsWordPart(sql_[at_])) ++at_;
      Add(SqlToken::Kind::kWord, std::string(sql_.substr(begin, at_ - begin)), begin);
      return Status::Ok();
    }
    if (c == '$') {
      return InvalidArgumentError("`$` outside of quotes is not taken: write texts as '…'");
    }
    if (c < ' ' || c > '~') {
      return InvalidArgumentError(
          "byte {} of the statement is no ASCII character and not in quotes: write texts as '…', "
          "names as \"…\"",
          at_ + 1);
    }
    ++at_;
    Add(SqlToken::Kind::kSymbol, std::string(1, c), at_ - 1);
    return Status::Ok();
  }

  /// A quote within is doubled or has a backslash before it.
  Status ReadQuoted(char quote) {
    const size_t begin = at_++;
    std::string text;
    while (at_ < sql_.size()) {
      const char c = sql_[at_++];
      if (c == '\\' && at_ < sql_.size()) {
        text += sql_[at_++];
      } else if (c != quote) {
        text += c;
      } else if (at_ < sql_.size() && sql_[at_] == quote) {
        text += sql_[at_++];
      } else {
        const bool is_text = quote == '\'';
        Add(is_text ? SqlToken::Kind::kText : SqlToken::Kind::kName, is_text ? "" : text, begin);
        return Status::Ok();
      }
    }
    return InvalidArgumentError("a {} has no end", quote);
  }

  void Add(SqlToken::Kind kind, std::string text, size_t begin) {
    tokens_.push_back({kind, std::move(text), begin, at_});
  }

  const std::string_view sql_;
  size_t at_ = 0;
  std::vector<SqlToken> tokens_;
};

}  // namespace

bool SqlToken::IsWord(std::string_view upper_case) const {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  return kind == Kind::kWord && text.size() == upper_case.size() &&
         std::equal(text.begin(), text.end(), upper_case.begin(),
                    [&](char a, char b) { return upper(a) == b; });
}

Result<std::vector<SqlToken>> SqlTokens(std::string_view sql) { return Lexer(sql).Run(); }

}  // namespace weir
