#include "compiler/source/source_file.h"

#include <algorithm>
#include <utility>

#include "compiler/source/utf8.h"

namespace weir {

SourceFile::SourceFile(FileId id, std::string path, std::string text)
    : id_(id), path_(std::move(path)), text_(std::move(text)), lines_(text_) {}

std::string_view SourceFile::Text(Span span) const {
  if (span.file != id_) return {};
  const size_t begin = std::min<size_t>(span.begin, text_.size());
  const size_t end = std::clamp<size_t>(span.end, begin, text_.size());
  return std::string_view(text_).substr(begin, end - begin);
}

std::string_view SourceFile::Line(uint32_t line) const {
  if (line == 0 || line > lines_.LineCount()) return {};
  const size_t begin = lines_.LineStart(line);
  size_t end = line < lines_.LineCount() ? lines_.LineStart(line + 1) - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return std::string_view(text_).substr(begin, end - begin);
}

Position SourceFile::PositionOf(uint32_t offset) const {
  const uint32_t clamped = std::min(offset, static_cast<uint32_t>(text_.size()));
  const uint32_t line = lines_.LineOf(clamped);
  const uint32_t start = lines_.LineStart(line);
  const std::string_view before = std::string_view(text_).substr(start, clamped - start);
  return {line, static_cast<uint32_t>(CountCodePoints(before)) + 1};
}

}  // namespace weir
