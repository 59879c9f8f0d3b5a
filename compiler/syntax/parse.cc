#include "compiler/syntax/parse.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "compiler/syntax/ast_builder.h"
#include "compiler/syntax/brackets.h"
#include "compiler/syntax/error_strategy.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/text_limits.h"
#include "compiler/syntax/token_repair.h"
#include "compiler/syntax/words.h"

namespace weir {
namespace syntax {
namespace {

/// A declaration is parsed again after a token was read as what was meant; so often at most.
constexpr int kMostAttempts = 16;

/// Parses one file, declaration by declaration.
class FileParser {
 public:
  FileParser(Tokens& tokens, DiagnosticEngine& diagnostics)
      : tokens_(tokens),
        diagnostics_(diagnostics),
        parser_(&tokens.stream()),
        builder_(tokens, diagnostics) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(std::make_shared<ErrorStrategy>(
        tokens, [this](SyntaxError error) { Collect(std::move(error)); }));
    // SLL decides every construct of this grammar (grammar/README.md); full LL is never needed.
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
        antlr4::atn::PredictionMode::SLL);
  }

  void Run(ast::File& file) {
    broken_ = CheckBrackets(tokens_, diagnostics_);
    if (!CheckNesting(tokens_, diagnostics_)) return;
    if (HeadFollows()) ParseHead(file);
    while (!AtEnd()) {
      if (CanStartItem(tokens_.Cursor())) {
        ParseItem(file);
      } else {
        SkipJunk();
      }
    }
  }

 private:
  bool AtEnd() { return tokens_.type(tokens_.Cursor()) == kEndOfFile; }

  /// Index of the token after the annotations that start at `index`.
  size_t AfterAnnotations(size_t index) const {
    while (tokens_.type(index) == FlowParser::AT_SIGN) {
      index += 2;
      if (tokens_.type(index) != FlowParser::LPAREN) continue;
      size_t depth = 0;
      do {
        if (tokens_.type(index) == FlowParser::LPAREN) ++depth;
        if (tokens_.type(index) == FlowParser::RPAREN) --depth;
        ++index;
      } while (depth > 0 && tokens_.type(index) != kEndOfFile);
    }
    return index;
  }

  bool HeadFollows() {
    const size_t word = tokens_.type(AfterAnnotations(tokens_.Cursor()));
    return word == FlowParser::K_PIPELINE || word == FlowParser::K_MODULE;
  }

  bool CanStartItem(size_t index) const {
    return IsItemWord(tokens_.type(AfterAnnotations(index)));
  }

  void Collect(SyntaxError error) {
    if (!IsSilent(error.at)) {
      error.item = item_;
      found_.push_back(Explain(tokens_, error));
    }
    failed_ = true;
  }

  /// What follows from an unbalanced bracket is not reported.
  bool IsSilent(size_t index) const {
    return std::any_of(broken_.begin(), broken_.end(), [&](const BrokenRange& range) {
      return index >= range.begin && index <= range.end;
    });
  }

  void MoveTo(size_t index) { tokens_.stream().seek(tokens_.at(index).antlr->getTokenIndex()); }

  /// Runs `parse` at `start`; again if an explanation says how a token was meant. Then reports.
  template <typename Parse>
  auto Attempt(size_t start, Parse parse) {
    item_ = start;
    failed_ = false;
    std::vector<Explanation> kept;
    for (int attempt = 0;; ++attempt) {
      found_.clear();
      MoveTo(start);
      auto* tree = parse();
      CheckWhatFollows();
      auto meant = std::find_if(found_.begin(), found_.end(),
                                [](const Explanation& e) { return e.retyping.has_value(); });
      if (meant == found_.end() || attempt == kMostAttempts) {
        for (Explanation& explanation : kept) diagnostics_.Add(std::move(explanation.diagnostic));
        for (Explanation& explanation : found_) diagnostics_.Add(std::move(explanation.diagnostic));
        return tree;
      }
      tokens_.Retype(meant->retyping->index, meant->retyping->type);
      kept.push_back(std::move(*meant));
    }
  }

  /// A declaration ends where the next one starts. Anything else right behind it is an error of
  /// the declaration: `where a = 1` ends, for the grammar, before the `=`.
  void CheckWhatFollows() {
    const size_t next = tokens_.Cursor();
    if (!found_.empty() || tokens_.type(next) == kEndOfFile || CanStartItem(next)) return;
    if (tokens_.type(next) == FlowParser::K_PIPELINE ||
        tokens_.type(next) == FlowParser::K_MODULE) {
      return;
    }
    const bool own_line = tokens_.at(next).first_on_line && tokens_.at(next).column == 0;
    if (own_line && tokens_.type(next) != FlowParser::PIPE) return;
    SyntaxError error;
    error.at = next;
    error.vocabulary = &parser_.getVocabulary();
    Collect(std::move(error));
  }

  void ParseHead(ast::File& file) {
    const size_t start = tokens_.Cursor();
    auto* tree = Attempt(start, [this] { return parser_.moduleHead(); });
    file.head = builder_.Head(tree);
    if (failed_ && !AtEnd() && !CanStartItem(tokens_.Cursor())) {
      MoveTo(NextItemStart(tokens_, start, tokens_.Cursor()));
    }
  }

  void ParseItem(ast::File& file) {
    const size_t start = tokens_.Cursor();
    const size_t errors_before = diagnostics_.ErrorCount();
    auto* tree = Attempt(start, [this] { return parser_.item(); });
    ast::ItemPtr item = builder_.Item(tree);
    const size_t cursor = tokens_.Cursor();
    if (item != nullptr) {
      item->has_errors =
          failed_ || diagnostics_.ErrorCount() > errors_before || HasTokenErrors(item->span);
      file.items.push_back(std::move(item));
    }
    const bool stuck = cursor == start;
    if (stuck || (failed_ && !AtEnd() && !IsItemStart(tokens_, cursor))) {
      MoveTo(NextItemStart(tokens_, start, cursor));
    }
  }

  /// Errors reported before parsing (bad tokens, brackets) inside a declaration.
  bool HasTokenErrors(Span span) const {
    return std::any_of(diagnostics_.diagnostics().begin(), diagnostics_.diagnostics().end(),
                       [&](const Diagnostic& diagnostic) {
                         return diagnostic.severity == Severity::kError &&
                                diagnostic.span.file == span.file &&
                                diagnostic.span.begin >= span.begin &&
                                diagnostic.span.begin < span.end;
                       });
  }

  void SkipJunk() {
    const size_t at = AfterAnnotations(tokens_.Cursor());
    const size_t index = std::min(at, tokens_.size() - 1);
    if (!IsSilent(index)) {
      Explanation explanation = tokens_.type(index) == kEndOfFile || IsSilent(tokens_.Cursor())
                                    ? ExplainTopLevel(tokens_, tokens_.Cursor())
                                    : ExplainTopLevel(tokens_, index);
      diagnostics_.Add(std::move(explanation.diagnostic));
    }
    MoveTo(NextItemStart(tokens_, tokens_.Cursor(), index));
  }

  Tokens& tokens_;
  DiagnosticEngine& diagnostics_;
  FlowParser parser_;
  AstBuilder builder_;
  std::vector<BrokenRange> broken_;
  size_t item_ = 0;
  bool failed_ = false;
  std::vector<Explanation> found_;
};

/// The parser for one expression; errors are collected, the first one is reported.
ast::ExprPtr ParseWhole(Tokens& tokens, DiagnosticEngine& diagnostics) {
  FlowParser parser(&tokens.stream());
  parser.removeErrorListeners();
  std::vector<Explanation> found;
  parser.setErrorHandler(std::make_shared<ErrorStrategy>(
      tokens, [&](const SyntaxError& error) { found.push_back(Explain(tokens, error)); }));
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::SLL);
  FlowParser::ExprContext* tree = nullptr;
  try {
    tree = parser.expr();
  } catch (const antlr4::RecognitionException&) {
    // The listener has it.
  }
  if (found.empty() && tokens.type(tokens.Cursor()) != kEndOfFile) {
    SyntaxError error;
    error.at = tokens.Cursor();
    error.vocabulary = &parser.getVocabulary();
    found.push_back(Explain(tokens, error));
  }
  if (!found.empty()) {
    diagnostics.Add(std::move(found.front().diagnostic));
    return nullptr;
  }
  return AstBuilder(tokens, diagnostics).Expr(tree);
}

}  // namespace
}  // namespace syntax

std::unique_ptr<ast::File> ParseFile(const SourceFile& source, DiagnosticEngine& diagnostics) {
  auto file = std::make_unique<ast::File>();
  file->file = source.id();
  file->span = source.Whole();
  const size_t errors_before = diagnostics.ErrorCount();
  if (syntax::CheckText(source, diagnostics)) {
    syntax::Tokens tokens(source, source.Whole());
    syntax::RepairTokens(tokens, diagnostics);
    syntax::FileParser(tokens, diagnostics).Run(*file);
  }
  file->has_errors = diagnostics.ErrorCount() > errors_before;
  return file;
}

ast::ExprPtr ParseExpression(const SourceFile& source, Span part, DiagnosticEngine& diagnostics) {
  syntax::Tokens tokens(source, part);
  if (tokens.type(0) == syntax::kEndOfFile) {
    diagnostics.Report(Code::kF0024, part)
        .Message("a part of this string is empty")
        .Here("an expression is missing");
    return nullptr;
  }
  const size_t errors_before = diagnostics.ErrorCount();
  syntax::RepairTokens(tokens, diagnostics);
  if (!syntax::CheckNesting(tokens, diagnostics)) return nullptr;
  ast::ExprPtr expr = syntax::ParseWhole(tokens, diagnostics);
  if (diagnostics.ErrorCount() > errors_before) return nullptr;
  return expr;
}

}  // namespace weir
