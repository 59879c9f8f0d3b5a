#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "compiler/diagnostics/renderer.h"
#include "compiler/source/utf8.h"

namespace weir {
namespace {

constexpr const char* kReset = "\033[0m";
constexpr const char* kBold = "\033[1m";
constexpr const char* kRed = "\033[1;31m";
constexpr const char* kYellow = "\033[1;33m";
constexpr const char* kBlue = "\033[1;34m";
/// Longer lines are drawn from a window around the span.
constexpr size_t kMostColumns = 160;

/// One underlined piece of one source line.
struct Mark {
  uint32_t line = 0;
  size_t begin = 0;  ///< 0-based column, code points.
  size_t width = 1;
  std::string_view text;
  bool primary = false;
};

/// Draws one diagnostic.
class TextDrawing {
 public:
  TextDrawing(const Diagnostic& diagnostic, const SourceManager& sources, bool color)
      : diagnostic_(diagnostic),
        sources_(sources),
        file_(sources.Find(diagnostic.span)),
        color_(color) {}

  std::string Draw() {
    DrawHeader();
    if (file_ != nullptr) {
      CollectMarks();
      DrawSource();
    }
    for (const Label& label : diagnostic_.labels) DrawForeignLabel(label);
    for (const std::string& note : diagnostic_.notes) DrawRemark("note", note);
    for (const std::string& help : diagnostic_.helps) DrawRemark("help", help);
    return std::move(out_);
  }

 private:
  std::string Paint(const char* style, std::string_view text) const {
    return color_ ? fmt::format("{}{}{}", style, text, kReset) : std::string(text);
  }
  const char* LevelColor() const {
    return diagnostic_.severity == Severity::kWarning ? kYellow : kRed;
  }

  void DrawHeader() {
    const CodeInfo& info = InfoOf(diagnostic_.code);
    const std::string level = fmt::format("{}[{}]", SeverityName(diagnostic_.severity), info.name);
    out_ += Paint(LevelColor(), level) + ": " + Paint(kBold, diagnostic_.message) + "\n";
    if (file_ == nullptr) return;
    const Position at = file_->PositionOf(diagnostic_.span.begin);
    out_ += fmt::format("  {} {}:{}:{}\n", Paint(kBlue, "-->"), file_->path(), at.line, at.column);
  }

  void AddMark(Span span, std::string_view text, bool primary) {
    if (span.file != file_->id()) return;
    const Position begin = file_->PositionOf(span.begin);
    const Position end = file_->PositionOf(span.end);
    Mark mark{begin.line, begin.column - 1U, 1, text, primary};
    // A span of several lines is underlined to the end of its first line.
    const size_t line_width = CountCodePoints(file_->Line(begin.line));
    const size_t to = end.line == begin.line ? end.column - 1U : line_width;
    if (to > mark.begin) mark.width = to - mark.begin;
    marks_.push_back(mark);
  }

  void CollectMarks() {
    AddMark(diagnostic_.span, diagnostic_.label, true);
    for (const Label& label : diagnostic_.labels) AddMark(label.span, label.text, false);
    std::stable_sort(marks_.begin(), marks_.end(), [](const Mark& a, const Mark& b) {
      return a.line != b.line ? a.line < b.line : a.begin < b.begin;
    });
  }

  void DrawSource() {
    gutter_ = std::to_string(marks_.back().line).size();
    DrawGutter();
    out_ += '\n';
    for (size_t i = 0; i < marks_.size();) {
      size_t next = i;
      while (next < marks_.size() && marks_[next].line == marks_[i].line) ++next;
      if (i > 0 && marks_[i].line > marks_[i - 1].line + 1) {
        out_ += Paint(kBlue, std::string(gutter_, ' ') + "...") + "\n";
      }
      DrawLine(i, next);
      i = next;
    }
  }

  void DrawGutter(std::string_view number = {}) {
    out_ += Paint(kBlue, fmt::format("{:>{}} |", number, gutter_));
  }

  /// The line of marks_[first, last), then one line of underlines per mark.
  void DrawLine(size_t first, size_t last) {
    const std::string text = Printable(file_->Line(marks_[first].line), marks_[first].begin);
    DrawGutter(std::to_string(marks_[first].line));
    if (!text.empty()) out_ += ' ' + text;
    out_ += '\n';
    for (size_t i = first; i < last; ++i) {
      const Mark& mark = marks_[i];
      DrawGutter();
      const size_t begin = mark.begin - std::min(mark.begin, shift_);
      const size_t width = std::min(mark.width, kMostColumns);
      std::string line(width, mark.primary ? '^' : '-');
      if (!mark.text.empty()) line += ' ' + std::string(mark.text);
      out_ += std::string(begin + 1, ' ') + Paint(mark.primary ? LevelColor() : kBlue, line) + '\n';
    }
  }

  /// Tabs and control characters as one blank each, so that columns stay columns; sets shift_ for
  /// a line that is too long to be shown whole.
  std::string Printable(std::string_view line, size_t column) {
    shift_ = column > kMostColumns - 40 ? column - 40 : 0;
    std::string out;
    size_t at = 0;
    for (size_t i = 0; i < line.size() && at < shift_ + kMostColumns; ++at) {
      size_t next = i + 1;
      while (next < line.size() && (static_cast<uint8_t>(line[next]) & 0xC0) == 0x80) ++next;
      if (at >= shift_) {
        const bool control = static_cast<uint8_t>(line[i]) < 0x20 || line[i] == 0x7F;
        out += control ? " " : std::string(line.substr(i, next - i));
      }
      i = next;
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
  }

  /// A label in another file than the diagnostic.
  void DrawForeignLabel(const Label& label) {
    const SourceFile* file = sources_.Find(label.span);
    if (file == nullptr || file == file_) return;
    const Position at = file->PositionOf(label.span.begin);
    DrawRemark("note", fmt::format("{} ({}:{}:{})", label.text, file->path(), at.line, at.column));
  }

  void DrawRemark(std::string_view kind, std::string_view text) {
    std::string indent(kind.size() + 5, ' ');
    out_ += "  = " + Paint(kBold, kind) + ": ";
    for (char c : text) {
      out_ += c;
      if (c == '\n') out_ += indent + ' ';
    }
    out_ += '\n';
  }

  const Diagnostic& diagnostic_;
  const SourceManager& sources_;
  const SourceFile* file_;
  bool color_;
  std::string out_;
  std::vector<Mark> marks_;
  size_t gutter_ = 1;
  size_t shift_ = 0;
};

std::string Plural(size_t count, std::string_view word) {
  return fmt::format("{} {}{}", count, word, count == 1 ? "" : "s");
}

}  // namespace

std::string RenderText(const Diagnostic& diagnostic, const SourceManager& sources, bool color) {
  return TextDrawing(diagnostic, sources, color).Draw();
}

std::string RenderText(const DiagnosticEngine& diagnostics, const SourceManager& sources,
                       const TextOptions& options) {
  std::string out;
  const auto sorted = diagnostics.Sorted();
  const size_t shown = std::min(sorted.size(), options.most_diagnostics);
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += '\n';
    out += RenderText(*sorted[i], sources, options.color);
  }
  if (shown < sorted.size()) {
    out += fmt::format("\n... and {} more\n", sorted.size() - shown);
  }
  if (!sorted.empty()) {
    const size_t warnings =
        static_cast<size_t>(std::count_if(sorted.begin(), sorted.end(), [](const Diagnostic* d) {
          return d->severity == Severity::kWarning;
        }));
    out += fmt::format("\n{}, {}\n", Plural(sorted.size() - warnings, "error"),
                       Plural(warnings, "warning"));
  }
  return out;
}

}  // namespace weir
