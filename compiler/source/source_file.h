#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/source/line_map.h"
#include "compiler/source/span.h"

namespace weir {

/// One text of the user: path as given on the command line, bytes, line map. Immutable.
class SourceFile {
 public:
  SourceFile(FileId id, std::string path, std::string text);

  FileId id() const { return id_; }
  const std::string& path() const { return path_; }
  std::string_view text() const { return text_; }
  const LineMap& lines() const { return lines_; }

  /// Bytes of `span`, clamped to the text; empty for a span of another file.
  std::string_view Text(Span span) const;
  /// Text of a 1-based line without its line end.
  std::string_view Line(uint32_t line) const;
  Position PositionOf(uint32_t offset) const;
  /// Span of the whole text.
  Span Whole() const { return {id_, 0, static_cast<uint32_t>(text_.size())}; }

 private:
  FileId id_;
  std::string path_;
  std::string text_;
  LineMap lines_;
};

}  // namespace weir
