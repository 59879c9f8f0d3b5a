#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// Layout by alternatives: a group stands on one line if it fits, else its lines are broken.
/// After Wadler, "A prettier printer" (2003), with the usual additions (hard lines, text that only
/// appears when broken).
namespace weir::format {

struct DocNode;
using Doc = std::shared_ptr<const DocNode>;

enum class DocKind : uint8_t {
  kText,
  kLine,
  kHardLine,
  kGroup,
  kIndent,
  kConcat,
  kIfBroken,
  kComment
};

struct DocNode {
  DocKind kind = DocKind::kText;
  std::string text;           ///< kText, kComment; kLine: what stands there when not broken.
  int indent = 0;             ///< kIndent.
  std::vector<Doc> children;  ///< kIfBroken: broken, flat.
  bool hard = false;          ///< Contains a line that is always broken.
};

Doc Text(std::string text);
/// A blank, or a line break.
Doc Line();
/// Nothing, or a line break.
Doc SoftLine();
Doc HardLine();
/// An empty line: two breaks without trailing blanks.
Doc BlankLine();
Doc Concat(std::vector<Doc> children);
Doc Group(Doc child);
Doc Indent(int columns, Doc child);
Doc IfBroken(Doc broken, Doc flat);
/// Comment behind code on the same line: takes no width; what contains it is broken.
Doc TrailingComment(std::string text);
/// Whether anything is printed.
bool IsEmpty(const Doc& doc);

/// Text of at most `width` columns where possible; ends with one line break.
std::string Print(const Doc& doc, size_t width);

}  // namespace weir::format
