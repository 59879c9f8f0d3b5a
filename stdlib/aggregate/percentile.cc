#include <cmath>

#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"
#include "stdlib/aggregate/numeric_argument.h"
#include "stdlib/aggregate/quantile_sketch.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

Result<std::shared_ptr<const void>> BindQuantile(std::span<const Value* const> constants) {
  const Value* constant = constants[1];
  const double q = constant == nullptr || constant->is_null() ? -1 : constant->as_float64();
  if (!(q >= 0 && q <= 1)) {
    return InvalidArgumentError("a percentile is given as a number from 0 to 1, such as 0.95");
  }
  return std::shared_ptr<const void>(std::make_shared<double>(q));
}

void Update(const AggregateContext&, uint8_t* const* states,
            std::span<const Column* const> arguments, const RowSet& rows) {
  const NumericArgument values(*arguments[0]);
  ForEachValue<QuantileSketch>(
      states, *arguments[0], rows,
      [&](QuantileSketch& state, RowIndex row) { state.Add(values[row]); });
}

/// Calls `put(row, quantile)` or makes the row null.
template <typename Put>
void ForEachQuantile(const AggregateContext& context, std::span<uint8_t* const> states, Column& out,
                     Put&& put) {
  const double q = *static_cast<const double*>(context.bound);
  for (size_t i = 0; i < states.size(); ++i) {
    const auto& sketch = As<QuantileSketch>(states[i]);
    if (sketch.empty()) {
      out.SetNull(static_cast<RowIndex>(i));
    } else {
      put(i, sketch.Quantile(q));
    }
  }
}

void FinishNumber(const AggregateContext& context, std::span<uint8_t* const> states, Column& out) {
  auto* values = out.mutable_data<double>();
  ForEachQuantile(context, states, out, [&](size_t row, double q) { values[row] = q; });
}

void FinishDuration(const AggregateContext& context, std::span<uint8_t* const> states,
                    Column& out) {
  auto* values = out.mutable_data<int64_t>();
  ForEachQuantile(context, states, out,
                  [&](size_t row, double q) { values[row] = std::llround(q); });
}

AggregateKernel PercentileKernel(std::span<const DataType> arguments, const DataType&) {
  AggregateKernel kernel = KernelOf<QuantileSketch>();
  kernel.update = &Update;
  kernel.finish = arguments[0].is(TypeKind::kDuration) ? &FinishDuration : &FinishNumber;
  return kernel;
}

std::vector<ParamDef> Params(TypePattern value) {
  return {Param("value", std::move(value), "a number or duration"),
          ConstantParam(Param("p", DataType::Float64(), "from 0 to 1: 0.5 is the median"))};
}

}  // namespace

std::vector<AggregateDef> PercentileAggregates() {
  return {
      AggregateBuilder("percentile",
                       "The value that the part `p` of the values is not above (rank "
                       "floor(p * (n - 1)) of the sorted values), null of none. Exact up to 512 "
                       "values, beyond that within 1 % of it (DDSketch); the same in any order "
                       "of rows. A duration for durations, else a float64.")
          .EmptyIsNull()
          .Takes(Params(TypePattern::Any(Class::kNumeric)), Returns(DataType::Float64()),
                 &PercentileKernel, &BindQuantile)
          .Takes(Params(TypePattern::Exact(DataType::Duration())), Returns(DataType::Duration()),
                 &PercentileKernel, &BindQuantile)
          .Example("percentile([5, 1, 3, 2, 4], 0.5)", "3e0")
          .Example("percentile([1s, 9s], 1.0)", "9s")};
}

}  // namespace weir
