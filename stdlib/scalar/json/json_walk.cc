#include "stdlib/scalar/json/json_walk.h"

#include <simdjson.h>

#include "runtime/types/hex_digits.h"
#include "runtime/types/text.h"
#include "stdlib/scalar/string/utf8.h"

namespace weir {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Moves over well-formed JSON.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) { SkipSpace(); }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Advance() {
    ++at_;
    SkipSpace();
  }

  std::string_view TakeString() {
    const size_t start = ++at_;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    const std::string_view inner = text_.substr(start, at_ - start);
    Advance();
    return inner;
  }

  std::string_view TakeValue() {
    const size_t start = at_;
    size_t end = at_;
    int depth = 0;
    do {
      const char c = Peek();
      if (c == '"') {
        TakeString();
      } else if (c == '{' || c == '[') {
        ++depth, ++at_;
      } else if (c == '}' || c == ']') {
        --depth, ++at_;
      } else {
        ++at_;
      }
      end = at_;
    } while (at_ < text_.size() && (depth > 0 || !AtEndOfValue(start)));
    SkipSpace();
    return TrimJson(text_.substr(start, end - start));
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  }
  /// Outside of brackets: after a string or a bracket, or before a delimiter.
  bool AtEndOfValue(size_t start) const {
    const char first = text_[start];
    if (first == '"' || first == '{' || first == '[') return true;
    const char c = text_[at_];
    return c == ',' || c == '}' || c == ']' || IsSpace(c);
  }

  std::string_view text_;
  size_t at_ = 0;
};

std::optional<char32_t> ReadHex4(std::string_view text, size_t at) {
  if (at + 4 > text.size()) return std::nullopt;
  char32_t value = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const uint8_t digit = kHexValues[static_cast<uint8_t>(text[i])];
    if (digit == 0xff) return std::nullopt;
    value = value << 4 | digit;
  }
  return value;
}

bool IsSteppable(char c) { return c != '.' && c != '[' && c != ']'; }

}  // namespace

bool IsJson(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  return parser.parse(text.data(), text.size()).error() == simdjson::SUCCESS;
}

std::string_view TrimJson(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view JsonTypeName(std::string_view text) {
  text = TrimJson(text);
  switch (text.empty() ? '\0' : text.front()) {
    case '{': return "object";
    case '[': return "array";
    case '"': return "string";
    case 't':
    case 'f': return "bool";
    case 'n': return "null";
    default: return "number";
  }
}

void ListJson(std::string_view text, std::vector<JsonMember>& members) {
  members.clear();
  Walker walker(text);
  const char open = walker.Peek();
  if (open != '{' && open != '[') return;
  walker.Advance();
  while (walker.Peek() != '}' && walker.Peek() != ']' && walker.Peek() != '\0') {
    JsonMember member;
    if (open == '{') {
      member.key = walker.TakeString();
      walker.Advance();  // the colon
    }
    member.value = walker.TakeValue();
    members.push_back(member);
    if (walker.Peek() == ',') walker.Advance();
  }
}

void AppendUnescaped(std::string_view quoted, std::string& out) {
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] != '\\' || i + 1 == quoted.size()) {
      out += quoted[i];
      continue;
    }
    switch (const char c = quoted[++i]) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case 'b': out += '\b'; break;
      case 'f': out += '\f'; break;
      case 'u': {
        char32_t code = ReadHex4(quoted, i + 1).value_or(0xFFFD);
        i += 4;
        const bool is_high = code >= 0xD800 && code < 0xDC00;
        if (is_high && i + 6 < quoted.size() && quoted.substr(i + 1, 2) == "\\u") {
          const char32_t low = ReadHex4(quoted, i + 3).value_or(0);
          if (low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            i += 6;
          }
        }
        AppendCodePoint(code >= 0xD800 && code < 0xE000 ? 0xFFFD : code, out);
        break;
      }
      default: out += c; break;
    }
  }
}

std::optional<std::vector<JsonStep>> ParseJsonPath(std::string_view path) {
  std::vector<JsonStep> steps;
  if (path.starts_with('$')) path.remove_prefix(1);
  if (!path.empty() && IsSteppable(path.front())) {
    const std::string dotted = "." + std::string(path);
    return ParseJsonPath(dotted);
  }
  while (!path.empty()) {
    const bool is_index = path.front() == '[';
    path.remove_prefix(1);
    size_t end = 0;
    while (end < path.size() && IsSteppable(path[end])) ++end;
    if (end == 0) return std::nullopt;
    JsonStep step;
    if (is_index) {
      const std::optional<int64_t> index = ParseInt64(path.substr(0, end));
      if (!index || *index < 0 || end == path.size() || path[end] != ']') return std::nullopt;
      step.index = *index;
      ++end;
    } else {
      step.name = path.substr(0, end);
    }
    path.remove_prefix(end);
    if (!path.empty() && path.front() == ']') return std::nullopt;
    if (!path.empty() && IsSteppable(path.front())) return std::nullopt;
    steps.push_back(std::move(step));
  }
  return steps;
}

std::optional<std::string_view> FindJson(std::string_view text, const std::vector<JsonStep>& steps,
                                         std::vector<JsonMember>& scratch) {
  text = TrimJson(text);
  for (const JsonStep& step : steps) {
    if (text.empty() || text.front() != (step.index >= 0 ? '[' : '{')) return std::nullopt;
    ListJson(text, scratch);
    const JsonMember* found = nullptr;
    if (step.index >= 0) {
      const auto index = static_cast<size_t>(step.index);
      if (index < scratch.size()) found = &scratch[index];
    } else {
      std::string key;
      for (const JsonMember& member : scratch) {
        bool same = member.key == step.name;
        if (!same && member.key.find('\\') != std::string_view::npos) {
          key.clear();
          AppendUnescaped(member.key, key);
          same = key == step.name;
        }
        if (!same) continue;
        found = &member;
        break;
      }
    }
    if (found == nullptr) return std::nullopt;
    text = found->value;
  }
  if (text == "null") return std::nullopt;
  return text;
}

}  // namespace weir
