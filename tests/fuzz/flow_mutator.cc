#include "tests/fuzz/flow_mutator.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace weir {
namespace {

/// What programs rarely hold: ends of ranges, nested and unfinished things.
const char* const kExtremes[] = {
    "9223372036854775807",
    "18446744073709551616",
    "-1",
    "0",
    "1e999",
    "0.0000000000000000001",
    "999999d",
    "0s",
    "1MiB",
    "@9999-12-31T23:59:59Z",
    "@0000-00-00",
    "decimal(38, 38)",
    "decimal(0, 9)",
    "list<list<list<int8>>>",
    "map<string, json>",
    "struct { x: int8 }",
    "enum(\"\")",
    "f\"{f'{1}'}\"",
    "f\"{\"",
    "r\"(\"",
    "\"\\u{110000}\"",
    "$nosuch",
    "@pii(hash)",
    "try try null",
    "null",
    "(((((1)))))",
    "if true then 1 else",
    "match x { _ -> 1 }",
    "`a b`",
    "????",
    "..",
    "=>",
    "->",
    "|>",
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ",",
    ":",
    "\"",
    "'",
    "//",
    "/*",
    "*/",
    "\"\"\"",
    "with",
    "case",
    "window_start",
    "session.start",
    "e.",
    "as of",
    "count(where)",
    "sum()",
    "cast(null as json)",
    "[]",
    "{}",
    "[[], [1]]",
};

bool IsWordChar(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

}  // namespace

std::vector<std::string> SplitWords(const std::string& text) {
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    size_t end = begin + 1;
    if (IsWordChar(text[begin])) {
      while (end < text.size() && IsWordChar(text[end])) ++end;
    } else if (std::isspace(static_cast<unsigned char>(text[begin])) != 0) {
      while (end < text.size() && std::isspace(static_cast<unsigned char>(text[end])) != 0) ++end;
    }
    words.push_back(text.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

FlowMutator::FlowMutator(std::vector<std::string> programs, uint64_t seed)
    : programs_(std::move(programs)), random_(seed) {
  for (const std::string& program : programs_) {
    for (std::string& word : SplitWords(program)) {
      if (IsWordChar(word[0])) words_.push_back(std::move(word));
    }
  }
  std::sort(words_.begin(), words_.end());
  words_.erase(std::unique(words_.begin(), words_.end()), words_.end());
}

const std::string& FlowMutator::AnyWord() { return words_[Below(words_.size())]; }

void FlowMutator::ChangeWords(std::vector<std::string>& words) {
  const size_t at = Below(words.size());
  const auto place = words.begin() + static_cast<std::ptrdiff_t>(at);
  switch (Below(6)) {
    case 0: words.erase(place); break;
    case 1: words.insert(place, words[at]); break;
    case 2: std::swap(words[at], words[Below(words.size())]); break;
    case 3: words[at] = AnyWord(); break;
    case 4: words[at] = words[Below(words.size())]; break;
    default: words[at] = kExtremes[Below(std::size(kExtremes))]; break;
  }
}

/// Some lines of another program in the place of some of this one.
std::string FlowMutator::MixLines(const std::string& text) {
  const std::string& other = AnyProgram();
  const size_t from = text.find('\n', Below(text.size()));
  const size_t to = from == std::string::npos ? from : text.find('\n', from + Below(200));
  const size_t begin = other.find('\n', Below(other.size()));
  if (to == std::string::npos || begin == std::string::npos) return text + "\n" + other;
  return text.substr(0, from) + other.substr(begin, Below(400)) + text.substr(to);
}

void FlowMutator::DamageBytes(std::string& text) {
  const size_t at = Below(text.size());
  switch (Below(3)) {
    case 0: text[at] = static_cast<char>(random_()); break;
    case 1: text.resize(at); break;
    default: text.erase(at, 1 + Below(40)); break;
  }
}

std::string FlowMutator::Next() {
  std::string text = AnyProgram();
  if (Below(4) == 0) text = MixLines(text);
  if (Below(8) == 0 && !text.empty()) DamageBytes(text);
  std::vector<std::string> words = SplitWords(text);
  // Few changes leave most of a program whole, so that the later passes see it too.
  for (size_t left = Below(5); left > 0 && !words.empty(); --left) ChangeWords(words);
  text.clear();
  for (const std::string& word : words) text += word;
  return text;
}

}  // namespace weir
