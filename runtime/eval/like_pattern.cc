#include "runtime/eval/like_pattern.h"

namespace weir {
namespace {

/// Bytes of the character that starts with `first` (malformed bytes count as characters of one).
size_t CharacterLength(unsigned char first) {
  if (first >= 0xF0) return 4;
  if (first >= 0xE0) return 3;
  return first >= 0xC0 ? 2 : 1;
}

}  // namespace

LikePattern::LikePattern(std::string_view pattern) {
  Piece piece;
  bool has_any = false, pending = false;
  auto add = [&](char c, bool any) {
    piece.bytes += c;
    piece.any.push_back(any);
    has_any |= any;
    pending = true;
  };
  auto close = [&] {
    if (!pending) return;
    if (!has_any) piece.any.clear();
    pieces_.push_back(std::move(piece));
    piece = {};
    has_any = pending = false;
  };
  open_end_ = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    open_end_ = pattern[i] == '%';
    if (pattern[i] == '%') {
      open_start_ |= i == 0;
      close();
    } else if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      add(pattern[++i], false);
    } else {
      add(pattern[i], pattern[i] == '_');
    }
  }
  close();
}

size_t LikePattern::Piece::MatchAt(std::string_view text) const {
  if (any.empty()) return text.starts_with(bytes) ? bytes.size() : std::string_view::npos;
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (at >= text.size()) return std::string_view::npos;
    if (any[i]) {
      at += std::min(CharacterLength(static_cast<unsigned char>(text[at])), text.size() - at);
    } else if (text[at] == bytes[i]) {
      ++at;
    } else {
      return std::string_view::npos;
    }
  }
  return at;
}

bool LikePattern::Piece::Find(std::string_view text, size_t* start, size_t* end) const {
  if (any.empty()) {
    *start = text.find(bytes);
    *end = *start + bytes.size();
    return *start != std::string_view::npos;
  }
  for (*start = 0; *start < text.size(); ++*start) {
    bool inside = (static_cast<unsigned char>(text[*start]) & 0xC0) == 0x80;
    size_t length = inside ? std::string_view::npos : MatchAt(text.substr(*start));
    if (length == std::string_view::npos) continue;
    *end = *start + length;
    return true;
  }
  return false;
}

/// The last piece at the very end of `text`. With `_` its length varies: each start is tried.
bool LikePattern::MatchesTail(std::string_view text) const {
  const Piece& last = pieces_.back();
  if (last.any.empty()) return text.ends_with(last.bytes);
  for (size_t start = 0; start < text.size(); ++start) {
    bool inside = (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80;
    if (!inside && last.MatchAt(text.substr(start)) == text.size() - start) return true;
  }
  return false;
}

// Leftmost match of each piece in turn is enough: `%` absorbs whatever is between.
bool LikePattern::Matches(std::string_view text) const {
  if (pieces_.empty()) return open_start_ || text.empty();
  size_t first = 0, last = pieces_.size();
  if (!open_start_) {
    size_t length = pieces_[0].MatchAt(text);
    if (length == std::string_view::npos) return false;
    if (last == 1) return open_end_ || length == text.size();
    text.remove_prefix(length);
    first = 1;
  }
  if (!open_end_) --last;
  for (size_t i = first; i < last; ++i) {
    size_t start = 0, end = 0;
    if (!pieces_[i].Find(text, &start, &end)) return false;
    text.remove_prefix(end);
  }
  return open_end_ || MatchesTail(text);
}

}  // namespace weir
