#include "runtime/connector/source_positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <vector>

namespace weir {
namespace {

constexpr std::string_view kVersion = "1";
constexpr std::string_view kEnded = "end";

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-' || c == ':' || c == '@';
}

void AppendWord(std::string_view word, std::string& out) {
  for (const char c : word) {
    if (IsPlain(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned char>(c));
    }
  }
}

std::optional<std::string> ReadWord(std::string_view word) {
  std::string out;
  for (size_t i = 0; i < word.size(); ++i) {
    if (word[i] != '%') {
      if (!IsPlain(word[i])) return std::nullopt;
      out += word[i];
      continue;
    }
    unsigned char byte = 0;
    const char* begin = word.data() + i + 1;
    if (i + 2 >= word.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(begin, begin + 2, byte, 16);
    if (error != std::errc() || end != begin + 2) return std::nullopt;
    out += static_cast<char>(byte);
    i += 2;
  }
  return out;
}

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

const PartitionPlace* SourcePositions::Find(const std::string& source,
                                            const std::string& partition) const {
  const auto found = places_.find({source, partition});
  return found == places_.end() ? nullptr : &found->second;
}

std::string SourcePositions::ToText() const {
  std::string text(kVersion);
  for (const auto& [key, place] : places_) {
    text += ';';
    AppendWord(key.first, text);
    text += ',';
    AppendWord(key.second, text);
    text += ',';
    AppendWord(place.position, text);
    if (place.ended) fmt::format_to(std::back_inserter(text), ",{}", kEnded);
  }
  return text;
}

Result<SourcePositions> SourcePositions::FromText(std::string_view text) {
  const std::vector<std::string_view> entries = Split(text, ';');
  if (entries[0] != kVersion) {
    const bool number =
        !entries[0].empty() && std::all_of(entries[0].begin(), entries[0].end(),
                                           [](char c) { return c >= '0' && c <= '9'; });
    if (number) {
      return UnimplementedError(
          "source positions of version {}: a newer version of weir wrote them", entries[0]);
    }
    return DataLossError("\"{}\" are no source positions", text.substr(0, 60));
  }
  SourcePositions positions;
  for (size_t i = 1; i < entries.size(); ++i) {
    const std::vector<std::string_view> words = Split(entries[i], ',');
    const bool ended = words.size() == 4 && words[3] == kEnded;
    std::optional<std::string> source, partition, position;
    if (words.size() == 3 || ended) {
      source = ReadWord(words[0]);
      partition = ReadWord(words[1]);
      position = ReadWord(words[2]);
    }
    if (!source || !partition || !position) {
      return DataLossError("\"{}\" is no source position", entries[i]);
    }
    positions.places_[{*source, *partition}] = {*position, ended};
  }
  return positions;
}

}  // namespace weir
