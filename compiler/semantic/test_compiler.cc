#include "compiler/semantic/test_compiler.h"

#include <algorithm>

#include "compiler/semantic/flow_inputs.h"
#include "compiler/semantic/test_metrics.h"
#include "compiler/semantic/test_rows.h"

namespace weir::semantic {
namespace {

plan::TestStep::Expectation ToPlan(ast::Expectation expectation) {
  switch (expectation) {
    case ast::Expectation::kRows: return plan::TestStep::Expectation::kRows;
    case ast::Expectation::kExactly: return plan::TestStep::Expectation::kExactly;
    case ast::Expectation::kContains: return plan::TestStep::Expectation::kContains;
    case ast::Expectation::kInOrder: return plan::TestStep::Expectation::kInOrder;
    case ast::Expectation::kEmpty: return plan::TestStep::Expectation::kEmpty;
    case ast::Expectation::kCount: return plan::TestStep::Expectation::kCount;
  }
  return plan::TestStep::Expectation::kRows;
}

class TestCompiler {
 public:
  TestCompiler(FlowContext& shared, const Scope& fixtures)
      : shared_(shared), catalog_(shared.catalog), scope_(&fixtures), rows_(shared, scope_) {}

  plan::TestCase Run(const ast::TestDecl& decl) {
    plan::TestCase test;
    test.title = decl.title.text;
    test.span = decl.span;
    if (decl.profile) {
      test.profile = decl.profile->text;
      std::vector<std::string> known = catalog_.ProfileNames();
      if (std::find(known.begin(), known.end(), test.profile) == known.end()) {
        shared_.diagnostics.Report(Code::kF0157, decl.profile->span)
            .Message("there is no profile `{}`", test.profile)
            .Help("a test runs under the default profile unless it names one of the file");
      }
    }
    for (const ast::TestStepPtr& step : decl.steps) AddStep(*step, test);
    return test;
  }

 private:
  void AddStep(const ast::TestStep& step, plan::TestCase& test) {
    if (step.kind == ast::TestStepKind::kLet) {
      const auto& let = step.As<ast::LetStep>();
      scope_.AddBinding(let.name.text, shared_.binder.Bind(*let.value, scope_), let.name.span);
      return;
    }
    plan::TestStep out;
    out.span = step.span;
    switch (step.kind) {
      case ast::TestStepKind::kGiven: Given(step.As<ast::GivenStep>(), out); break;
      case ast::TestStepKind::kAdvance: Advance(step.As<ast::AdvanceStep>(), out); break;
      case ast::TestStepKind::kRestart: out.kind = plan::TestStep::Kind::kRestart; break;
      case ast::TestStepKind::kExpectThat: {
        out.kind = plan::TestStep::Kind::kExpectThat;
        CompileMetrics(*step.As<ast::ExpectThatStep>().condition, shared_, out);
        break;
      }
      case ast::TestStepKind::kExpectRows: Expect(step.As<ast::ExpectRowsStep>(), out); break;
      case ast::TestStepKind::kLet: break;
    }
    test.steps.push_back(std::move(out));
  }

  std::optional<int64_t> Time(const ast::Expr& expr, const DataType& type, std::string_view what) {
    plan::ExprPtr bound = shared_.binder.Bind(expr, scope_, type);
    if (IsError(bound)) return std::nullopt;
    std::optional<Value> value = shared_.binder.Evaluate(bound, what);
    return value && !value->is_null() ? std::optional<int64_t>(value->as_int64()) : std::nullopt;
  }

  void Given(const ast::GivenStep& step, plan::TestStep& out) {
    out.kind = plan::TestStep::Kind::kGiven;
    out.name = step.source.text;
    FlowName found =
        catalog_.RequireFlow(step.source, {FlowKind::kSource, FlowKind::kTable}, "source or table");
    SchemaInfoPtr schema;
    if (found.kind == FlowKind::kSource) schema = catalog_.source_decls()[found.index].schema;
    if (found.kind == FlowKind::kTable) schema = catalog_.tables()[found.index].schema;
    out.is_table = found.kind == FlowKind::kTable;
    if (step.at != nullptr) out.at = Time(*step.at, DataType::Timestamp(), "at");
    if (schema == nullptr) return;
    const auto* list = step.rows->Try<ast::ListExpr>();
    if (list == nullptr) {
      shared_.diagnostics.Report(Code::kF0160, step.rows->span)
          .Arg(catalog_.TextOf(step.rows->span))
          .Help("write the rows here: `given " + out.name + " [{ … }]`");
      return;
    }
    plan::DecodeSpec decode;  // tables are given as JSON, whatever they are read from
    if (found.kind == FlowKind::kSource) {
      const SourceInfo& source = catalog_.source_decls()[found.index];
      decode = MakeDecode(*schema, source.format, source.connector.call);
    }
    for (const ast::ExprPtr& row : list->elements) {
      rows_.AddGiven(*row, *schema, decode, out.records);
    }
  }

  void Advance(const ast::AdvanceStep& step, plan::TestStep& out) {
    if (step.to != nullptr) {
      out.kind = plan::TestStep::Kind::kAdvanceTo;
      out.at = Time(*step.to, DataType::Timestamp(), "advance to");
    } else {
      out.kind = plan::TestStep::Kind::kAdvanceBy;
      out.by = Time(*step.by, DataType::Duration(), "advance by").value_or(0);
    }
  }

  void Expect(const ast::ExpectRowsStep& step, plan::TestStep& out) {
    out.kind = plan::TestStep::Kind::kExpectRows;
    out.name = step.stream.text;
    out.expectation = ToPlan(step.expectation);
    out.count = step.count;
    FlowName found = catalog_.RequireFlow(
        step.stream, {FlowKind::kSource, FlowKind::kStream, FlowKind::kView}, "stream or view");
    auto known = shared_.streams.find(step.stream.text);
    if (found.kind == FlowKind::kNone || known == shared_.streams.end()) return;
    if (known->second.broken) return;
    const Schema& schema = *known->second.schema;
    if (step.where != nullptr) {
      Scope row = Scope::OfSchema(schema, "stream `" + out.name + "`");
      out.where = shared_.binder.BindBool(*step.where, row, "where");
    }
    if (step.rows == nullptr) return;
    const bool exactly = step.expectation == ast::Expectation::kExactly;
    for (const ast::ExprPtr& row : step.rows->elements) {
      rows_.AddExpected(*row, schema, out.name, exactly, out.rows);
    }
  }

  FlowContext& shared_;
  const Catalog& catalog_;
  Scope scope_;
  TestRows rows_;
};

}  // namespace

plan::TestProgram CompileTests(FlowContext& shared) {
  plan::TestProgram program;
  Scope fixtures;
  fixtures.set_test();
  for (const FixtureInfo& fixture : shared.catalog.fixtures()) {
    if (fixture.schema == nullptr) continue;
    plan::ExprPtr row =
        shared.binder.BindPartialRow(*fixture.decl->value, fixtures, fixture.schema->row_type);
    fixtures.AddBinding(fixture.name, std::move(row), fixture.decl->name.span);
  }
  for (const ast::TestDecl* test : shared.catalog.tests()) {
    program.tests.push_back(TestCompiler(shared, fixtures).Run(*test));
  }
  return program;
}

}  // namespace weir::semantic
