// sum and avg. Integers and decimals are summed in 128 bits, so that every order gives the same;
// a row that would take the sum out of the range of the result fails.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/types/decimal.h"
#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

/// What the result type can hold.
struct SumRange {
  Int128 low;
  Int128 high;

  static SumRange Of(const DataType& type) {
    if (type.is(TypeKind::kUInt64)) return {0, Int128{UINT64_MAX}};
    if (type.is_decimal()) {
      const Int128 limit = PowerOfTen(type.precision()) - 1;
      return {-limit, limit};
    }
    return {Int128{INT64_MIN}, Int128{INT64_MAX}};
  }
  bool Holds(Int128 value) const { return value >= low && value <= high; }
};

struct ExactSum {
  Int128 sum = 0;
  int64_t count = 0;

  void Merge(const ExactSum& other) {
    // A sum beyond the result's range may come back into it; one beyond 128 bits is gone.
    if (__builtin_add_overflow(sum, other.sum, &sum)) count = kOverflown;
    if (count != kOverflown) count = other.count == kOverflown ? kOverflown : count + other.count;
  }
  void Save(std::string& out) const { PutRaw(sum, out), PutRaw(count, out); }
  bool Load(std::string_view& in) { return TakeRaw(in, sum) && TakeRaw(in, count); }

  static constexpr int64_t kOverflown = -1;
};

/// Order matters in the last digits: floats are added as they come.
struct FloatSum {
  double sum = 0;
  int64_t count = 0;

  void Merge(const FloatSum& other) { sum += other.sum, count += other.count; }
  void Save(std::string& out) const { PutRaw(sum, out), PutRaw(count, out); }
  bool Load(std::string_view& in) { return TakeRaw(in, sum) && TakeRaw(in, count); }
};

/// Type in which a sum over `argument` must stay.
DataType SumType(const DataType& argument) {
  if (argument.is_decimal()) {
    return DataType::Decimal(std::min(argument.precision() + 10, kMaxDecimalPrecision),
                             argument.scale());
  }
  if (argument.is(TypeKind::kUInt64) || argument.is(TypeKind::kDuration)) return argument;
  return argument.is_float() ? DataType::Float64() : DataType::Int64();
}

void ReportOverflow(const AggregateContext& context, RowIndex row, const DataType& type) {
  if (context.errors == nullptr) return;
  context.errors->Add(row, RowErrorCode::kOverflow,
                      fmt::format("the sum is beyond the range of {}", type.ToString()));
}

/// An average never leaves the range of the values: only 128 bits bound its sum.
template <typename T, bool kAverage>
void UpdateExact(const AggregateContext& context, uint8_t* const* states,
                 std::span<const Column* const> arguments, const RowSet& rows) {
  const ColumnView<T> values(*arguments[0]);
  const DataType type = SumType(arguments[0]->type().AsRequired());
  const SumRange range = SumRange::Of(type);
  ForEachValue<ExactSum>(states, *arguments[0], rows, [&](ExactSum& state, RowIndex row) {
    if (state.count == ExactSum::kOverflown) return;  // by merging: there is no result any more
    Int128 sum = 0;
    const bool wrapped = __builtin_add_overflow(state.sum, Int128{values[row]}, &sum);
    if (!wrapped && (kAverage || range.Holds(sum))) {
      state.sum = sum;
      ++state.count;
    } else {
      ReportOverflow(context, row, type);
    }
  });
}

template <typename T>
void RetractExact(const AggregateContext&, uint8_t* const* states,
                  std::span<const Column* const> arguments, const RowSet& rows) {
  const ColumnView<T> values(*arguments[0]);
  ForEachValue<ExactSum>(states, *arguments[0], rows, [&](ExactSum& state, RowIndex row) {
    if (state.count == ExactSum::kOverflown) return;
    state.sum -= Int128{values[row]};
    --state.count;
  });
}

/// Whether two billion values of the type can have a sum that `sum_type` (or 128 bits) can't hold.
bool CanOverflow(const DataType& argument) {
  if (argument.is_decimal()) return argument.precision() > kMaxDecimalPrecision - 10;
  return argument.is(TypeKind::kDuration) || argument.integer_bits() == 64;
}

void UpdateFloat(const AggregateContext&, uint8_t* const* states,
                 std::span<const Column* const> arguments, const RowSet& rows) {
  const ColumnView<double> values(*arguments[0]);
  ForEachValue<FloatSum>(states, *arguments[0], rows, [&](FloatSum& state, RowIndex row) {
    state.sum += values[row];
    ++state.count;
  });
}

void PutExact(const DataType& type, Int128 value, RowIndex row, Column& out) {
  if (type.is(TypeKind::kUInt64)) {
    out.mutable_data<uint64_t>()[row] = static_cast<uint64_t>(value);
  } else if (type.physical() == Physical::kInt128) {
    out.mutable_data<Int128>()[row] = value;
  } else {
    out.mutable_data<int64_t>()[row] = static_cast<int64_t>(value);
  }
}

/// A sum that merging took out of range has no value: null and an error, never a wrong number.
void FinishExactSum(const AggregateContext& context, std::span<uint8_t* const> states,
                    Column& out) {
  const DataType& type = out.type();
  const SumRange range = SumRange::Of(type);
  for (size_t i = 0; i < states.size(); ++i) {
    const auto& state = As<ExactSum>(states[i]);
    const auto row = static_cast<RowIndex>(i);
    if (state.count != ExactSum::kOverflown && range.Holds(state.sum)) {
      PutExact(type, state.sum, row, out);
    } else {
      ReportOverflow(context, row, type);
      out.SetNull(row);
    }
  }
}

void FinishFloatSum(const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
  for (size_t i = 0; i < states.size(); ++i) {
    out.mutable_data<double>()[i] = As<FloatSum>(states[i]).sum;
  }
}

/// Quotient rounded half away from zero, `scale` digits more than the sum; none when too large.
std::optional<Int128> Average(const ExactSum& state, int extra_scale, int precision) {
  const Int128 unit = PowerOfTen(extra_scale);
  // Long division in two steps: whole units, then the digits of the rest, so that nothing
  // overflows.
  const Int128 count = state.count;
  Int128 whole = state.sum / count;
  const Int128 rest = state.sum % count;
  if (__builtin_mul_overflow(whole, unit, &whole)) return std::nullopt;
  const Int128 scaled = rest * unit;
  Int128 digits = scaled / count;
  const Int128 left = scaled % count;
  const Int128 twice = (left < 0 ? -left : left) * 2;
  if (twice >= count) digits += scaled < 0 ? -1 : 1;
  const Int128 result = whole + digits;
  const Int128 limit = PowerOfTen(precision);
  if (result >= limit || result <= -limit) return std::nullopt;
  return result;
}

/// Null of nothing; an average beyond the result's type, or of a sum that is gone, has no value.
template <typename Put>
void FinishAverage(const AggregateContext& context, std::span<uint8_t* const> states, Column& out,
                   Put&& put) {
  for (size_t i = 0; i < states.size(); ++i) {
    const auto& state = As<ExactSum>(states[i]);
    const auto row = static_cast<RowIndex>(i);
    if (state.count == 0) {
      out.SetNull(row);
    } else if (state.count == ExactSum::kOverflown || !put(state, row)) {
      out.SetNull(row);
      if (context.errors == nullptr) continue;
      context.errors->Add(
          row, RowErrorCode::kOverflow,
          fmt::format("the average is beyond the range of {}", out.type().AsRequired().ToString()));
    }
  }
}

template <int kExtraDigits>
void FinishDecimalAverage(const AggregateContext& context, std::span<uint8_t* const> states,
                          Column& out) {
  const DataType& type = out.type();
  FinishAverage(context, states, out, [&](const ExactSum& state, RowIndex row) {
    const std::optional<Int128> average = Average(state, kExtraDigits, type.precision());
    if (average) PutExact(type, *average, row, out);
    return average.has_value();
  });
}

void FinishDurationAverage(const AggregateContext& context, std::span<uint8_t* const> states,
                           Column& out) {
  FinishAverage(context, states, out, [&](const ExactSum& state, RowIndex row) {
    out.mutable_data<int64_t>()[row] = static_cast<int64_t>(*Average(state, 0, 38));
    return true;
  });
}

void FinishIntegerAverage(const AggregateContext& context, std::span<uint8_t* const> states,
                          Column& out) {
  FinishAverage(context, states, out, [&](const ExactSum& state, RowIndex row) {
    const long double sum = static_cast<long double>(state.sum);
    out.mutable_data<double>()[row] =
        static_cast<double>(sum / static_cast<long double>(state.count));
    return true;
  });
}

void FinishFloatAverage(const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
  for (size_t i = 0; i < states.size(); ++i) {
    const auto& state = As<FloatSum>(states[i]);
    if (state.count == 0) {
      out.SetNull(static_cast<RowIndex>(i));
    } else {
      out.mutable_data<double>()[i] = state.sum / static_cast<double>(state.count);
    }
  }
}

template <bool kAverage>
AggregateKernel ExactKernel(const DataType& argument) {
  AggregateKernel kernel = KernelOf<ExactSum>();
  switch (argument.physical()) {
    case Physical::kUInt64:
      kernel.update = &UpdateExact<uint64_t, kAverage>;
      kernel.retract = &RetractExact<uint64_t>;
      break;
    case Physical::kInt128:
      kernel.update = &UpdateExact<Int128, kAverage>;
      kernel.retract = &RetractExact<Int128>;
      break;
    default:
      kernel.update = &UpdateExact<int64_t, kAverage>;
      kernel.retract = &RetractExact<int64_t>;
      break;
  }
  // An average of integers or durations needs 2^64 of them to leave 128 bits.
  kernel.can_fail = CanOverflow(argument) && (!kAverage || argument.is_decimal());
  kernel.finish = &FinishExactSum;
  return kernel;
}

AggregateKernel FloatKernel() {
  AggregateKernel kernel = KernelOf<FloatSum>();
  kernel.update = &UpdateFloat;
  kernel.finish = &FinishFloatSum;
  return kernel;
}

AggregateKernel SumKernel(std::span<const DataType> arguments, const DataType&) {
  return arguments[0].is_float() ? FloatKernel() : ExactKernel<false>(arguments[0]);
}

DataType SumResult(std::span<const DataType> arguments, std::span<const Value* const>) {
  return SumType(arguments[0].AsRequired());
}

constexpr int kAverageDigits = 4;

int ExtraDigits(const DataType& argument) {
  return std::min(kAverageDigits, kMaxDecimalPrecision - argument.scale());
}

/// Precision and scale grow by 4; at 38 digits the scale keeps its 4 and the whole part gives way.
DataType AverageResult(std::span<const DataType> arguments, std::span<const Value* const>) {
  const DataType& type = arguments[0];
  if (type.is(TypeKind::kDuration)) return DataType::Duration();
  if (!type.is_decimal()) return DataType::Float64();
  return DataType::Decimal(std::min(type.precision() + kAverageDigits, kMaxDecimalPrecision),
                           type.scale() + ExtraDigits(type));
}

AggregateKernel AverageKernel(std::span<const DataType> arguments, const DataType&) {
  const DataType& type = arguments[0];
  if (type.is_float()) {
    AggregateKernel kernel = FloatKernel();
    kernel.finish = &FinishFloatAverage;
    return kernel;
  }
  AggregateKernel kernel = ExactKernel<true>(type);
  if (type.is(TypeKind::kDuration)) {
    kernel.finish = &FinishDurationAverage;
  } else if (type.is_decimal()) {
    constexpr decltype(kernel.finish) kByDigits[] = {
        &FinishDecimalAverage<0>, &FinishDecimalAverage<1>, &FinishDecimalAverage<2>,
        &FinishDecimalAverage<3>, &FinishDecimalAverage<4>};
    kernel.finish = kByDigits[ExtraDigits(type)];
    // Four digits more than the values have: the largest ones may not fit.
    kernel.result_can_fail = type.precision() > kMaxDecimalPrecision - kAverageDigits;
  } else {
    kernel.finish = &FinishIntegerAverage;
  }
  return kernel;
}

AggregateDef OverNumbers(AggregateBuilder builder, const ResultRule& result, KernelChoice kernel) {
  const auto value = [](TypePattern type) {
    return std::vector<ParamDef>{Param("value", std::move(type), "a number or duration")};
  };
  builder.Takes(value(TypePattern::Any(Class::kInteger)), result, kernel)
      .Takes(value(TypePattern::Any(Class::kDecimal)), result, kernel)
      .Takes(value(TypePattern::Any(Class::kFloat)), result, kernel)
      .Takes(value(TypePattern::Exact(DataType::Duration())), result, kernel);
  return builder;
}

}  // namespace

std::vector<AggregateDef> SumAggregates() {
  return {
      OverNumbers(AggregateBuilder("sum",
                                   "Sum of the values, 0 of none. Exact for integers and decimals: "
                                   "a row that would take it out of the result's range fails; a "
                                   "result that only the merging of panes takes out of it fails "
                                   "as a whole. "
                                   "Floats are added as they come, so the last digits depend on "
                                   "the order.")
                      .Example("sum([1, 2, 3])", "6")
                      .Example("sum([1.10, null, 2.20])", "3.30")
                      .Example("sum([90s, 30s])", "2m"),
                  SumResult, &SumKernel),
      OverNumbers(AggregateBuilder("avg",
                                   "Mean of the values, null of none: of decimals exact with 4 "
                                   "digits more (rounded half away from zero), of durations a "
                                   "duration, of other numbers a float64.")
                      .EmptyIsNull()
                      .Example("avg([1, 2, 4, 5])", "3e0")
                      .Example("avg([1.00, 2.00, 2.00])", "1.666667")
                      .Example("avg([1m, 2m])", "90s"),
                  AverageResult, &AverageKernel),
  };
}

}  // namespace weir
