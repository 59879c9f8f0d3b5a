#include <string>
#include <utility>

#include "compiler/format/printer.h"

namespace weir::format {

Doc Printer::Test(const ast::TestDecl& test) {
  std::vector<Doc> head{Text("test "), String(test.title)};
  if (test.profile) head.push_back(Text(" profile " + Raw(test.profile->span)));
  head.push_back(Text(" "));
  std::vector<Entry> entries;
  for (const ast::TestStepPtr& step : test.steps) {
    entries.push_back({step->span, [this, &step] { return Step(*step); }});
  }
  head.push_back(BraceBlock(std::move(entries), test.span));
  return Concat(std::move(head));
}

Doc Printer::Step(const ast::TestStep& step) {
  using ast::TestStepKind;
  switch (step.kind) {
    case TestStepKind::kLet: {
      const auto& let = step.As<ast::LetStep>();
      return Concat({Text("let " + Raw(let.name.span) + " = "), Expr(let.value)});
    }
    case TestStepKind::kGiven: {
      const auto& given = step.As<ast::GivenStep>();
      std::vector<Doc> parts{Text("given " + Raw(given.source.span) + " ")};
      if (given.at != nullptr) {
        parts.push_back(Text("at "));
        parts.push_back(Expr(given.at));
        parts.push_back(Text(" "));
      }
      parts.push_back(Expr(given.rows));
      return Concat(std::move(parts));
    }
    case TestStepKind::kAdvance: {
      const auto& advance = step.As<ast::AdvanceStep>();
      if (advance.to != nullptr) return Concat({Text("advance to "), Expr(advance.to)});
      return Concat({Text("advance by "), Expr(advance.by)});
    }
    case TestStepKind::kRestart: return Text("restart");
    case TestStepKind::kExpectThat:
      return Concat({Text("expect that "), Expr(step.As<ast::ExpectThatStep>().condition)});
    case TestStepKind::kExpectRows: return Expect(step.As<ast::ExpectRowsStep>());
  }
  return Text(Raw(step.span));
}

Doc Printer::Expect(const ast::ExpectRowsStep& step) {
  std::vector<Doc> parts{Text("expect " + Raw(step.stream.span) + " ")};
  if (step.where != nullptr) {
    parts.push_back(Text("where ("));
    parts.push_back(Expr(step.where));
    parts.push_back(Text(") "));
  }
  switch (step.expectation) {
    case ast::Expectation::kRows: break;
    case ast::Expectation::kExactly: parts.push_back(Text("exactly ")); break;
    case ast::Expectation::kContains: parts.push_back(Text("contains ")); break;
    case ast::Expectation::kInOrder: parts.push_back(Text("in order ")); break;
    case ast::Expectation::kEmpty: parts.push_back(Text("empty")); break;
    case ast::Expectation::kCount:
      parts.push_back(Text("rows " + std::to_string(step.count)));
      break;
  }
  if (step.rows != nullptr) parts.push_back(List(*step.rows));
  return Concat(std::move(parts));
}

}  // namespace weir::format
