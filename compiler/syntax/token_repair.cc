#include "compiler/syntax/token_repair.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "compiler/diagnostics/suggest.h"
#include "compiler/syntax/words.h"

namespace weir::syntax {
namespace {

struct ForeignOperator {
  std::string_view text;
  std::string_view ours;
  size_t type;
};

constexpr ForeignOperator kOperators[] = {
    {"&&", "and", FlowParser::K_AND}, {"&", "and", FlowParser::K_AND},
    {"||", "or", FlowParser::K_OR},   {"!", "not", FlowParser::K_NOT},
    {"===", "==", FlowParser::EQ},    {"!==", "!=", FlowParser::NE},
    {"=>", "->", FlowParser::ARROW},  {":=", "=", FlowParser::ASSIGN},
    {"++", "+", FlowParser::PLUS},    {"**", "*", FlowParser::STAR},
};

constexpr std::string_view kUnits = "units: ns us ms s m h d w";

struct LongUnit {
  std::string_view name;
  std::string_view unit;
};
constexpr LongUnit kLongUnits[] = {
    {"sec", "s"},    {"secs", "s"},   {"second", "s"},  {"seconds", "s"}, {"min", "m"},
    {"mins", "m"},   {"minute", "m"}, {"minutes", "m"}, {"hr", "h"},      {"hrs", "h"},
    {"hour", "h"},   {"hours", "h"},  {"day", "d"},     {"days", "d"},    {"week", "w"},
    {"weeks", "w"},  {"msec", "ms"},  {"millis", "ms"}, {"usec", "us"},   {"micros", "us"},
    {"nanos", "ns"}, {"month", ""},   {"months", ""},   {"mo", ""},       {"y", ""},
    {"year", ""},    {"years", ""},
};

/// Walks the tokens once.
class Repair {
 public:
  Repair(Tokens& tokens, DiagnosticEngine& diagnostics)
      : tokens_(tokens), diagnostics_(diagnostics) {}

  void Run() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      if (!tokens_.IsHidden(i)) RepairOne(i);
    }
    if (hidden_) tokens_.DropHidden();
  }

 private:
  void RepairOne(size_t i) {
    switch (tokens_.type(i)) {
      case FlowParser::FOREIGN_OP: return RepairOperator(i);
      case FlowParser::BAD_NUMBER: return RepairNumber(i);
      case FlowParser::BAD_STRING: return Unended(i, "string", FlowParser::STRING);
      case FlowParser::BAD_TEXT_BLOCK: return Unended(i, "text block", FlowParser::TEXT_BLOCK);
      case FlowParser::BAD_QUOTED_IDENT: return Unended(i, "name", FlowParser::QUOTED_IDENT);
      case FlowParser::BAD_COMMENT: return Unended(i, "comment", 0);
      case FlowParser::UNKNOWN: return RepairCharacter(i);
      default: return;
    }
  }

  void Hide(size_t i) {
    tokens_.Hide(i);
    hidden_ = true;
  }

  void RepairOperator(size_t i) {
    const std::string_view text = tokens_.text(i);
    const Span span = tokens_.at(i).span;
    if (text == ";") {
      diagnostics_.Report(Code::kF0019, span)
          .Help("end the line; entries in () and [] are separated by commas")
          .Fix(span, "", "remove the semicolon");
      return Hide(i);
    }
    if (text == "|") return RepairPipe(i);
    for (const ForeignOperator& op : kOperators) {
      if (op.text != text) continue;
      diagnostics_.Report(Code::kF0003, span)
          .Arg(text)
          .Here(fmt::format("write `{}`", op.ours))
          .Fix(span, Spaced(i, op.ours), fmt::format("write `{}`", op.ours));
      return tokens_.Retype(i, op.type);
    }
  }

  /// A word needs blanks where an operator needs none.
  std::string Spaced(size_t i, std::string_view word) const {
    std::string out(word);
    if (word[0] < 'a' || word[0] > 'z') return out;
    if (i > 0 && tokens_.at(i - 1).span.end == tokens_.at(i).span.begin) out = ' ' + out;
    if (i + 1 < tokens_.size() && tokens_.at(i).span.end == tokens_.at(i + 1).span.begin)
      out += ' ';
    return out;
  }

  void RepairPipe(size_t i) {
    const Span span = tokens_.at(i).span;
    const bool stage = tokens_.at(i).first_on_line || IsStageWord(tokens_.type(i + 1)) ||
                       FindForeignStage(tokens_.text(i + 1)) != nullptr ||
                       SuggestName(tokens_.text(i + 1), StageWords()).has_value();
    if (stage) {
      diagnostics_.Report(Code::kF0008, span).Here("write `|>`").Fix(span, "|>", "write `|>`");
      return tokens_.Retype(i, FlowParser::PIPE);
    }
    diagnostics_.Report(Code::kF0003, span)
        .Arg("|")
        .Here("write `or`")
        .Help("a stage starts with `|>`; the alternative of two conditions is `or`");
    tokens_.Retype(i, FlowParser::K_OR);
  }

  void RepairNumber(size_t i) {
    const std::string_view text = tokens_.text(i);
    const Span span = tokens_.at(i).span;
    const size_t digits = text.find_first_not_of("0123456789");
    const std::string_view unit = text.substr(digits);
    tokens_.Retype(i, FlowParser::DURATION);
    auto report = diagnostics_.Report(Code::kF0007, span).Arg(text);
    for (const LongUnit& known : kLongUnits) {
      if (!EqualIgnoringCase(known.name, unit)) continue;
      if (known.unit.empty()) {
        report.Here("the longest unit is the week").Help(std::string(kUnits));
        return;
      }
      const std::string meant = fmt::format("{}{}", text.substr(0, digits), known.unit);
      report.Here(fmt::format("did you mean {}?", meant)).Help(std::string(kUnits));
      report.Fix(span, meant, fmt::format("write {}", meant));
      return;
    }
    report.Help(fmt::format("{}; sizes: B KB MB GB TB KiB MiB GiB TiB", kUnits));
    report.Help("a name can't start with a digit");
  }

  void Unended(size_t i, std::string_view what, size_t type) {
    Span span = tokens_.at(i).span;
    span.end = std::min(span.end, span.begin + (what == "comment" ? 2U : 1U));
    auto report = diagnostics_.Report(Code::kF0016, span).Arg(what).Here("starts here");
    if (what == "string") {
      report.Help("a string ends on its line; text over several lines stands in \"\"\"…\"\"\"");
    }
    if (type == 0) return Hide(i);
    const bool format = tokens_.text(i).starts_with("f\"");
    tokens_.Retype(i, format ? static_cast<size_t>(FlowParser::FSTRING) : type);
  }

  void RepairCharacter(size_t i) {
    const std::string_view text = tokens_.text(i);
    const bool printable = text.size() > 1 || (text[0] > ' ' && text[0] != 0x7F);
    const std::string shown = printable ? fmt::format("`{}`", text)
                                        : fmt::format("0x{:02X}", static_cast<uint8_t>(text[0]));
    auto report = diagnostics_.Report(Code::kF0018, tokens_.at(i).span).Arg(shown);
    if (text == "#") {
      report.Help("a comment starts with `//`");
      for (size_t k = i + 1; k + 1 < tokens_.size() && !tokens_.at(k).first_on_line; ++k) Hide(k);
    }
    if (text == "\xE2\x80\x9C" || text == "\xE2\x80\x9D") report.Help("quotes are written \"");
    Hide(i);
  }

  Tokens& tokens_;
  DiagnosticEngine& diagnostics_;
  bool hidden_ = false;
};

}  // namespace

void RepairTokens(Tokens& tokens, DiagnosticEngine& diagnostics) {
  Repair(tokens, diagnostics).Run();
}

}  // namespace weir::syntax
