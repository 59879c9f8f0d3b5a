// Conversions to the integer types: one kernel, which reads the target from the result column.
#include "stdlib/scalar/conversion/to_integer.h"

#include <fmt/format.h>

#include <cmath>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"

namespace weir {
namespace {

/// Stores integers into a column of any integer type, refusing those beyond its range.
class IntegerOut {
 public:
  IntegerOut(KernelContext& context, Column& out) : context_(context), out_(out) {
    const int bits = out.type().integer_bits();
    const bool is_signed = out.type().is_signed_integer();
    low_ = is_signed ? -(Int128{1} << (bits - 1)) : 0;
    high_ = (Int128{1} << (is_signed ? bits - 1 : bits)) - 1;
  }

  bool Fits(Int128 value) const { return value >= low_ && value <= high_; }

  void Put(RowIndex row, Int128 value, std::string_view shown) {
    if (!Fits(value)) {
      Fail(row, shown);
    } else if (out_.type().is(TypeKind::kUInt64)) {
      out_.mutable_data<uint64_t>()[row] = static_cast<uint64_t>(value);
    } else {
      out_.mutable_data<int64_t>()[row] = static_cast<int64_t>(value);
    }
  }

  void Fail(RowIndex row, std::string_view shown) {
    context_.Fail(
        row, RowErrorCode::kCast,
        fmt::format("{} is not of type {}", shown.substr(0, 100), out_.type().ToString()));
  }

 private:
  KernelContext& context_;
  Column& out_;
  Int128 low_;
  Int128 high_;
};

template <typename T>
void FromInteger(KernelContext& context, std::span<const Column* const> arguments,
                 const RowSet& rows, Column& out) {
  const kernel::Reader<T> values(*arguments[0]);
  IntegerOut target(context, out);
  rows.ForEach([&](RowIndex row) {
    const Int128 value = values[row];
    target.Put(row, value, target.Fits(value) ? "" : FormatDecimal(value, 0));
  });
}

void FromDecimal(KernelContext& context, std::span<const Column* const> arguments,
                 const RowSet& rows, Column& out) {
  const kernel::Reader<DecimalArg> values(*arguments[0]);
  IntegerOut target(context, out);
  rows.ForEach([&](RowIndex row) {
    const DecimalArg value = values[row];
    const Int128 unit = PowerOfTen(value.scale);
    if (value.unscaled % unit != 0 || !target.Fits(value.unscaled / unit)) {
      target.Fail(row, FormatDecimal(value.unscaled, value.scale));
    } else {
      target.Put(row, value.unscaled / unit, "");
    }
  });
}

void FromFloat(KernelContext& context, std::span<const Column* const> arguments, const RowSet& rows,
               Column& out) {
  const kernel::Reader<double> values(*arguments[0]);
  IntegerOut target(context, out);
  rows.ForEach([&](RowIndex row) {
    const double value = values[row];
    if (std::isfinite(value) && std::trunc(value) == value && std::abs(value) < 0x1p100) {
      const auto whole = static_cast<Int128>(value);
      target.Put(row, whole, target.Fits(whole) ? "" : fmt::format("{}", value));
    } else {
      target.Fail(row, fmt::format("{}", value));
    }
  });
}

void FromText(KernelContext& context, std::span<const Column* const> arguments, const RowSet& rows,
              Column& out) {
  const kernel::Reader<std::string_view> values(*arguments[0]);
  IntegerOut target(context, out);
  rows.ForEach([&](RowIndex row) {
    const std::string_view text = values[row];
    Int128 value = 0;
    if (std::optional<int64_t> number = ParseInt64(text)) {
      value = *number;
    } else if (std::optional<uint64_t> large = ParseUInt64(text)) {
      value = *large;
    } else {
      target.Fail(row, fmt::format("\"{}\"", text.substr(0, 90)));
      return;
    }
    target.Put(row, value, text);
  });
}

FunctionDef ToInteger(TypeKind kind) {
  const DataType type = DataType::Of(kind);
  const std::string name = "to_" + type.ToString();
  const auto param = [](TypePattern pattern) {
    return std::vector<ParamDef>{Param("value", std::move(pattern), "a whole number in the range")};
  };
  FunctionBuilder builder(name, "conversion",
                          fmt::format("The value as {}. Nothing is rounded: a value outside the "
                                      "range or with a fraction fails the row.",
                                      type.ToString()));
  builder.Fallible();
  builder.Takes(param(TypePattern::Exact(DataType::Int64())), type, &FromInteger<int64_t>);
  if (kind == TypeKind::kInt64) builder.Infallible();
  builder
      .Takes(param(TypePattern::Exact(DataType::Of(TypeKind::kUInt64))), type,
             &FromInteger<uint64_t>)
      .Takes(param(TypePattern::Any(TypePattern::Class::kDecimal)), type, &FromDecimal)
      .Takes(param(TypePattern::Any(TypePattern::Class::kFloat)), type, &FromFloat)
      .Takes(param(TypePattern::Exact(DataType::Bool())), type, &FromInteger<bool>)
      .Infallible()
      .Takes(param(TypePattern::Exact(DataType::String())), type, &FromText)
      .Example(name + "(7)", "7")
      .Example(name + "(\"12\")", "12")
      .Example(name + "(3e0)", "3")
      .Example(name + "(2.50)", "error: 2.50 is not of type " + type.ToString())
      .Example(name + "(\"x\")", "error: is not of type")
      .Example("try " + name + "(\"99999999999999999999\")", "null");
  return builder;
}

}  // namespace

std::vector<FunctionDef> ToIntegerFunctions() {
  std::vector<FunctionDef> functions;
  for (TypeKind kind :
       {TypeKind::kInt8, TypeKind::kInt16, TypeKind::kInt32, TypeKind::kInt64, TypeKind::kUInt8,
        TypeKind::kUInt16, TypeKind::kUInt32, TypeKind::kUInt64}) {
    functions.push_back(ToInteger(kind));
  }
  return functions;
}

}  // namespace weir
