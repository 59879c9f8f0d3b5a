// Kernels over columns: selected rows, constant arguments, failing rows, edges of ranges.
#include <gtest/gtest.h>

#include "runtime/types/text.h"
#include "stdlib/api/function_registry.h"
#include "stdlib/scalar/all_functions.h"
#include "stdlib/scalar/string/case_mapping.h"
#include "stdlib/scalar/string/utf8.h"
#include "stdlib/scalar/time/time_pattern.h"

namespace weir {
namespace {

const FunctionDef& Find(std::string_view name) {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterScalarFunctions(*made);
    return made;
  }();
  return *registry->FindScalar(name);
}

ColumnPtr ColumnOf(const DataType& type, const std::vector<Value>& values) {
  MutableColumnPtr column = Column::Make(type, static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) column->SetValue(static_cast<RowIndex>(i), values[i]);
  return column;
}

/// Runs one overload over columns of the same length.
struct Call {
  Call(std::string_view name, size_t overload, const std::vector<ColumnPtr>& arguments,
       const RowSet& rows) {
    const ScalarOverload& chosen = Find(name).overloads[overload];
    std::vector<const Column*> columns;
    std::vector<DataType> types;
    std::vector<Value> values;
    for (const ColumnPtr& argument : arguments) {
      columns.push_back(argument.get());
      types.push_back(argument->type());
      values.push_back(argument->ValueAt(0));
    }
    std::vector<const Value*> constants;
    for (const Value& value : values) constants.push_back(&value);
    std::shared_ptr<const void> bound;
    if (chosen.bind != nullptr) bound = *chosen.bind(constants);
    out = Column::Make(chosen.result(types, constants), arguments[0]->length());
    KernelContext context(errors, 0, bound.get());
    chosen.kernel(context, columns, rows, *out);
  }

  MutableColumnPtr out;
  RowErrors errors;
};

TEST(Kernels, TouchOnlySelectedRows) {
  const ColumnPtr texts =
      ColumnOf(DataType::String(), {Value::String("ab"), Value::String("cd"), Value::String("ef")});
  const RowIndices rows = {0, 2};
  const Call call("upper", 0, {texts}, RowSet::Of(rows));
  EXPECT_EQ(call.out->ValueAt(0).as_string(), "AB");
  EXPECT_EQ(call.out->ValueAt(1).as_string(), "");
  EXPECT_EQ(call.out->ValueAt(2).as_string(), "EF");
}

TEST(Kernels, ReadConstantArguments) {
  const ColumnPtr texts = ColumnOf(DataType::String(), {Value::String("abc"), Value::String("de")});
  const ColumnPtr length = Column::Constant(Value::Int64(1), 2);
  const Call call("truncate", 0, {texts, length}, RowSet::All(2));
  EXPECT_EQ(call.out->ValueAt(0).as_string(), "a");
  EXPECT_EQ(call.out->ValueAt(1).as_string(), "d");
}

TEST(Kernels, FailingRowsDoNotStopTheOthers) {
  const ColumnPtr texts =
      ColumnOf(DataType::String(), {Value::String("1"), Value::String("x"), Value::String("3")});
  const FunctionDef& def = Find("to_int64");
  const Call call("to_int64", def.overloads.size() - 1, {texts}, RowSet::All(3));
  ASSERT_EQ(call.errors.errors().size(), 1u);
  EXPECT_EQ(call.errors.errors()[0].row, 1u);
  EXPECT_EQ(call.out->ValueAt(2).as_int64(), 3);
}

TEST(Kernels, AbsOfTheLeastIntegerFails) {
  const Call call("abs", 0, {ColumnOf(DataType::Int64(), {Value::Int64(INT64_MIN)})},
                  RowSet::All(1));
  EXPECT_FALSE(call.errors.empty());
}

TEST(Kernels, IntegersAtTheEdgesOfTheirTypes) {
  const ColumnPtr values = ColumnOf(DataType::Int64(), {Value::Int64(127), Value::Int64(128),
                                                        Value::Int64(-128), Value::Int64(-129)});
  const Call call("to_int8", 0, {values}, RowSet::All(4));
  EXPECT_EQ(call.errors.Rows(), (RowIndices{1, 3}));
}

TEST(Kernels, RoundWideDecimals) {
  const DataType wide = DataType::Decimal(38, 10);
  const ColumnPtr values = ColumnOf(wide, {Value(wide, Int128{12'345'678'901'234'567})});
  const ColumnPtr digits = Column::Constant(Value::Int64(2), 1);
  const Call call("round", 0, {values, digits}, RowSet::All(1));
  EXPECT_EQ(call.out->ValueAt(0).ToString(), "1234567.89");
}

TEST(Kernels, SplitSharesTheTextAndSortsLists) {
  MutableColumnPtr texts = Column::Make(DataType::String(), 2);
  texts->SetValue(0, Value::String("b,a"));
  texts->SetValue(1, Value::String(""));
  const ColumnPtr separator = Column::Constant(Value::String(","), 2);
  const Call split("split", 0, {texts, separator}, RowSet::All(2));
  EXPECT_EQ(split.out->ValueAt(0).ToJson(), "[\"b\",\"a\"]");
  EXPECT_EQ(split.out->ValueAt(1).ToJson(), "[\"\"]");
  const Call sorted("sort", 0, {split.out}, RowSet::All(2));
  EXPECT_EQ(sorted.out->ValueAt(0).ToJson(), "[\"a\",\"b\"]");
}

TEST(Utf8, CaseMapping) {
  for (const auto& [small, capital] : std::vector<std::pair<char32_t, char32_t>>{{U'a', U'A'},
                                                                                 {U'é', U'É'},
                                                                                 {U'ÿ', U'Ÿ'},
                                                                                 {U'ß', U'ß'},
                                                                                 {U'ω', U'Ω'},
                                                                                 {U'ά', U'Ά'},
                                                                                 {U'ж', U'Ж'},
                                                                                 {U'ё', U'Ё'},
                                                                                 {U'ř', U'Ř'},
                                                                                 {U'ž', U'Ž'},
                                                                                 {U'ế', U'Ế'},
                                                                                 {U'÷', U'÷'},
                                                                                 {U'×', U'×'},
                                                                                 {U'1', U'1'}}) {
    EXPECT_EQ(UpperOf(small), capital) << static_cast<uint32_t>(small);
    EXPECT_EQ(LowerOf(capital), small) << static_cast<uint32_t>(capital);
  }
  EXPECT_EQ(UpperOf(U'ς'), U'Σ');
}

TEST(Utf8, CodePoints) {
  const std::string_view text = "aé€😀";
  EXPECT_EQ(CountCodePoints(text), 4);
  EXPECT_EQ(OffsetOfCodePoint(text, 2), 3u);
  EXPECT_EQ(OffsetOfCodePoint(text, 9), text.size());
  std::string copy;
  for (size_t i = 0; i < text.size();) AppendCodePoint(NextCodePoint(text, i), copy);
  EXPECT_EQ(copy, text);
}

TEST(TimePattern, ReadsWhatItWrites) {
  const TimePattern pattern = *TimePattern::Parse("%a %d %b %Y %H:%M:%S.%f %j %z %%");
  for (int64_t micros : {int64_t{0}, int64_t{-1}, int64_t{1'780'000'000'123'456},
                         *ParseTimestamp("2024-02-29T23:59:59.999999Z")}) {
    std::string text;
    pattern.Append(micros, text);
    EXPECT_EQ(pattern.Read(text), micros) << text;
  }
}

TEST(TimePattern, RefusesTimesThatDoNotExist) {
  const TimePattern pattern = *TimePattern::Parse("%Y-%m-%d %H");
  for (std::string_view bad : {"2025-02-29 00", "2025-13-01 00", "2025-01-01 24", "2025-1-01 00",
                               "2025-01-01 00 ", "2025-01-00 00", ""}) {
    EXPECT_EQ(pattern.Read(bad), std::nullopt) << bad;
  }
  EXPECT_FALSE(TimePattern::Parse("%Q").ok());
  EXPECT_FALSE(TimePattern::Parse("100%").ok());
}

}  // namespace
}  // namespace weir
