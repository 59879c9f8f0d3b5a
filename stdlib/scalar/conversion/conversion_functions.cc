#include "stdlib/scalar/conversion/conversion_functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "runtime/vector/column_text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/conversion/to_integer.h"

namespace weir {
namespace {

void ToString(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
              Column& out) {
  std::string text;
  auto* values = out.mutable_data<std::string_view>();
  rows.ForEach([&](RowIndex row) {
    text.clear();
    AppendColumnText(*arguments[0], row, text);
    values[row] = out.arena().Copy(text);
  });
}

double IntegerToFloat(int64_t value) { return static_cast<double>(value); }
double UnsignedToFloat(uint64_t value) { return static_cast<double>(value); }
double FloatToFloat(double value) { return value; }

/// Through the exact digits: correctly rounded, as reading the same digits would be.
double DecimalToFloat(KernelRow& row, DecimalArg value) {
  row.text.clear();
  AppendDecimal(value.unscaled, value.scale, row.text);
  return ParseFloat64(row.text).value_or(0.0);
}

double TextToFloat(KernelRow& row, std::string_view text) {
  const std::optional<double> value = ParseFloat64(text);
  if (!value) {
    row.Fail(RowErrorCode::kCast, fmt::format("\"{}\" is not a float64", text.substr(0, 100)));
  }
  return value.value_or(0.0);
}

bool TextToBool(KernelRow& row, std::string_view text) {
  if (text != "true" && text != "false") {
    row.Fail(RowErrorCode::kCast, fmt::format("\"{}\" is not true or false", text.substr(0, 100)));
  }
  return text == "true";
}

bool IntegerToBool(KernelRow& row, int64_t value) {
  if (value != 0 && value != 1) {
    row.Fail(RowErrorCode::kCast, fmt::format("{} is not 0 or 1", value));
  }
  return value == 1;
}

DataType DecimalResult(std::span<const DataType>, std::span<const Value* const> constants) {
  const auto number = [&](size_t index, int fallback) {
    const bool known = constants[index] != nullptr && !constants[index]->is_null();
    return known ? constants[index]->as_int64() : int64_t{fallback};
  };
  const int64_t precision = std::clamp<int64_t>(number(1, 38), 1, kMaxDecimalPrecision);
  const int64_t scale = std::clamp<int64_t>(number(2, 0), 0, precision);
  return DataType::Decimal(static_cast<int>(precision), static_cast<int>(scale));
}

Result<std::shared_ptr<const void>> CheckDecimal(std::span<const Value* const> constants) {
  for (size_t i : {size_t{1}, size_t{2}}) {
    if (constants[i] == nullptr || constants[i]->is_null()) {
      return InvalidArgumentError("precision and scale must be constants");
    }
  }
  const int64_t precision = constants[1]->as_int64();
  const int64_t scale = constants[2]->as_int64();
  if (precision < 1 || precision > kMaxDecimalPrecision || scale < 0 || scale > precision) {
    return InvalidArgumentError(
        "decimal({}, {}) does not exist: 1 to 38 digits, as many of them "
        "as you like behind the point",
        precision, scale);
  }
  return std::shared_ptr<const void>();
}

void FailDecimal(KernelContext& context, RowIndex row, std::string_view shown,
                 const DataType& type) {
  context.Fail(row, RowErrorCode::kCast,
               fmt::format("{} is not a {}", shown.substr(0, 100), type.ToString()));
}

void DecimalToDecimal(KernelContext& context, std::span<const Column* const> arguments,
                      const RowSet& rows, Column& out) {
  const kernel::Reader<DecimalArg> values(*arguments[0]);
  kernel::Writer<Int128> writer(out);
  KernelRow kernel_row(context);
  const DataType& type = out.type();
  rows.ForEach([&](RowIndex row) {
    const DecimalArg value = values[row];
    const std::optional<Int128> result =
        RescaleExact(value.unscaled, value.scale, type.scale(), type.precision());
    if (!result) FailDecimal(context, row, FormatDecimal(value.unscaled, value.scale), type);
    writer.Write(row, result.value_or(0), kernel_row);
  });
}

void TextToDecimal(KernelContext& context, std::span<const Column* const> arguments,
                   const RowSet& rows, Column& out) {
  const kernel::Reader<std::string_view> values(*arguments[0]);
  kernel::Writer<Int128> writer(out);
  KernelRow kernel_row(context);
  const DataType& type = out.type();
  rows.ForEach([&](RowIndex row) {
    const std::optional<Int128> result = ParseDecimal(values[row], type.precision(), type.scale());
    if (!result) FailDecimal(context, row, fmt::format("\"{}\"", values[row].substr(0, 90)), type);
    writer.Write(row, result.value_or(0), kernel_row);
  });
}

std::vector<ParamDef> DecimalParams(TypePattern value) {
  return {Param("value", std::move(value), "a number, or its text"),
          ConstantParam(Param("precision", DataType::Int64(), "digits in total, 1 to 38")),
          ConstantParam(Param("scale", DataType::Int64(), "digits behind the point"))};
}

std::vector<ParamDef> One(TypePattern type, std::string doc) {
  return {Param("value", std::move(type), std::move(doc))};
}
TypePattern Exact(DataType type) { return TypePattern::Exact(std::move(type)); }

FunctionDef ToFloatFunction() {
  const DataType type = DataType::Float64();
  return FunctionBuilder("to_float", "conversion",
                         "The number as float64, the nearest one where digits don't fit; a text "
                         "that is no number fails the row.")
      .Fallible()
      .Takes(One(Exact(DataType::Int64()), "an integer"), type, &RowKernel<IntegerToFloat>)
      .Infallible()
      .Takes(One(Exact(DataType::Of(TypeKind::kUInt64)), "an integer"), type,
             &RowKernel<UnsignedToFloat>)
      .Infallible()
      .Takes(One(TypePattern::Any(TypePattern::Class::kDecimal), "a decimal"), type,
             &RowKernel<DecimalToFloat>)
      .Infallible()
      .Takes(One(Exact(DataType::Float64()), "a float"), type, &RowKernel<FloatToFloat>)
      .Infallible()
      .Takes(One(Exact(DataType::String()), "the text of a number"), type, &RowKernel<TextToFloat>)
      .Example("to_float(3)", "3e0")
      .Example("to_float(2.50)", "2.5e0")
      .Example("to_float(\"1e3\")", "1e3")
      .Example("to_float(\"12,5\")", "error: is not a float64");
}

}  // namespace

const std::vector<FunctionDef>& ConversionFunctions() {
  static const std::vector<FunctionDef> functions = [] {
    std::vector<FunctionDef> list = ToIntegerFunctions();
    list.push_back(ToFloatFunction());
    list.push_back(
        FunctionBuilder("to_string", "conversion",
                        "The text of any value, the same that sinks write; lists, maps and structs "
                        "as JSON.")
            .Takes(One(TypePattern::Any(), "any value"), DataType::String(), &ToString)
            .Example("to_string(12.50)", "\"12.50\"")
            .Example("to_string(@2026-01-01T10:00:00Z)", "\"2026-01-01T10:00:00.000000Z\"")
            .Example("to_string([1, 2])", "\"[1,2]\""));
    list.push_back(FunctionBuilder("to_bool", "conversion",
                                   "true or false from its text or from 1 and 0; anything else "
                                   "fails the row.")
                       .Fallible()
                       .Takes(One(Exact(DataType::String()), "`true` or `false`"), DataType::Bool(),
                              &RowKernel<TextToBool>)
                       .Takes(One(Exact(DataType::Int64()), "1 or 0"), DataType::Bool(),
                              &RowKernel<IntegerToBool>)
                       .Example("to_bool(\"true\")", "true")
                       .Example("to_bool(0)", "false")
                       .Example("to_bool(\"yes\")", "error: is not true or false"));
    list.push_back(
        FunctionBuilder("to_decimal", "conversion",
                        "The number as decimal(precision, scale). Nothing is rounded: surplus "
                        "digits fail the row; use round() before.")
            .Fallible()
            .Takes(DecimalParams(TypePattern::Any(TypePattern::Class::kDecimal)), DecimalResult,
                   &DecimalToDecimal, &CheckDecimal)
            .Takes(DecimalParams(Exact(DataType::String())), DecimalResult, &TextToDecimal,
                   &CheckDecimal)
            .Example("to_decimal(\"12.5\", 10, 2)", "12.50")
            .Example("to_decimal(7, 10, 2)", "7.00")
            .Example("to_decimal(1.234, 10, 2)", "error: 1.234 is not a decimal(10, 2)"));
    return list;
  }();
  return functions;
}

}  // namespace weir
