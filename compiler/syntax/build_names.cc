#include <algorithm>
#include <string>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {

ast::Name AstBuilder::Name(FlowParser::IdentContext* context) {
  if (!IsWhole(context)) return {};
  ast::Name name;
  name.span = SpanOf(*context);
  std::string_view text = Text(name.span);
  if (text.starts_with('`')) {
    text.remove_prefix(1);
    if (text.ends_with('`')) text.remove_suffix(1);
  }
  name.text = text;
  return name;
}

std::vector<ast::Name> AstBuilder::Names(const std::vector<FlowParser::IdentContext*>& contexts,
                                         size_t from, size_t to) {
  std::vector<ast::Name> names;
  for (size_t i = from; i < to && i < contexts.size(); ++i) names.push_back(Name(contexts[i]));
  return names;
}

ast::QualifiedName AstBuilder::Qualified(FlowParser::QualifiedNameContext* context) {
  ast::QualifiedName name;
  if (context == nullptr) return name;
  name.span = SpanOf(*context);
  name.parts = Names(context->ident(), 0, context->ident().size());
  return name;
}

ast::StringValue AstBuilder::String(antlr4::tree::TerminalNode* node) {
  if (node == nullptr) return {};
  const Span span = SpanOf(node);
  Span inner = span;
  if (inner.size() > 0) ++inner.begin;
  const std::string_view text = Text(span);
  if (inner.size() > 0 && text.size() > 1 && text.back() == text.front()) --inner.end;
  return {UnescapeAt(inner), span};
}

std::optional<ast::StringValue> AstBuilder::OptionalString(antlr4::tree::TerminalNode* node) {
  if (node == nullptr) return std::nullopt;
  return String(node);
}

ast::DocComment AstBuilder::DocBefore(const antlr4::Token* token) {
  // One by one: getTokens() copies all of them, and this is asked for every declaration and field.
  const auto at = [this](size_t index) { return tokens_.stream().get(index); };
  ast::DocComment doc;
  size_t first = token->getTokenIndex();
  while (first > 0 && at(first - 1)->getType() == FlowParser::DOC_COMMENT) {
    // A comment behind a token documents nothing that follows.
    if (first > 1 && at(first - 2)->getLine() == at(first - 1)->getLine()) break;
    --first;
  }
  for (size_t i = first; i < token->getTokenIndex(); ++i) {
    const Span span = SpanOf(at(i));
    std::string_view line = Text(span);
    line.remove_prefix(3);
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (i > first) doc.text += '\n';
    doc.text += line;
    doc.span = doc.span.To(span);
  }
  return doc;
}

std::vector<ast::Annotation> AstBuilder::Annotations(
    const std::vector<FlowParser::AnnotationContext*>& list) {
  std::vector<ast::Annotation> annotations;
  for (auto* context : list) {
    if (!IsWhole(context)) continue;
    ast::Annotation annotation;
    annotation.name = Name(context->ident());
    annotation.span = SpanOf(*context);
    if (context->LPAREN() != nullptr) {
      annotation.args = Args(context->callArgs(), context->LPAREN(), context->RPAREN());
    }
    annotations.push_back(std::move(annotation));
  }
  return annotations;
}

bool AstBuilder::Twice(bool given, std::string_view clause, Span first, Span second) {
  if (!given) return false;
  diagnostics_.Report(Code::kF0013, second).Arg(clause).Label(first, "first given here");
  return true;
}

}  // namespace weir::syntax
