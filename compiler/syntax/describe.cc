#include <fmt/format.h>

#include <string>
#include <string_view>

#include "compiler/syntax/syntax_error.h"

namespace weir::syntax {
namespace {

constexpr size_t kMostListed = 3;
constexpr size_t kMostShown = 24;

/// Rules under the names that users know. Empty: look at the rule around it.
std::string_view RuleName(size_t rule) {
  switch (rule) {
    case FlowParser::RuleExpr:
    case FlowParser::RulePrimary:
    case FlowParser::RuleExprList: return "an expression";
    case FlowParser::RuleIdent:
    case FlowParser::RuleQualifiedName: return "a name";
    case FlowParser::RuleTypeRef:
    case FlowParser::RuleTypeAtom: return "a type";
    case FlowParser::RuleEnumValue: return "a value of the enum";
    case FlowParser::RuleAmount: return "a number, a duration, a size or a $parameter";
    case FlowParser::RuleRoute: return "a route (`-> name`, `discard \"why\"` or `fail`)";
    case FlowParser::RuleStage: return "`|>` and a stage";
    case FlowParser::RuleStageBody: return "a stage";
    case FlowParser::RulePipelineExpr: return "`from` and a stream";
    case FlowParser::RuleWindowSpec:
      return "a window (`tumbling 5m`, `sliding 10m every 1m`, `cumulating 1d every 1h`, "
             "`session gap 30s` or `last 100 rows`)";
    case FlowParser::RuleEmitWhen: return "`on close`, `on update` or `every` and a duration";
    case FlowParser::RuleWatermarkSpec: return "`lag` and a duration, `ascending` or `none`";
    case FlowParser::RuleJoinWhen: return "`within low..high` or `as of` a time";
    case FlowParser::RuleConnector: return "a connector with its arguments, like kafka(…)";
    case FlowParser::RuleCallOnly: return "a call, like env(\"NAME\")";
    case FlowParser::RuleAssignment: return "`name = expression`";
    case FlowParser::RuleStatement: return "a statement";
    case FlowParser::RuleStatementBlock: return "`{`";
    case FlowParser::RulePattern:
    case FlowParser::RuleSignedLiteral: return "a value or `else`";
    case FlowParser::RuleRangeBound: return "an end of the range";
    case FlowParser::RuleTestStep:
      return "a step (`let`, `given`, `advance`, `restart` or `expect`)";
    case FlowParser::RuleTestTime: return "a time, like @2026-01-01T10:00:00Z";
    case FlowParser::RuleExpectation:
      return "the rows: `[…]`, `exactly […]`, `contains […]`, `in order […]`, `empty` or `rows n`";
    case FlowParser::RuleListLiteral: return "a list, like [a, b]";
    case FlowParser::RuleStructLiteral: return "a struct, like { a: 1 }";
    case FlowParser::RuleStructEntry: return "an entry, like a: 1";
    case FlowParser::RuleProfileEntry:
      return "an entry of the profile (`name = value`, `replace`, `source`, `table` or `sink`)";
    case FlowParser::RuleExtraDecl: return "`ignore`, `reject` or `into` and a field";
    case FlowParser::RuleRouteArm: return "`when` or `else`";
    case FlowParser::RuleItemBody: return "a declaration";
    default: return {};
  }
}

std::string TokenName(size_t type, const antlr4::dfa::Vocabulary* vocabulary) {
  switch (type) {
    case FlowParser::IDENT: return "a name";
    case FlowParser::STRING: return "a string";
    case FlowParser::INT: return "a whole number";
    default: break;
  }
  if (type == kEndOfFile) return "the end of the file";
  const std::string literal = vocabulary == nullptr ? "" : vocabulary->getLiteralName(type);
  if (literal.size() > 2) return "`" + literal.substr(1, literal.size() - 2) + "`";
  return "a value";
}

/// The form of a step of a test that has already begun.
std::string_view StepForm(size_t word) {
  switch (word) {
    case FlowParser::K_GIVEN: return "the rows: `given stream [{ a: 1 }]`";
    case FlowParser::K_ADVANCE: return "`advance by 5m` or `advance to @2026-01-01T10:00:00Z`";
    case FlowParser::K_EXPECT: return "`expect stream [rows]` or `expect that condition`";
    default: return {};
  }
}

}  // namespace

std::string DescribeExpected(const Tokens& tokens, const SyntaxError& error) {
  if (!error.in_decision && error.expected.size() > 0 && error.expected.size() <= kMostListed) {
    const auto types = error.expected.toList();
    std::string out;
    for (size_t i = 0; i < types.size(); ++i) {
      if (i > 0) out += i + 1 == types.size() ? " or " : ", ";
      out += TokenName(static_cast<size_t>(types[i]), error.vocabulary);
    }
    return out;
  }
  for (size_t i = 0; i < error.rules.size(); ++i) {
    const std::string_view name = RuleName(error.rules[i]);
    if (error.rules[i] == FlowParser::RuleTestStep && error.starts[i] < error.at) {
      const std::string_view form = StepForm(tokens.type(error.starts[i]));
      if (!form.empty()) return std::string(form);
    }
    // Inside a rule that has already begun, its name would be wrong: more of it is expected.
    const bool at_start = error.starts[i] == error.at || error.in_decision;
    if (!name.empty() && at_start) return std::string(name);
  }
  return "something else";
}

std::string DescribeFound(const Tokens& tokens, size_t at) {
  if (tokens.type(at) == kEndOfFile) return "the end of the file";
  std::string_view text = tokens.text(at);
  text = text.substr(0, text.find('\n'));
  if (text.size() <= kMostShown) return fmt::format("`{}`", text);
  size_t end = kMostShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("`{}…`", text.substr(0, end));
}

}  // namespace weir::syntax
