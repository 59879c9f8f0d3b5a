// Every example of every function, through parser, type checker and evaluator.
#include <gtest/gtest.h>

#include "tests/unit/stdlib/scalar/example_runner.h"

namespace weir {
namespace {

constexpr std::string_view kErrorMark = "error: ";

/// The result that the example promises, of the type of what came out.
void ExpectResult(ExampleRunner& runner, const FunctionExample& example,
                  const ExampleRunner::Outcome& outcome) {
  SCOPED_TRACE(example.expression + " => " + example.result);
  if (example.result.starts_with(kErrorMark)) {
    EXPECT_FALSE(outcome.value.has_value()) << outcome.value->ToString();
    EXPECT_NE(outcome.error.find(example.result.substr(kErrorMark.size())), std::string::npos)
        << outcome.error;
    return;
  }
  ASSERT_TRUE(outcome.value.has_value()) << outcome.error;
  if (example.result == "null") {
    EXPECT_TRUE(outcome.value->is_null()) << outcome.value->ToString();
    return;
  }
  const ExampleRunner::Outcome wanted = runner.Evaluate(example.result, outcome.value->type());
  ASSERT_TRUE(wanted.value.has_value()) << wanted.error;
  EXPECT_EQ(outcome.value->ToString(), wanted.value->ToString());
}

template <typename Overload>
void ExpectDocumented(const std::string& name, const std::string& doc,
                      const std::vector<Overload>& overloads,
                      const std::vector<FunctionExample>& examples) {
  SCOPED_TRACE(name);
  EXPECT_GE(doc.size(), 10u);
  EXPECT_TRUE(doc.ends_with('.')) << doc;
  EXPECT_FALSE(overloads.empty());
  EXPECT_FALSE(examples.empty());
  for (const Overload& overload : overloads) {
    for (const ParamDef& param : overload.params) {
      EXPECT_FALSE(param.name.empty());
      EXPECT_FALSE(param.doc.empty()) << param.name;
    }
  }
}

TEST(Examples, EveryScalarFunctionDoesWhatItsExamplesSay) {
  ExampleRunner runner;
  for (const FunctionDef* def : runner.functions().scalars()) {
    for (const FunctionExample& example : def->examples) {
      ExpectResult(runner, example, runner.Evaluate(example.expression));
    }
  }
}

TEST(Examples, EveryAggregateDoesWhatItsExamplesSay) {
  ExampleRunner runner;
  for (const AggregateDef* def : runner.functions().aggregates()) {
    for (const FunctionExample& example : def->examples) {
      ExpectResult(runner, example, runner.Aggregate(example.expression));
    }
  }
}

TEST(Examples, AreReallyEvaluated) {
  ExampleRunner runner;
  EXPECT_EQ(runner.Evaluate("abs(-3)").value->ToString(), "3");
  EXPECT_EQ(runner.Aggregate("sum([1, 2])").value->ToString(), "3");
  EXPECT_FALSE(runner.Evaluate("abs(\"x\")").value.has_value());
  EXPECT_NE(runner.Evaluate("to_int8(300)").error.find("300 is not of type int8"),
            std::string::npos);
  EXPECT_FALSE(runner.Aggregate("percentile([1], 2.0)").error.empty());
}

TEST(Examples, EveryFunctionHasDocumentationAndExamples) {
  const ExampleRunner runner;
  for (const FunctionDef* def : runner.functions().scalars()) {
    ExpectDocumented(def->name, def->doc, def->overloads, def->examples);
    EXPECT_FALSE(def->category.empty()) << def->name;
    for (const ScalarOverload& overload : def->overloads) EXPECT_NE(overload.kernel, nullptr);
  }
  for (const AggregateDef* def : runner.functions().aggregates()) {
    ExpectDocumented(def->name, def->doc, def->overloads, def->examples);
    for (const AggregateOverload& overload : def->overloads) EXPECT_NE(overload.kernel, nullptr);
  }
}

}  // namespace
}  // namespace weir
