#include "compiler/syntax/brackets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "compiler/syntax/recovery.h"

namespace weir::syntax {
namespace {

/// The closing partner of an opening bracket; 0 for other tokens.
size_t CloserOf(size_t type) {
  switch (type) {
    case FlowParser::LPAREN: return FlowParser::RPAREN;
    case FlowParser::LBRACKET: return FlowParser::RBRACKET;
    case FlowParser::LBRACE: return FlowParser::RBRACE;
    default: return 0;
  }
}

bool IsCloser(size_t type) {
  return type == FlowParser::RPAREN || type == FlowParser::RBRACKET || type == FlowParser::RBRACE;
}

/// Matches brackets declaration by declaration: one that is not closed when the next declaration
/// starts is never closed.
class BracketMatcher {
 public:
  BracketMatcher(const Tokens& tokens, DiagnosticEngine& diagnostics)
      : tokens_(tokens), diagnostics_(diagnostics) {}

  std::vector<BrokenRange> Run() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const size_t type = tokens_.type(i);
      if (type == kEndOfFile || (!open_.empty() && IsItemStart(tokens_, i))) EndItem(i);
      if (CloserOf(type) != 0) {
        open_.push_back(i);
      } else if (IsCloser(type)) {
        Close(i);
      }
    }
    return std::move(broken_);
  }

 private:
  size_t LineIndentation(size_t index) const {
    while (!tokens_.at(index).first_on_line) --index;
    return tokens_.at(index).column;
  }

  void Close(size_t i) {
    const size_t type = tokens_.type(i);
    auto partner = std::find_if(open_.rbegin(), open_.rend(), [&](size_t opener) {
      return CloserOf(tokens_.type(opener)) == type;
    });
    if (partner == open_.rend()) {
      diagnostics_.Report(Code::kF0015, tokens_.at(i).span).Arg(tokens_.text(i));
      MarkBroken(i);
      return;
    }
    while (open_.back() != *partner) {
      ReportOpen(open_.back(), i);
      open_.pop_back();
    }
    // A closing brace further left than what it closes: that one was probably forgotten.
    const size_t opener = open_.back();
    if (suspect_ == kNowhere && tokens_.at(i).first_on_line &&
        tokens_.at(i).column < LineIndentation(opener)) {
      suspect_ = opener;
    }
    open_.pop_back();
  }

  void EndItem(size_t i) {
    if (!open_.empty()) ReportOpen(suspect_ != kNowhere ? suspect_ : open_.back(), i);
    open_.clear();
    suspect_ = kNowhere;
  }

  void ReportOpen(size_t opener, size_t found) {
    auto report = diagnostics_.Report(Code::kF0014, tokens_.at(opener).span)
                      .Arg(tokens_.text(opener))
                      .Here("opened here");
    if (tokens_.type(found) != kEndOfFile) {
      report.Label(tokens_.at(found).span, IsCloser(tokens_.type(found))
                                               ? "does not match"
                                               : "the next declaration starts");
    }
    MarkBroken(opener);
  }

  void MarkBroken(size_t from) { broken_.push_back({from, NextItemStart(tokens_, 0, from + 1)}); }

  const Tokens& tokens_;
  DiagnosticEngine& diagnostics_;
  std::vector<size_t> open_;
  size_t suspect_ = kNowhere;
  std::vector<BrokenRange> broken_;
};

}  // namespace

std::vector<BrokenRange> CheckBrackets(const Tokens& tokens, DiagnosticEngine& diagnostics) {
  return BracketMatcher(tokens, diagnostics).Run();
}

}  // namespace weir::syntax
