#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/words.h"

namespace weir::syntax {
namespace {

/// Tries the known slips one after the other; each either explains the error or passes.
class Explainer {
 public:
  Explainer(const Tokens& tokens, const SyntaxError& error)
      : tokens_(tokens), error_(error), at_(error.at), type_(tokens.type(error.at)) {}

  Explanation Run() {
    using Slip = bool (Explainer::*)();
    static constexpr Slip kSlips[] = {
        &Explainer::UnknownStage,        &Explainer::UnnamedColumn,
        &Explainer::CompareWithAssign,   &Explainer::AssignWithEqual,
        &Explainer::ValidateWithoutElse, &Explainer::MissingRoute,
        &Explainer::MissingColon,        &Explainer::SqlInPipeline,
        &Explainer::CountStar,           &Explainer::UpperCaseWord,
        &Explainer::ReservedName,        &Explainer::UnfinishedExpression,
        &Explainer::UnknownClause,       &Explainer::MissingComma};
    for (Slip slip : kSlips) {
      if ((this->*slip)()) return Result();
    }
    auto report = Report(Code::kF0001, at_)
                      .Arg(AfterItem() ? AfterItemExpected() : DescribeExpected(tokens_, error_))
                      .Arg(DescribeFound(tokens_, at_));
    if (const auto close = CloseWord()) {
      report.Here(fmt::format("did you mean `{}`?", *close))
          .Suggest(tokens_.at(at_).span, *close, fmt::format("write `{}`", *close));
    }
    return Result();
  }

 private:
  size_t Type(size_t index) const { return tokens_.type(index); }
  std::string_view Text(size_t index) const { return tokens_.text(index); }
  size_t Before() const { return at_ == 0 ? kEndOfFile : Type(at_ - 1); }
  bool Expects(size_t type) const { return error_.expected.contains(type); }
  /// After the last complete part of a declaration, where nothing fits any more.
  bool AfterItem() const { return error_.rules.empty(); }

  DiagnosticBuilder Report(Code code, size_t index) {
    return scratch_.Report(code, tokens_.at(index).span);
  }
  Explanation Result() { return {scratch_.diagnostics().front(), retyping_}; }

  std::string AfterItemExpected() const {
    return StageWord() != kNowhere ? "`|>` and a stage, or the next declaration"
                                   : "the next declaration";
  }

  /// A word of the language that the name at the error may be a slip of.
  std::optional<std::string> CloseWord() const {
    if (type_ != FlowParser::IDENT || error_.vocabulary == nullptr) return std::nullopt;
    std::vector<std::string> words;
    for (size_t type = FlowParser::K_AND; type <= FlowParser::K_WITHOUT; ++type) {
      const std::string literal = error_.vocabulary->getLiteralName(type);
      if (literal.size() > 4) words.push_back(literal.substr(1, literal.size() - 2));
    }
    return SuggestName(Text(at_), words);
  }

  /// Makes the parser read the token as the word that was meant.
  void ReadAs(size_t index, std::string_view word) {
    if (const auto type = WordType(word)) retyping_ = Retyping{index, *type};
  }

  std::optional<size_t> WordType(std::string_view word) const {
    if (error_.vocabulary == nullptr) return std::nullopt;
    const std::string quoted = fmt::format("'{}'", word);
    for (size_t type = FlowParser::K_AND; type <= FlowParser::K_WITHOUT; ++type) {
      if (error_.vocabulary->getLiteralName(type) == quoted) return type;
    }
    return std::nullopt;
  }

  /// The stage that contains the error: index of its word, kNowhere outside of stages.
  size_t StageWord() const {
    for (size_t i = at_ + 1; i-- > error_.item;) {
      if (Type(i) != FlowParser::PIPE || i == at_) continue;
      size_t word = i + 1;
      while (Type(word) == FlowParser::AT_SIGN) {  // annotations
        word += 2;
        if (Type(word) == FlowParser::LPAREN) {
          while (word < at_ && Type(word) != FlowParser::RPAREN) ++word;
          ++word;
        }
      }
      if (Type(word + 1) == FlowParser::COLON) word += 2;  // label
      return word;
    }
    return kNowhere;
  }

  bool UnknownStage() {
    const size_t word = StageWord();
    if (word == kNowhere || !error_.In(FlowParser::RuleStage) || IsStageWord(Type(word))) {
      return false;
    }
    if (!IsNameToken(Type(word)) && !IsReservedWord(Type(word))) return false;
    const std::string_view text = Text(word);
    auto report = Report(Code::kF0005, word).Arg(text);
    if (const ForeignStage* foreign = FindForeignStage(text)) {
      report.Here(fmt::format("it is called `{}` here", foreign->ours))
          .Help(fmt::format("{}", foreign->example))
          .Suggest(tokens_.at(word).span, std::string(foreign->ours),
                   fmt::format("write `{}`", foreign->ours));
    } else if (const auto close = SuggestName(text, StageWords())) {
      report.Here(fmt::format("did you mean `{}`?", *close))
          .Fix(tokens_.at(word).span, *close, fmt::format("write `{}`", *close));
      ReadAs(word, *close);
    } else {
      report.Help(fmt::format("stages: {}", fmt::join(StageWords(), " ")));
    }
    return true;
  }

  /// `aggregate count()`, `extend a + b`: a column without a name.
  bool UnnamedColumn() {
    const size_t word = StageWord();
    if (word == kNowhere || error_.Innermost() != FlowParser::RuleAssignment) return false;
    if (!Expects(FlowParser::ASSIGN) || type_ == FlowParser::EQ) return false;
    const size_t start = error_.starts.front();
    if (type_ != FlowParser::LPAREN && type_ != FlowParser::DOT && type_ != FlowParser::PIPE &&
        !IsBinaryOperator(type_) && type_ != FlowParser::COMMA) {
      return false;
    }
    const bool aggregate = Type(word) == FlowParser::K_AGGREGATE;
    Report(Code::kF0027, start)
        .Arg(aggregate ? "aggregate" : "column")
        .Help(fmt::format("write `name = {}{}`", Text(start),
                          type_ == FlowParser::LPAREN ? "(…)" : " …"));
    return true;
  }

  /// The nearest word before the error that says what kind of expression this is.
  bool InCondition() const {
    for (size_t i = at_; i-- > error_.item;) {
      switch (Type(i)) {
        case FlowParser::K_WHERE:
        case FlowParser::K_WHEN:
        case FlowParser::K_IF:
        case FlowParser::K_AND:
        case FlowParser::K_OR:
        case FlowParser::K_NOT:
        case FlowParser::K_THAT:
        case FlowParser::K_ON:
        case FlowParser::ASSIGN: return true;
        case FlowParser::COLON: return error_.In(FlowParser::RuleStage);
        case FlowParser::PIPE: return false;
        default: break;
      }
    }
    return false;
  }

  bool CompareWithAssign() {
    if (type_ != FlowParser::ASSIGN || !EndsExpression(Before())) return false;
    const size_t rule = error_.Innermost();
    const bool in_head = !AfterItem() && !error_.In(FlowParser::RuleStage) &&
                         !error_.In(FlowParser::RuleExpr) && !error_.In(FlowParser::RuleTestDecl) &&
                         rule != FlowParser::RuleWhereClause;
    if (in_head || !InCondition()) return false;
    Report(Code::kF0002, at_)
        .Here("`=` defines a column (extend x = …); a comparison is `==`")
        .Fix(tokens_.at(at_).span, "==", "write `==`");
    retyping_ = Retyping{at_, FlowParser::EQ};
    return true;
  }

  bool AssignWithEqual() {
    if (type_ != FlowParser::EQ || !Expects(FlowParser::ASSIGN)) return false;
    Report(Code::kF0026, at_)
        .Here("`==` compares; a definition has one `=`")
        .Fix(tokens_.at(at_).span, "=", "write `=`");
    retyping_ = Retyping{at_, FlowParser::ASSIGN};
    return true;
  }

  bool ValidateWithoutElse() {
    const size_t word = StageWord();
    if (word == kNowhere || Type(word) != FlowParser::K_VALIDATE) return false;
    if (!Expects(FlowParser::K_ELSE) || Before() != FlowParser::RBRACE) return false;
    Report(Code::kF0006, word)
        .Label(tokens_.at(at_ - 1).span, "`else` belongs after this")
        .Help("add `else -> some_stream`, or `else discard \"why\"` to drop and count them");
    return true;
  }

  bool MissingRoute() {
    if (error_.Innermost() != FlowParser::RuleRoute) return false;
    if (error_.starts.front() != at_) return false;
    std::string_view what = "this";
    if (error_.In(FlowParser::RuleLateClause)) {
      what = "`late after`";
    } else if (Before() == FlowParser::K_ERROR) {
      what = "`on error`";
    } else if (Before() == FlowParser::K_ELSE) {
      what = "`else`";
    } else if (Before() == FlowParser::K_UNMATCHED) {
      what = "`unmatched`";
    } else if (Before() == FlowParser::K_ERRORS) {
      what = "`errors`";
    }
    auto report = Report(Code::kF0025, at_).Arg(what);
    if (IsNameToken(type_)) {
      report.Here("a stream or sink is written `-> name`")
          .Suggest(tokens_.at(at_).span, fmt::format("-> {}", Text(at_)), "add `->`");
    }
    report.Help(
        "`-> name` (a stream or a sink), `discard \"why\"` (dropped and counted), or `fail`");
    return true;
  }

  bool MissingColon() {
    if (!Expects(FlowParser::COLON) || error_.expected.size() > 2 || at_ == 0) return false;
    const bool type_follows = IsNameToken(type_);
    if (!type_follows || !IsNameToken(Before())) return false;
    const Span gap = tokens_.at(at_ - 1).span.After();
    Report(Code::kF0004, at_)
        .Arg(Text(at_ - 1))
        .Here("the type")
        .Help(fmt::format("write `{}: {}`", Text(at_ - 1), Text(at_)))
        .Fix(gap, ":", "add `:`");
    return true;
  }

  bool SqlInPipeline() {
    if (at_ == 0) return false;
    const bool is_case = type_ == FlowParser::K_WHEN && EqualIgnoringCase(Text(at_ - 1), "case");
    const size_t at = is_case ? at_ - 1 : at_;
    const SqlClause* clause = FindSqlClause(Text(at));
    if (clause == nullptr) return false;
    const bool two_words = clause->sql.find(' ') != std::string_view::npos;
    if (two_words && !EqualIgnoringCase(Text(at + 1), "by")) return false;
    if (!two_words && !is_case && !EndsExpression(Before())) return false;
    Span span = tokens_.at(at).span;
    if (two_words) span = span.To(tokens_.at(at + 1).span);
    scratch_.Report(Code::kF0022, span)
        .Arg(clause->sql)
        .Arg(clause->ours)
        .Help(std::string(clause->example));
    return true;
  }

  /// `count(*)`.
  bool CountStar() {
    if (at_ < 2 || Text(at_) != "*" || Text(at_ - 1) != "(") return false;
    if (!EqualIgnoringCase(Text(at_ - 2), "count")) return false;
    scratch_.Report(Code::kF0022, tokens_.at(at_ - 2).span.To(tokens_.at(at_).span))
        .Arg("count(*)")
        .Arg("`count()`")
        .Help("`count()` counts rows, `count(x)` those where `x` is not null");
    return true;
  }

  /// `FROM`, `Where`: words of the language in the wrong case.
  bool UpperCaseWord() {
    for (size_t i : {at_, at_ == 0 ? at_ : at_ - 1}) {
      if (Type(i) != FlowParser::IDENT) continue;
      const std::string_view text = Text(i);
      std::string lower(text);
      std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      if (lower == text || !WordType(lower)) continue;
      Report(Code::kF0036, i)
          .Arg(text)
          .Arg(lower)
          .Fix(tokens_.at(i).span, lower, fmt::format("write `{}`", lower));
      ReadAs(i, lower);
      return true;
    }
    return false;
  }

  bool ReservedName() {
    if (!IsReservedWord(type_)) return false;
    const bool names_entry = Type(at_ + 1) == FlowParser::COLON && Expects(FlowParser::RBRACE);
    if (!Expects(FlowParser::IDENT) && !names_entry) return false;
    const size_t rule = error_.Innermost();
    if (rule == FlowParser::RuleExpr || rule == FlowParser::RulePrimary) {
      // A statement word inside an expression is no name, the expression is missing.
      const size_t next = Type(at_ + 1);
      const bool used_as_name = next == FlowParser::COMMA || IsBinaryOperator(next) ||
                                next == FlowParser::RPAREN || next == FlowParser::DOT;
      if (!used_as_name || IsBinaryOperator(type_)) return false;
    }
    Report(Code::kF0020, at_)
        .Arg(Text(at_))
        .Help(fmt::format("in backticks it can: `{}`", Text(at_)))
        .Suggest(tokens_.at(at_).span, fmt::format("`{}`", Text(at_)), "put it in backticks");
    return true;
  }

  bool UnfinishedExpression() {
    // The next entry was read as the missing operand: `a: int64 =`, line break, `b: string`.
    const bool entry = type_ == FlowParser::COLON ||
                       (at_ > 0 && IsItemWord(Type(at_ - 1)) && tokens_.at(at_ - 1).column == 0);
    if (entry && at_ >= 2 && tokens_.at(at_ - 1).first_on_line &&
        (Type(at_ - 2) == FlowParser::ASSIGN || IsBinaryOperator(Type(at_ - 2)))) {
      Report(Code::kF0037, at_ - 2).Here("something must follow on this line");
      return true;
    }
    if (at_ == 0 || !IsBinaryOperator(Before())) return false;
    if (!error_.In(FlowParser::RuleExpr) || error_.starts.front() != at_) return false;
    Report(Code::kF0037, at_ - 1)
        .Here(fmt::format("something must follow, found {}", DescribeFound(tokens_, at_)));
    return true;
  }

  /// `watermak lag 10s` in a source, `ovr tumbling 5m` after aggregates.
  bool UnknownClause() {
    if (!AfterItem() || !IsNameToken(type_)) return false;
    const size_t stage = StageWord();
    const size_t owner = stage != kNowhere ? stage : ItemWordIndex();
    const auto words = ClauseWords(Text(owner));
    if (words.empty()) return false;
    const auto close = SuggestName(Text(at_), FirstWords(words));
    const bool clause_place = tokens_.at(at_).first_on_line || close.has_value();
    if (!clause_place || Type(at_ + 1) == FlowParser::ASSIGN) return false;
    auto report = Report(Code::kF0035, at_).Arg(Text(owner)).Arg(Text(at_));
    if (close) {
      report.Here(fmt::format("did you mean `{}`?", *close))
          .Fix(tokens_.at(at_).span, *close, fmt::format("write `{}`", *close));
      ReadAs(at_, *close);
    } else {
      report.Help(fmt::format("it has: {}", fmt::join(words, ", ")));
    }
    return true;
  }

  static std::vector<std::string> FirstWords(std::span<const std::string_view> clauses) {
    std::vector<std::string> words;
    for (std::string_view clause : clauses) {
      words.emplace_back(clause.substr(0, clause.find(' ')));
    }
    return words;
  }

  size_t ItemWordIndex() const {
    size_t i = error_.item;
    while (i < at_ && !IsItemWord(Type(i))) ++i;
    return i;
  }

  bool MissingComma() {
    if (at_ == 0 || !EndsExpression(Before()) || !StartsExpression(type_)) return false;
    const bool in_list = Expects(FlowParser::COMMA) || Expects(FlowParser::RPAREN) ||
                         Expects(FlowParser::RBRACKET) || InAssignments();
    if (!in_list || type_ == FlowParser::LPAREN || type_ == FlowParser::LBRACE) return false;
    Report(Code::kF0012, at_)
        .Arg(DescribeFound(tokens_, at_))
        .Fix(tokens_.at(at_ - 1).span.After(), ",", "add a comma");
    return true;
  }

  /// After a column of select, extend, set or aggregate, where the next one begins.
  bool InAssignments() const {
    const size_t word = StageWord();
    if (word == kNowhere || !AfterItem()) return false;
    switch (Type(word)) {
      case FlowParser::K_SELECT: return IsNameToken(type_);
      case FlowParser::K_EXTEND:
      case FlowParser::K_SET:
      case FlowParser::K_AGGREGATE:
      case FlowParser::K_LOOKUP: return Type(at_ + 1) == FlowParser::ASSIGN;
      case FlowParser::K_WITHOUT:
      case FlowParser::K_UNION:
      case FlowParser::K_INTO: return IsNameToken(type_);
      default: return false;
    }
  }

  const Tokens& tokens_;
  const SyntaxError& error_;
  size_t at_;
  size_t type_;
  DiagnosticEngine scratch_;
  std::optional<Retyping> retyping_;
};

}  // namespace

bool SyntaxError::In(size_t rule) const {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

Explanation Explain(const Tokens& tokens, const SyntaxError& error) {
  return Explainer(tokens, error).Run();
}

}  // namespace weir::syntax
