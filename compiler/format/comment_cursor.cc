#include "compiler/format/comment_cursor.h"

#include <string_view>

namespace weir::format {

std::string CommentCursor::TextOf(const Comment& comment) const {
  std::string_view text = source_.Text(comment.span);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return std::string(text);
}

Doc CommentCursor::Before(uint32_t offset) {
  std::vector<Doc> parts;
  while (!muted_ && next_ < comments_.size() && comments_[next_].span.begin < offset) {
    const Comment& comment = comments_[next_++];
    if (!parts.empty() && BlankBefore(comment.span.begin)) parts.push_back(HardLine());
    parts.push_back(Text(TextOf(comment)));
    parts.push_back(HardLine());
  }
  if (!parts.empty() && BlankBefore(offset)) parts.push_back(HardLine());
  return Concat(std::move(parts));
}

Doc CommentCursor::Rest(uint32_t offset) {
  std::vector<Doc> parts;
  while (!muted_ && next_ < comments_.size() && comments_[next_].span.begin < offset) {
    const Comment& comment = comments_[next_++];
    if (!parts.empty()) {
      parts.push_back(HardLine());
      if (BlankBefore(comment.span.begin)) parts.push_back(HardLine());
    }
    parts.push_back(Text(TextOf(comment)));
  }
  return Concat(std::move(parts));
}

Doc CommentCursor::Behind(uint32_t end) {
  if (muted_ || next_ >= comments_.size()) return nullptr;
  const Comment& comment = comments_[next_];
  if (comment.span.begin < end) return nullptr;
  const std::string_view between = source_.text().substr(end, comment.span.begin - end);
  if (between.find_first_not_of(" \t,") != std::string_view::npos) return nullptr;
  ++next_;
  // Two blanks before: the convention of the examples.
  return TrailingComment("  " + TextOf(comment));
}

bool CommentCursor::Within(uint32_t begin, uint32_t end) const {
  if (muted_) return false;
  for (size_t i = next_; i < comments_.size() && comments_[i].span.begin < end; ++i) {
    if (comments_[i].span.begin >= begin) return true;
  }
  return false;
}

uint32_t CommentCursor::FirstBefore(uint32_t offset) const {
  if (next_ < comments_.size() && comments_[next_].span.begin < offset) {
    return comments_[next_].span.begin;
  }
  return offset;
}

bool CommentCursor::BlankBefore(uint32_t offset) const {
  const std::string_view text = source_.text();
  int breaks = 0;
  for (uint32_t i = offset; i-- > 0;) {
    const char c = text[i];
    if (c == '\n') {
      if (++breaks == 2) return true;
    } else if (c != ' ' && c != '\t' && c != '\r' && c != ',') {
      return false;
    }
  }
  return false;
}

}  // namespace weir::format
