#include "compiler/syntax/error_strategy.h"

#include <algorithm>
#include <utility>

#include "compiler/syntax/recovery.h"

namespace weir::syntax {
namespace {

/// Rules that may fail alone: entries of {} blocks and clauses of declarations.
bool IsEntryRule(size_t rule) {
  switch (rule) {
    case FlowParser::RulePipelineEntry:
    case FlowParser::RuleProfileEntry:
    case FlowParser::RuleSchemaEntry:
    case FlowParser::RuleSourceClause:
    case FlowParser::RuleTableClause:
    case FlowParser::RuleSinkClause:
    case FlowParser::RuleAlertClause:
    case FlowParser::RuleValidateRule:
    case FlowParser::RuleRouteArm:
    case FlowParser::RuleAggClause:
    case FlowParser::RuleKeyedPart:
    case FlowParser::RuleStateField:
    case FlowParser::RuleOutputField:
    case FlowParser::RuleStatement:
    case FlowParser::RuleTestStep: return true;
    default: return false;
  }
}

}  // namespace

void ErrorStrategy::reset(antlr4::Parser*) { recovering_ = false; }

antlr4::Token* ErrorStrategy::recoverInline(antlr4::Parser* parser) {
  throw antlr4::InputMismatchException(parser);
}

void ErrorStrategy::reportError(antlr4::Parser* parser, const antlr4::RecognitionException& error) {
  if (recovering_) return;
  recovering_ = true;
  SyntaxError site;
  site.at = tokens_.IndexOf(*error.getOffendingToken());
  for (auto* context = parser->getContext(); context != nullptr;
       context = static_cast<antlr4::ParserRuleContext*>(context->parent)) {
    site.rules.push_back(context->getRuleIndex());
    site.starts.push_back(tokens_.IndexOf(*context->getStart()));
  }
  site.in_decision = dynamic_cast<const antlr4::NoViableAltException*>(&error) != nullptr;
  site.expected = error.getExpectedTokens();
  site.vocabulary = &parser->getVocabulary();
  listener_(std::move(site));
}

void ErrorStrategy::recover(antlr4::Parser* parser, std::exception_ptr error) {
  const auto* context = parser->getContext();
  const size_t rule = context->getRuleIndex();
  if (rule == FlowParser::RuleItem || rule == FlowParser::RuleModuleHead) return;
  const size_t start =
      tokens_.IndexOf(*const_cast<antlr4::ParserRuleContext*>(context)->getStart());
  const size_t cursor = tokens_.IndexOf(*parser->getCurrentToken());
  size_t next = kNowhere;
  if (rule == FlowParser::RuleStage) {
    next = NextStage(tokens_, std::max(cursor, start + 1));
  } else if (IsEntryRule(rule)) {
    next = NextEntry(tokens_, start, std::max(cursor, start));
  }
  if (next == kNowhere || next < cursor) std::rethrow_exception(error);
  while (tokens_.IndexOf(*parser->getCurrentToken()) < next) parser->consume();
  recovering_ = false;
}

}  // namespace weir::syntax
