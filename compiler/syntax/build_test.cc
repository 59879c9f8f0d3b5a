#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {
namespace {

template <typename T>
std::unique_ptr<T> StepAt(Span span) {
  auto step = std::make_unique<T>();
  step->span = span;
  return step;
}

}  // namespace

ast::ItemPtr AstBuilder::Fixture(FlowParser::FixtureDeclContext* context) {
  auto item = std::make_unique<ast::FixtureDecl>();
  item->keyword = SpanOf(context->K_FIXTURE());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  item->value = Expr(context->expr());
  return item;
}

ast::ItemPtr AstBuilder::Test(FlowParser::TestDeclContext* context) {
  auto item = std::make_unique<ast::TestDecl>();
  item->keyword = SpanOf(context->K_TEST());
  item->title = String(context->STRING());
  if (context->ident() != nullptr) item->profile = Name(context->ident());
  for (auto* step : context->testStep()) {
    if (!IsWhole(step)) continue;
    if (auto built = Step(step)) item->steps.push_back(std::move(built));
  }
  return item;
}

ast::TestStepPtr AstBuilder::Step(FlowParser::TestStepContext* context) {
  const Span span = SpanOf(*context);
  if (auto* c = dynamic_cast<FlowParser::TestLetContext*>(context)) {
    auto step = StepAt<ast::LetStep>(span);
    step->name = Name(c->ident());
    step->value = Expr(c->expr());
    return step;
  }
  if (auto* c = dynamic_cast<FlowParser::TestGivenContext*>(context)) {
    auto step = StepAt<ast::GivenStep>(span);
    step->source = Name(c->ident());
    if (c->testTime() != nullptr) step->at = TestTime(c->testTime());
    if (c->listLiteral() != nullptr) {
      step->rows = List(c->listLiteral());
    } else {
      ast::CallOnly call = CallOnly(c->callOnly());
      auto expr = NodeAt<ast::CallExpr>(call.span);
      expr->callee = std::move(call.callee);
      expr->args = std::move(call.args);
      step->rows = std::move(expr);
    }
    return step;
  }
  if (auto* c = dynamic_cast<FlowParser::TestAdvanceContext*>(context)) {
    auto step = StepAt<ast::AdvanceStep>(span);
    if (c->testTime() != nullptr) step->to = TestTime(c->testTime());
    if (c->amount() != nullptr) step->by = Amount(c->amount());
    return step;
  }
  if (dynamic_cast<FlowParser::TestRestartContext*>(context) != nullptr) {
    return StepAt<ast::RestartStep>(span);
  }
  if (auto* c = dynamic_cast<FlowParser::TestExpectThatContext*>(context)) {
    auto step = StepAt<ast::ExpectThatStep>(span);
    step->condition = Expr(c->expr());
    return step;
  }
  if (auto* c = dynamic_cast<FlowParser::TestExpectRowsContext*>(context)) return Expect(c);
  return nullptr;
}

ast::TestStepPtr AstBuilder::Expect(FlowParser::TestExpectRowsContext* context) {
  auto step = StepAt<ast::ExpectRowsStep>(SpanOf(*context));
  step->stream = Name(context->ident());
  if (context->expr() != nullptr) step->where = Expr(context->expr());
  auto* expected = context->expectation();
  if (expected->K_EMPTY() != nullptr) {
    step->expectation = ast::Expectation::kEmpty;
  } else if (expected->K_ROWS() != nullptr) {
    step->expectation = ast::Expectation::kCount;
    step->count = WholeNumber(expected->INT());
  } else {
    step->expectation = expected->K_EXACTLY() != nullptr    ? ast::Expectation::kExactly
                        : expected->K_CONTAINS() != nullptr ? ast::Expectation::kContains
                        : expected->K_IN() != nullptr       ? ast::Expectation::kInOrder
                                                            : ast::Expectation::kRows;
    step->rows = List(expected->listLiteral());
  }
  return step;
}

ast::ExprPtr AstBuilder::TestTime(FlowParser::TestTimeContext* context) {
  if (context->expr() != nullptr) {
    ast::ExprPtr node = Expr(context->expr());
    node->parenthesized = true;
    return node;
  }
  if (context->ident() != nullptr) {
    auto node = NodeAt<ast::NameExpr>(SpanOf(*context));
    node->name = Name(context->ident());
    return node;
  }
  return Literal(context->getStart());
}

}  // namespace weir::syntax
