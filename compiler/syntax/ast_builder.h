#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compiler/ast/file.h"
#include "compiler/diagnostics/diagnostic_engine.h"
#include "compiler/syntax/tokens.h"

namespace weir::syntax {

/// Turns ANTLR's tree into the AST. Decodes literals and reports what only shows then: numbers
/// that don't fit, bad escapes, clauses given twice. Parts of the tree with a syntax error are left
/// out: the error was reported before.
class AstBuilder {
 public:
  AstBuilder(Tokens& tokens, DiagnosticEngine& diagnostics)
      : tokens_(tokens), diagnostics_(diagnostics) {}

  ast::ModuleHead Head(FlowParser::ModuleHeadContext* context);
  /// Null if not even the kind of declaration is known.
  ast::ItemPtr Item(FlowParser::ItemContext* context);
  /// ErrorExpr for null and for trees with errors.
  ast::ExprPtr Expr(FlowParser::ExprContext* context);

 private:
  using Context = antlr4::ParserRuleContext;

  // build_names.cc
  ast::Name Name(FlowParser::IdentContext* context);
  std::vector<ast::Name> Names(const std::vector<FlowParser::IdentContext*>& contexts, size_t from,
                               size_t to);
  ast::QualifiedName Qualified(FlowParser::QualifiedNameContext* context);
  ast::StringValue String(antlr4::tree::TerminalNode* node);
  std::optional<ast::StringValue> OptionalString(antlr4::tree::TerminalNode* node);
  ast::DocComment DocBefore(const antlr4::Token* token);
  std::vector<ast::Annotation> Annotations(const std::vector<FlowParser::AnnotationContext*>& list);
  /// Reports the second of two equal clauses; true if `given` was already there.
  bool Twice(bool given, std::string_view clause, Span first, Span second);

  // build_literal.cc
  ast::ExprPtr Literal(const antlr4::Token* token);
  ast::ExprPtr IntOf(const antlr4::Token* token);
  ast::ExprPtr DecimalOf(const antlr4::Token* token);
  ast::ExprPtr FloatOf(const antlr4::Token* token);
  ast::ExprPtr DurationOf(const antlr4::Token* token);
  ast::ExprPtr SizeOf(const antlr4::Token* token);
  ast::ExprPtr TimestampOf(const antlr4::Token* token);
  ast::ExprPtr StringOf(const antlr4::Token* token);
  ast::ExprPtr FStringOf(const antlr4::Token* token);
  std::string UnescapeAt(Span text);
  int64_t WholeNumber(antlr4::tree::TerminalNode* node);

  // build_expr.cc
  ast::ExprPtr ExprBody(FlowParser::ExprContext* context);
  ast::ExprPtr Operator(FlowParser::ExprContext* context);
  ast::ExprPtr Primary(FlowParser::PrimaryContext* context);
  ast::ExprPtr Binary(ast::BinaryOp op, antlr4::Token* op_token, FlowParser::ExprContext* left,
                      ast::ExprPtr right, bool negated = false);
  ast::ExprPtr InfixOf(Context* context, FlowParser::ExprContext* left,
                       FlowParser::ExprContext* right);
  ast::ExprPtr Unary(ast::UnaryOp op, antlr4::Token* op_token, ast::ExprPtr operand, Span span);
  ast::ExprPtr Member(FlowParser::MemberExprContext* context);
  ast::ExprPtr Is(FlowParser::IsExprContext* context);
  ast::ExprPtr Match(FlowParser::MatchPrimaryContext* context);
  ast::ExprPtr Range(FlowParser::RangeLiteralContext* context);
  ast::ExprPtr RangeBound(FlowParser::RangeBoundContext* context);
  ast::ExprPtr Amount(FlowParser::AmountContext* context);
  ast::ExprPtr SignedLiteral(FlowParser::SignedLiteralContext* context);
  std::vector<ast::Pattern> Patterns(const std::vector<FlowParser::PatternContext*>& contexts);
  std::unique_ptr<ast::ListExpr> List(FlowParser::ListLiteralContext* context);
  std::unique_ptr<ast::StructExpr> Struct(FlowParser::StructLiteralContext* context);
  ast::CallArgs Args(FlowParser::CallArgsContext* context, antlr4::tree::TerminalNode* open,
                     antlr4::tree::TerminalNode* close);

  // build_type.cc
  ast::TypeRefPtr Type(FlowParser::TypeRefContext* context);
  void TypeAtom(FlowParser::TypeAtomContext* context, ast::TypeRef& out);
  ast::FieldDecl Field(FlowParser::FieldDeclContext* context);
  ast::ItemPtr TypeItem(FlowParser::TypeDeclContext* context);
  ast::ItemPtr Schema(FlowParser::SchemaDeclContext* context);
  void SchemaEntries(const std::vector<FlowParser::SchemaEntryContext*>& entries,
                     ast::SchemaDecl& out);
  ast::ItemPtr Function(FlowParser::FnDeclContext* context);
  ast::ItemPtr Template(FlowParser::TemplateDeclContext* context);
  std::vector<ast::FnParam> Params(const std::vector<FlowParser::FnParamContext*>& contexts);

  // build_clauses.cc
  ast::Route Route(FlowParser::RouteContext* context);
  ast::Assignment Assignment(FlowParser::AssignmentContext* context);
  std::vector<ast::Assignment> Assignments(
      const std::vector<FlowParser::AssignmentContext*>& contexts);
  ast::KeyList Keys(FlowParser::ExprListContext* context, antlr4::tree::TerminalNode* word);
  ast::Connector Connector(FlowParser::ConnectorContext* context);
  ast::CallOnly CallOnly(FlowParser::CallOnlyContext* context);
  ast::EmitClause Emit(FlowParser::EmitClauseContext* context);
  ast::LateClause Late(FlowParser::LateClauseContext* context);
  ast::ErrorClause OnError(Context* clause, FlowParser::RouteContext* route);
  ast::AmountClause AmountClause(Context* clause, FlowParser::AmountContext* amount);
  ast::FormatClause Format(Context* clause, FlowParser::IdentContext* name,
                           FlowParser::CallArgsContext* args, antlr4::tree::TerminalNode* open,
                           antlr4::tree::TerminalNode* close);
  ast::PiiClause Pii(Span span, FlowParser::IdentContext* mode, antlr4::tree::TerminalNode* reason);

  // build_item.cc, build_endpoint.cc
  ast::ItemPtr ItemBody(FlowParser::ItemBodyContext* context);
  ast::ItemPtr Use(FlowParser::UseDeclContext* context);
  ast::ItemPtr Param(FlowParser::ParamDeclContext* context);
  ast::ItemPtr Secret(FlowParser::SecretDeclContext* context);
  ast::ItemPtr Profile(FlowParser::ProfileDeclContext* context);
  void ProfileEntry(FlowParser::ProfileEntryContext* context, ast::ProfileDecl& out);
  ast::ItemPtr Alert(FlowParser::AlertDeclContext* context);
  void AlertClause(FlowParser::AlertClauseContext* context, ast::AlertDecl& out);
  ast::ItemPtr Slo(FlowParser::SloDeclContext* context);
  ast::ItemPtr Stream(FlowParser::StreamDeclContext* context);
  ast::ItemPtr View(FlowParser::ViewDeclContext* context);
  ast::ItemPtr Flow(FlowParser::FlowDeclContext* context);
  ast::ItemPtr Source(FlowParser::SourceDeclContext* context);
  void SourceClause(FlowParser::SourceClauseContext* context, ast::SourceDecl& out);
  ast::TimeClause Time(FlowParser::SrcTimeContext* context);
  ast::ItemPtr Table(FlowParser::TableDeclContext* context);
  void TableClause(FlowParser::TableClauseContext* context, ast::TableDecl& out);
  ast::ItemPtr Sink(FlowParser::SinkDeclContext* context);
  void SinkClause(FlowParser::SinkClauseContext* context, ast::SinkDecl& out);

  // build_stage.cc, build_aggregate.cc
  ast::Pipeline Pipeline(FlowParser::PipelineExprContext* context);
  std::vector<ast::StagePtr> Stages(const std::vector<FlowParser::StageContext*>& contexts);
  ast::StagePtr Stage(FlowParser::StageContext* context);
  ast::StagePtr StageBody(FlowParser::StageBodyContext* context);
  ast::StagePtr ShapingStage(FlowParser::StageBodyContext* context);
  ast::StagePtr CombiningStage(FlowParser::StageBodyContext* context);
  ast::StagePtr OrderingStage(FlowParser::StageBodyContext* context);
  ast::StagePtr Select(FlowParser::SelectStageContext* context);
  ast::StagePtr Validate(FlowParser::ValidateStageContext* context);
  ast::StagePtr Dedupe(FlowParser::DedupeStageContext* context);
  ast::StagePtr Lookup(FlowParser::LookupStageContext* context);
  ast::StagePtr Join(FlowParser::JoinStageContext* context);
  ast::StagePtr Aggregate(FlowParser::AggregateStageContext* context);
  void AggregateClause(FlowParser::AggClauseContext* context, ast::AggregateStage& out);
  ast::WindowSpec Window(FlowParser::WindowSpecContext* context);
  ast::StagePtr Anomaly(FlowParser::AnomalyStageContext* context);
  ast::StagePtr RouteStage(FlowParser::RouteStageContext* context);
  ast::StagePtr Into(FlowParser::IntoStageContext* context);

  // build_keyed.cc
  ast::StagePtr Session(FlowParser::SessionStageContext* context);
  ast::StagePtr Process(FlowParser::ProcessStageContext* context);
  void KeyedPart(FlowParser::KeyedPartContext* context, ast::KeyedParts& out);
  ast::EventHandler EventHandler(FlowParser::OnEventPartContext* context);
  ast::StateBlock State(FlowParser::StatePartContext* context);
  ast::OutputBlock Output(FlowParser::OutputPartContext* context);
  ast::Block Block(FlowParser::StatementBlockContext* context);
  ast::StatementPtr Statement(FlowParser::StatementContext* context);
  ast::StatementPtr Assign(Context* context, FlowParser::IdentContext* target,
                           FlowParser::ExprContext* index, FlowParser::ExprContext* value);
  ast::StatementPtr If(Context* context, FlowParser::ExprContext* condition,
                       const std::vector<FlowParser::StatementBlockContext*>& blocks,
                       FlowParser::IfElseContext* else_if);
  ast::StatementPtr MatchOf(FlowParser::MatchStatementContext* context);

  // build_test.cc
  ast::ItemPtr Fixture(FlowParser::FixtureDeclContext* context);
  ast::ItemPtr Test(FlowParser::TestDeclContext* context);
  ast::TestStepPtr Step(FlowParser::TestStepContext* context);
  ast::TestStepPtr Expect(FlowParser::TestExpectRowsContext* context);
  ast::ExprPtr TestTime(FlowParser::TestTimeContext* context);

  Span SpanOf(const Context& context) const { return tokens_.SpanOf(context); }
  Span SpanOf(const antlr4::Token* token) const { return tokens_.SpanOf(token); }
  Span SpanOf(antlr4::tree::TerminalNode* node) const { return tokens_.SpanOf(node->getSymbol()); }
  std::string_view Text(Span span) const { return tokens_.source().Text(span); }

  Tokens& tokens_;
  DiagnosticEngine& diagnostics_;
};

template <typename T>
std::unique_ptr<T> NodeAt(Span span) {
  auto node = std::make_unique<T>();
  node->span = span;
  return node;
}

/// True for trees that are there and hold no syntax error of their own.
template <typename T>
bool IsWhole(const T* context) {
  return context != nullptr && !context->exception;
}

}  // namespace weir::syntax
