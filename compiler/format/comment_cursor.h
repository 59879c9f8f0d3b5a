#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/format/doc.h"
#include "compiler/source/source_file.h"
#include "compiler/syntax/comments.h"

namespace weir::format {

/// Hands out the comments of a file in order, each once, to the nodes that are printed.
class CommentCursor {
 public:
  explicit CommentCursor(const SourceFile& source)
      : source_(source), comments_(ListComments(source)) {}

  /// Comments not yet taken that stand before `offset`, one a line, with the empty lines between
  /// them and before what follows; empty if there are none.
  Doc Before(uint32_t offset);
  /// As Before, for the end of a block: no line break after the last comment.
  Doc Rest(uint32_t offset);
  /// The comment behind `end` on the same line, if any; nothing but punctuation may be between.
  Doc Behind(uint32_t end);
  /// True if a comment not yet taken starts in [begin, end).
  bool Within(uint32_t begin, uint32_t end) const;
  /// While muted no comment is handed out: for measuring a text that is printed later.
  void Mute(bool muted) { muted_ = muted; }
  /// Offset of the next comment if it stands before `offset`, else `offset`.
  uint32_t FirstBefore(uint32_t offset) const;
  /// An empty line stands between the code or comment before `offset` and `offset`.
  bool BlankBefore(uint32_t offset) const;

 private:
  std::string TextOf(const Comment& comment) const;

  const SourceFile& source_;
  std::vector<Comment> comments_;
  size_t next_ = 0;
  bool muted_ = false;
};

}  // namespace weir::format
