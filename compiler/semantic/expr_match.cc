// match: tests of the arms, exhaustiveness, unreachable arms.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

using plan::ExprKind;
using plan::ExprPtr;

namespace {

/// What the arms so far have taken.
struct Coverage {
  std::vector<Value> values;
  bool null = false;
  bool rest = false;  ///< else

  bool Has(const Value& value) const {
    return std::find(values.begin(), values.end(), value) != values.end();
  }
};

ExprPtr NullTest(const ExprPtr& subject, bool negated, Span span) {
  auto test = std::make_shared<plan::Expr>();
  test->kind = ExprKind::kIsNull;
  test->type = DataType::Bool();
  test->span = span;
  test->negated = negated;
  test->children = {subject};
  return test;
}

/// Values of the type that no arm takes; empty when all are taken. Types with too many values to
/// list give "every other value".
std::vector<std::string> Missing(const DataType& type, const Coverage& covered) {
  std::vector<std::string> missing;
  if (covered.rest) return missing;
  if (type.is(TypeKind::kEnum)) {
    const auto& values = type.enum_values();
    for (size_t code = 0; code < values.size(); ++code) {
      Value value(type.AsRequired(), static_cast<uint16_t>(code));
      if (!covered.Has(value)) missing.push_back(fmt::format("\"{}\"", values[code]));
    }
  } else if (type.is(TypeKind::kBool)) {
    for (bool value : {true, false}) {
      if (!covered.Has(Value::Bool(value))) missing.push_back(value ? "true" : "false");
    }
  } else {
    missing.push_back("every other value");
  }
  if (type.optional() && !covered.null) missing.push_back("null");
  return missing;
}

}  // namespace

ExprPtr ExprTyper::PatternTest(const ExprPtr& subject, const ast::Pattern& pattern) {
  const Scope none;
  const DataType type = subject->type.AsRequired();
  ExprPtr value = Type(*pattern.value, none, &type);
  if (IsError(value)) return value;
  if (value->type.is(TypeKind::kNull)) {
    if (!subject->type.optional()) {
      diagnostics_.Report(Code::kF0209, pattern.span)
          .Here(fmt::format("the value is {}, never null", subject->type.ToString()));
      return ErrorExpr(pattern.span);
    }
    return NullTest(subject, false, pattern.span);
  }
  value = Convert(std::move(value), type, pattern.value->span);
  if (pattern.high == nullptr) {
    if (IsError(value)) return value;
    return plan::MakeCompare(plan::CompareOp::kEqual, subject, std::move(value), pattern.span);
  }
  ExprPtr high = Convert(Type(*pattern.high, none, &type), type, pattern.high->span);
  if (IsError(value) || IsError(high)) return ErrorExpr(pattern.span);
  auto range = std::make_shared<plan::Expr>();
  range->kind = ExprKind::kInRange;
  range->type = DataType::Bool();
  range->span = pattern.span;
  range->children = {AsRequired(subject), std::move(value), std::move(high)};
  if (!subject->type.optional()) return range;
  return plan::MakeBinary(ExprKind::kAnd, DataType::Bool(), NullTest(subject, true, pattern.span),
                          std::move(range), pattern.span);
}

MatchTests ExprTyper::Match(const ExprPtr& subject,
                            std::span<const std::vector<ast::Pattern>* const> arms, Span whole) {
  MatchTests result;
  if (IsError(subject)) {
    result.tests.assign(arms.size(), ErrorExpr(whole));
    return result;
  }
  Coverage covered;
  bool poisoned = false;
  for (const std::vector<ast::Pattern>* patterns : arms) {
    ExprPtr test;
    bool always = false;
    for (const ast::Pattern& pattern : *patterns) {
      if (covered.rest) {
        diagnostics_.Report(Code::kF0209, pattern.span).Here("stands after `else`");
        continue;
      }
      if (pattern.is_else) {
        covered.rest = always = true;
        continue;
      }
      ExprPtr one = PatternTest(subject, pattern);
      poisoned |= IsError(one);
      if (IsError(one)) continue;
      if (one->kind == ExprKind::kIsNull) covered.null = true;
      if (one->kind == ExprKind::kCompare) {
        const Value& value = one->children[1]->value;
        if (covered.Has(value)) {
          diagnostics_.Report(Code::kF0209, pattern.span)
              .Here(fmt::format("{} has an arm above", value.ToString()));
        }
        covered.values.push_back(value);
      }
      test = test == nullptr
                 ? one
                 : plan::MakeBinary(ExprKind::kOr, DataType::Bool(), test, one, pattern.span);
    }
    result.tests.push_back(always ? nullptr : test == nullptr ? ErrorExpr(whole) : test);
  }
  std::vector<std::string> missing = Missing(subject->type, covered);
  result.exhaustive = missing.empty();
  if (poisoned) {
    result.exhaustive = false;
  } else if (!missing.empty()) {
    diagnostics_.Report(Code::kF0208, whole)
        .Arg(fmt::format("{}", fmt::join(missing, ", ")))
        .Help("add the missing arms, or `else -> …` for all the rest");
  } else if (!covered.rest && !result.tests.empty()) {
    result.tests.back() = nullptr;
  }
  return result;
}

ExprPtr ExprTyper::TypeMatch(const ast::MatchExpr& match, const Scope& scope,
                             const DataType* hint) {
  ExprPtr subject = Type(*match.subject, scope);
  auto stand_in = std::make_shared<plan::Expr>();
  stand_in->kind = ExprKind::kSubject;
  stand_in->type = subject->type;
  stand_in->span = match.subject->span;
  std::vector<const std::vector<ast::Pattern>*> patterns;
  for (const ast::MatchExprArm& arm : match.arms) patterns.push_back(&arm.patterns);
  MatchTests tests = Match(stand_in, patterns, match.subject->span);

  std::vector<ExprPtr> results;
  bool null_taken = false;
  for (const ast::MatchExprArm& arm : match.arms) {
    bool names_null = false, has_else = false;
    for (const ast::Pattern& pattern : arm.patterns) {
      has_else |= pattern.is_else;
      names_null |= pattern.value != nullptr && pattern.value->kind == ast::ExprKind::kNull;
    }
    Scope inner(&scope);
    Narrowing facts;
    if (subject->type.optional() && !names_null && (!has_else || null_taken)) facts.Add(subject);
    inner.Learn(facts);
    results.push_back(Type(*arm.value, inner, hint));
    null_taken |= names_null;
  }
  if (!UnifyBranches(results, hint) || !tests.exhaustive) return ErrorExpr(match.span);

  auto made = std::make_shared<plan::Expr>();
  made->kind = ExprKind::kCase;
  made->span = match.span;
  made->type = results.front()->type;
  made->children.push_back(std::move(subject));
  for (size_t i = 0; i < results.size(); ++i) {
    if (tests.tests[i] != nullptr) made->children.push_back(tests.tests[i]);
    made->children.push_back(results[i]);
    if (tests.tests[i] == nullptr) break;
  }
  return made;
}

}  // namespace weir::semantic
