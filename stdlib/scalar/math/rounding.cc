// Functions that keep the kind of number they are given.
#include <algorithm>
#include <cmath>

#include "runtime/types/decimal.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/math/math_functions.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

int64_t AbsInteger(KernelRow& row, int64_t value) {
  if (value == INT64_MIN) {
    row.Fail(RowErrorCode::kOverflow, "the absolute value of the least int64 is not an int64");
    return 0;
  }
  return value < 0 ? -value : value;
}
int64_t AbsDuration(KernelRow& row, int64_t value) { return AbsInteger(row, value); }
Int128 AbsDecimal(DecimalArg value) {
  return value.unscaled < 0 ? -value.unscaled : value.unscaled;
}
double AbsFloat(double value) { return std::abs(value); }

template <typename T>
int64_t SignOf(T value) {
  return value > T{0} ? 1 : value < T{0} ? -1 : 0;
}
int64_t SignInteger(int64_t value) { return SignOf(value); }
int64_t SignDecimal(DecimalArg value) { return SignOf(value.unscaled); }
int64_t SignFloat(double value) { return SignOf(value); }

int64_t SameInteger(int64_t value) { return value; }
uint64_t SameUnsigned(uint64_t value) { return value; }

Int128 TruncDecimal(DecimalArg value) { return value.unscaled / PowerOfTen(value.scale); }
Int128 FloorDecimal(DecimalArg value) {
  const Int128 unit = PowerOfTen(value.scale);
  return value.unscaled / unit - (value.unscaled % unit < 0 ? 1 : 0);
}
Int128 CeilDecimal(DecimalArg value) {
  const Int128 unit = PowerOfTen(value.scale);
  return value.unscaled / unit + (value.unscaled % unit > 0 ? 1 : 0);
}
double TruncFloat(double value) { return std::trunc(value); }
double FloorFloat(double value) { return std::floor(value); }
double CeilFloat(double value) { return std::ceil(value); }

double RoundFloat(double value, int64_t digits) {
  if (digits > 300 || digits < -300) return digits > 0 ? value : 0.0;
  const double unit = std::pow(10.0, static_cast<double>(std::abs(digits)));
  const double rounded =
      digits >= 0 ? std::round(value * unit) / unit : std::round(value / unit) * unit;
  return std::isfinite(rounded) ? rounded : value;
}

void RoundDecimal(KernelContext& context, std::span<const Column* const> arguments,
                  const RowSet& rows, Column& out) {
  const kernel::Reader<DecimalArg> values(*arguments[0]);
  kernel::Writer<Int128> writer(out);
  KernelRow kernel_row(context);
  const DataType& type = out.type();
  rows.ForEach([&](RowIndex row) {
    const DecimalArg value = values[row];
    const std::optional<Int128> rounded =
        RescaleRounded(value.unscaled, value.scale, type.scale(), type.precision());
    if (!rounded) {
      context.Fail(row, RowErrorCode::kOverflow, "the rounded number has more than 38 digits");
    }
    writer.Write(row, rounded.value_or(0), kernel_row);
  });
}

/// One digit more before the point: 9.9 rounds to 10.
DataType RoundedType(std::span<const DataType> arguments, std::span<const Value* const> constants) {
  const DataType& type = arguments[0];
  int64_t digits = 0;
  if (constants.size() > 1 && constants[1] != nullptr && !constants[1]->is_null()) {
    digits = constants[1]->as_int64();
  }
  if (digits >= type.scale()) return type;
  const int scale = static_cast<int>(std::max<int64_t>(digits, 0));
  return DataType::Decimal(
      std::min(type.precision() - type.scale() + scale + 1, kMaxDecimalPrecision), scale);
}

Result<std::shared_ptr<const void>> CheckDigits(std::span<const Value* const> constants) {
  if (constants[1] != nullptr && !constants[1]->is_null() && constants[1]->as_int64() >= 0) {
    return std::shared_ptr<const void>();
  }
  return InvalidArgumentError("a decimal is rounded to 0 or more digits behind the point");
}

std::vector<ParamDef> Number(Class cls) {
  return {Param("number", TypePattern::Any(cls), "the number")};
}
std::vector<ParamDef> Number(DataType type) { return {Param("number", type, "the number")}; }

std::vector<ParamDef> Digits(Class cls, bool constant) {
  std::vector<ParamDef> params = Number(cls);
  ParamDef digits = WithDefault(
      Param("digits", DataType::Int64(), "digits to keep behind the point"), Value::Int64(0));
  params.push_back(constant ? ConstantParam(std::move(digits)) : std::move(digits));
  return params;
}

/// floor, ceil and trunc.
FunctionDef ToWhole(const char* name, const char* doc, ScalarKernel of_decimal,
                    ScalarKernel of_float, const char* positive, const char* negative) {
  const std::string call = name;
  const std::string whole_float = std::string(negative) + "e0";
  return FunctionBuilder(name, "math", doc)
      .Takes(Number(DataType::Int64()), DataType::Int64(), &RowKernel<SameInteger>)
      .Takes(Number(DataType::Of(TypeKind::kUInt64)), DataType::Of(TypeKind::kUInt64),
             &RowKernel<SameUnsigned>)
      .Takes(Number(Class::kDecimal), RoundedType, of_decimal)
      .Takes(Number(Class::kFloat), ReturnsArgument(0), of_float)
      .Example(call + "(2.5)", positive)
      .Example(call + "(-2.5)", negative)
      .Example(call + "(-25e-1)", whole_float);
}

}  // namespace

std::vector<FunctionDef> RoundingFunctions() {
  std::vector<FunctionDef> list;
  list.push_back(
      FunctionBuilder("abs", "math", "The number or duration without its sign.")
          .Fallible()
          .Takes(Number(DataType::Int64()), DataType::Int64(), &RowKernel<AbsInteger>)
          .Takes(Number(Class::kDecimal), ReturnsArgument(0), &RowKernel<AbsDecimal>)
          .Infallible()
          .Takes(Number(Class::kFloat), ReturnsArgument(0), &RowKernel<AbsFloat>)
          .Infallible()
          .Takes(Number(DataType::Duration()), DataType::Duration(), &RowKernel<AbsDuration>)
          .Example("abs(-3)", "3")
          .Example("abs(-2.50)", "2.50")
          .Example("abs(-5m)", "5m")
          .Example("abs(-9223372036854775807 - 1)", "error: least int64"));
  list.push_back(
      FunctionBuilder("sign", "math", "-1, 0 or 1, as the number is below, at or above 0.")
          .Takes(Number(DataType::Int64()), DataType::Int64(), &RowKernel<SignInteger>)
          .Takes(Number(Class::kDecimal), DataType::Int64(), &RowKernel<SignDecimal>)
          .Takes(Number(Class::kFloat), DataType::Int64(), &RowKernel<SignFloat>)
          .Example("sign(-2.5)", "-1")
          .Example("sign(0)", "0"));
  list.push_back(ToWhole("floor", "The greatest whole number that is not above the number.",
                         &RowKernel<FloorDecimal>, &RowKernel<FloorFloat>, "2", "-3"));
  list.push_back(ToWhole("ceil", "The least whole number that is not below the number.",
                         &RowKernel<CeilDecimal>, &RowKernel<CeilFloat>, "3", "-2"));
  list.push_back(ToWhole("trunc", "The number without its fraction.", &RowKernel<TruncDecimal>,
                         &RowKernel<TruncFloat>, "2", "-2"));
  list.push_back(
      FunctionBuilder("round", "math",
                      "The number rounded to some digits behind the point; halves go away from "
                      "zero.")
          .Fallible()
          .Takes(Digits(Class::kDecimal, true), RoundedType, &RoundDecimal, &CheckDigits)
          .Takes(Digits(Class::kFloat, false), ReturnsArgument(0), &RowKernel<RoundFloat>)
          .Infallible()
          .Example("round(2.567, 2)", "2.57")
          .Example("round(-2.5)", "-3")
          .Example("round(1234567e-3, 1)", "12346e-1"));
  return list;
}

}  // namespace weir
