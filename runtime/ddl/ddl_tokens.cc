#include "runtime/ddl/ddl_tokens.h"

#include <cctype>

namespace weir {
namespace {

bool IsWordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
         (static_cast<unsigned char>(c) & 0x80) != 0;
}

/// The end of what starts with a quote at `at`; npos without one.
size_t QuoteEnd(std::string_view text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (i + 1 < text.size() && text[i + 1] == quote) {
        ++i;
      } else {
        return i + 1;
      }
    }
  }
  return std::string_view::npos;
}

/// The end of blanks and comments from `at` on; npos for a comment without end.
size_t SkipBlanks(std::string_view text, size_t at) {
  while (at < text.size()) {
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) {
      ++at;
    } else if (text.substr(at).starts_with("--") || text.substr(at).starts_with("#!") ||
               text.substr(at).starts_with("# ")) {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at).starts_with("/*")) {
      const size_t end = text.find("*/", at + 2);
      if (end == std::string_view::npos) return end;
      at = end + 2;
    } else {
      break;
    }
  }
  return at;
}

}  // namespace

bool DdlToken::IsWord(std::string_view word) const {
  if (kind != Kind::kWord || text.size() != word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[i])) != word[i]) return false;
  }
  return true;
}

std::string DdlToken::Name() const {
  if (kind != Kind::kQuoted && kind != Kind::kString) return std::string(text);
  std::string name;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' || (text[i] == text[0] && i + 2 < text.size())) ++i;
    name += text[i];
  }
  return name;
}

std::vector<DdlToken> DdlTokens(std::string_view text, std::optional<DdlError>& error) {
  std::vector<DdlToken> tokens;
  size_t at = 0;
  while (true) {
    const size_t begin = SkipBlanks(text, at);
    if (begin == std::string_view::npos) {
      error = {"a comment has no end", static_cast<uint32_t>(text.find("/*", at))};
      break;
    }
    if (begin >= text.size()) break;
    DdlToken token;
    const char c = text[begin];
    size_t end = begin + 1;
    if (c == '\'' || c == '`' || c == '"') {
      token.kind = c == '\'' ? DdlToken::Kind::kString : DdlToken::Kind::kQuoted;
      end = QuoteEnd(text, begin);
      if (end == std::string_view::npos) {
        error = {"a quote has no end", static_cast<uint32_t>(begin)};
        break;
      }
    } else if (IsWordByte(c)) {
      const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
      token.kind = digit ? DdlToken::Kind::kNumber : DdlToken::Kind::kWord;
      while (end < text.size() && (IsWordByte(text[end]) || (digit && text[end] == '.'))) ++end;
    } else {
      token.kind = DdlToken::Kind::kPunctuation;
    }
    token.text = text.substr(begin, end - begin);
    token.offset = static_cast<uint32_t>(begin);
    tokens.push_back(token);
    at = end;
  }
  DdlToken last;
  last.offset = static_cast<uint32_t>(text.size());
  tokens.push_back(last);
  return tokens;
}

}  // namespace weir
