#include <fmt/format.h>

#include <string>
#include <vector>

#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/recovery.h"
#include "compiler/syntax/syntax_error.h"
#include "compiler/syntax/words.h"

namespace weir::syntax {
namespace {

/// `select a, b from t where c = 1 group by d` as a pipeline, from its own words; empty if it is
/// not that simple.
std::string TranslateSelect(const Tokens& tokens, size_t select) {
  const size_t end = NextItemStart(tokens, select, select + 1);
  size_t from = select + 1;
  while (from < end && !EqualIgnoringCase(tokens.text(from), "from")) ++from;
  if (from + 1 >= end || from == select + 1 || !IsNameToken(tokens.type(from + 1))) return {};
  auto text = [&](size_t first, size_t last) {
    return std::string(tokens.source().Text(tokens.at(first).span.To(tokens.at(last).span)));
  };
  std::string out = fmt::format("from {}", tokens.text(from + 1));
  size_t rest = from + 2;
  if (rest < end && EqualIgnoringCase(tokens.text(rest), "where")) {
    size_t stop = rest + 1;
    while (stop < end && FindSqlClause(tokens.text(stop)) == nullptr &&
           !EqualIgnoringCase(tokens.text(stop), "limit")) {
      ++stop;
    }
    if (stop == rest + 1) return {};
    out += " |> where " + text(rest + 1, stop - 1);
    rest = stop;
  }
  if (rest < end) return {};
  const std::string columns = text(select + 1, from - 1);
  if (columns != "*") out += " |> select " + columns;
  return out.find('\n') == std::string::npos ? out : std::string();
}

/// Tries what people write at the top level of a file.
class TopLevelExplainer {
 public:
  TopLevelExplainer(const Tokens& tokens, size_t at)
      : tokens_(tokens), at_(at), type_(tokens.type(at)), text_(tokens.text(at)) {}

  Explanation Run() {
    if (IsSqlStatement(text_)) {
      Sql();
    } else if (type_ == FlowParser::K_PIPELINE || type_ == FlowParser::K_MODULE) {
      Report(Code::kF0028).Arg(text_).Help("it comes before all declarations: move it up");
    } else if (type_ == FlowParser::PIPE) {
      Report(Code::kF0029).Help("a pipeline starts with `from`: from clicks |> …");
    } else if (type_ == FlowParser::K_LET) {
      Report(Code::kF0021)
          .Arg(text_)
          .Help(
              "a value for the whole file is a `param`; `let` stands in tests and event handlers");
    } else if (type_ == FlowParser::AT_SIGN) {
      Report(Code::kF0001)
          .Arg("a declaration after its annotations")
          .Arg(DescribeFound(tokens_, at_));
    } else if (IsNameToken(type_)) {
      UnknownWord();
    } else if (IsReservedWord(type_) || IsStageWord(type_)) {
      Report(Code::kF0021).Arg(text_).Help("it stands inside a declaration or a pipeline");
    } else {
      Report(Code::kF0001)
          .Arg("a declaration")
          .Arg(DescribeFound(tokens_, at_))
          .Help(fmt::format("declarations: {}", fmt::join(ItemWords(), " ")));
    }
    return {scratch_.diagnostics().front(), std::nullopt};
  }

 private:
  DiagnosticBuilder Report(Code code) { return scratch_.Report(code, tokens_.at(at_).span); }

  void Sql() {
    auto report = Report(Code::kF0010).Here("this is SQL");
    if (EqualIgnoringCase(text_, "select")) {
      const std::string translated = TranslateSelect(tokens_, at_);
      report.Help(translated.empty() ? "in .flow: from t |> where c == 1 |> select a, b"
                                     : "in .flow: " + translated);
      report.Help("to query a view use: flowc query \"select …\"");
    } else if (EqualIgnoringCase(text_, "create")) {
      report.Help("declare it: schema, source, table, stream, view or sink");
    } else {
      report.Help("in .flow rows flow: from t |> … |> into my_sink");
    }
  }

  void UnknownWord() {
    if (IsStageWord(type_)) {
      Report(Code::kF0029)
          .Help(fmt::format("a pipeline starts with `from`: from clicks |> {} …", text_));
      return;
    }
    if (const auto lower = LowerItemWord()) {
      Report(Code::kF0036)
          .Arg(text_)
          .Arg(*lower)
          .Fix(tokens_.at(at_).span, *lower, fmt::format("write `{}`", *lower));
      return;
    }
    auto report = Report(Code::kF0009).Arg(text_);
    if (const ForeignItem* foreign = FindForeignItem(text_)) {
      report.Here(fmt::format("it is called `{}` here", foreign->ours));
    } else if (const auto close = SuggestName(text_, ItemWords())) {
      report.Here(fmt::format("did you mean `{}`?", *close))
          .Fix(tokens_.at(at_).span, *close, fmt::format("write `{}`", *close));
    } else {
      report.Help(fmt::format("declarations: {}", fmt::join(ItemWords(), " ")));
    }
  }

  /// `FROM` -> "from".
  std::optional<std::string> LowerItemWord() const {
    for (std::string_view word : ItemWords()) {
      if (word != text_ && EqualIgnoringCase(word, text_)) return std::string(word);
    }
    return std::nullopt;
  }

  const Tokens& tokens_;
  size_t at_;
  size_t type_;
  std::string_view text_;
  DiagnosticEngine scratch_;
};

}  // namespace

Explanation ExplainTopLevel(const Tokens& tokens, size_t at) {
  return TopLevelExplainer(tokens, at).Run();
}

}  // namespace weir::syntax
