#include "compiler/format/doc.h"

#include <utility>

#include "compiler/source/utf8.h"

namespace weir::format {
namespace {

Doc Make(DocNode node) { return std::make_shared<const DocNode>(std::move(node)); }

Doc Wrap(DocKind kind, int indent, std::vector<Doc> children) {
  DocNode node;
  node.kind = kind;
  node.indent = indent;
  for (const Doc& child : children) node.hard = node.hard || (child != nullptr && child->hard);
  node.children = std::move(children);
  return Make(std::move(node));
}

Doc Leaf(DocKind kind, std::string text, bool hard) {
  DocNode node;
  node.kind = kind;
  node.text = std::move(text);
  node.hard = hard;
  return Make(std::move(node));
}

struct Command {
  int indent = 0;
  bool broken = false;
  const DocNode* doc = nullptr;
};

class DocPrinter {
 public:
  explicit DocPrinter(size_t width) : width_(width) {}

  std::string Run(const Doc& doc) {
    stack_.push_back({0, true, doc.get()});
    while (!stack_.empty()) {
      const Command command = stack_.back();
      stack_.pop_back();
      if (command.doc != nullptr) Step(command);
    }
    TrimBlanks();
    while (!out_.empty() && out_.back() == '\n') out_.pop_back();
    if (!out_.empty()) out_ += '\n';
    return std::move(out_);
  }

 private:
  void Step(const Command& command) {
    const DocNode& doc = *command.doc;
    switch (doc.kind) {
      case DocKind::kText: AppendText(doc.text); break;
      case DocKind::kComment: out_ += doc.text; break;
      case DocKind::kHardLine: NewLine(command.indent); break;
      case DocKind::kLine:
        if (command.broken) {
          NewLine(command.indent);
        } else {
          out_ += doc.text;
          column_ += doc.text.size();
        }
        break;
      case DocKind::kIndent:
        stack_.push_back({command.indent + doc.indent, command.broken, doc.children[0].get()});
        break;
      case DocKind::kGroup: {
        const Command flat{command.indent, false, doc.children[0].get()};
        const bool broken = doc.hard || !Fits(flat);
        stack_.push_back({command.indent, broken, doc.children[0].get()});
        break;
      }
      case DocKind::kIfBroken:
        stack_.push_back(
            {command.indent, command.broken, doc.children[command.broken ? 0 : 1].get()});
        break;
      case DocKind::kConcat:
        for (size_t i = doc.children.size(); i-- > 0;) {
          stack_.push_back({command.indent, command.broken, doc.children[i].get()});
        }
        break;
    }
  }

  /// Whether `first` and what follows it up to the next possible break fit on this line.
  bool Fits(const Command& first) const {
    if (column_ > width_) return false;
    size_t left = width_ - column_;
    std::vector<Command> todo{first};
    size_t rest = stack_.size();
    while (true) {
      if (todo.empty()) {
        if (rest == 0) return true;
        todo.push_back(stack_[--rest]);
      }
      const Command command = todo.back();
      todo.pop_back();
      if (command.doc == nullptr) continue;
      const DocNode& doc = *command.doc;
      switch (doc.kind) {
        case DocKind::kText: {
          const size_t line_end = doc.text.find('\n');
          const size_t size = CountCodePoints(doc.text.substr(0, line_end));
          if (size > left) return false;
          if (line_end != std::string::npos) return true;
          left -= size;
          break;
        }
        case DocKind::kComment: break;
        case DocKind::kHardLine: return true;
        case DocKind::kLine:
          if (command.broken) return true;
          if (doc.text.size() > left) return false;
          left -= doc.text.size();
          break;
        case DocKind::kGroup:
          // What follows may break its own groups: there a line break is possible.
          todo.push_back({0, command.broken, doc.children[0].get()});
          break;
        case DocKind::kIndent: todo.push_back({0, command.broken, doc.children[0].get()}); break;
        case DocKind::kIfBroken:
          todo.push_back({0, command.broken, doc.children[command.broken ? 0 : 1].get()});
          break;
        case DocKind::kConcat:
          for (size_t i = doc.children.size(); i-- > 0;) {
            todo.push_back({0, command.broken, doc.children[i].get()});
          }
          break;
      }
    }
  }

  /// Text blocks and block comments bring their own line breaks.
  void AppendText(const std::string& text) {
    out_ += text;
    const size_t last_break = text.rfind('\n');
    if (last_break == std::string::npos) {
      column_ += CountCodePoints(text);
    } else {
      column_ = CountCodePoints(text.substr(last_break + 1));
    }
  }

  void TrimBlanks() {
    while (!out_.empty() && out_.back() == ' ') out_.pop_back();
  }

  void NewLine(int indent) {
    TrimBlanks();
    out_ += '\n';
    out_.append(static_cast<size_t>(indent), ' ');
    column_ = static_cast<size_t>(indent);
  }

  size_t width_;
  size_t column_ = 0;
  std::string out_;
  std::vector<Command> stack_;
};

}  // namespace

Doc Text(std::string text) { return Leaf(DocKind::kText, std::move(text), false); }
Doc Line() { return Leaf(DocKind::kLine, " ", false); }
Doc SoftLine() { return Leaf(DocKind::kLine, "", false); }
Doc HardLine() { return Leaf(DocKind::kHardLine, "", true); }
Doc BlankLine() { return Concat({HardLine(), HardLine()}); }
Doc Concat(std::vector<Doc> children) { return Wrap(DocKind::kConcat, 0, std::move(children)); }
Doc Group(Doc child) { return Wrap(DocKind::kGroup, 0, {std::move(child)}); }
Doc Indent(int columns, Doc child) { return Wrap(DocKind::kIndent, columns, {std::move(child)}); }
Doc IfBroken(Doc broken, Doc flat) {
  return Wrap(DocKind::kIfBroken, 0, {std::move(broken), std::move(flat)});
}
Doc TrailingComment(std::string text) { return Leaf(DocKind::kComment, std::move(text), true); }

bool IsEmpty(const Doc& doc) {
  if (doc == nullptr) return true;
  switch (doc->kind) {
    case DocKind::kText: return doc->text.empty();
    case DocKind::kLine:
    case DocKind::kHardLine:
    case DocKind::kComment: return false;
    default:
      for (const Doc& child : doc->children) {
        if (!IsEmpty(child)) return false;
      }
      return true;
  }
}

std::string Print(const Doc& doc, size_t width) { return DocPrinter(width).Run(doc); }

}  // namespace weir::format
