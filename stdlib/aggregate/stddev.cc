#include <cmath>

#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"
#include "stdlib/aggregate/numeric_argument.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

/// Welford's running moments, merged as Chan, Golub and LeVeque do ("Updating formulae and a
/// pairwise algorithm for computing sample variances", 1979).
struct Moments {
  int64_t count = 0;
  double mean = 0;
  double squares = 0;  ///< sum of squared distances from the mean

  void Add(double value) {
    ++count;
    const double distance = value - mean;
    mean += distance / static_cast<double>(count);
    squares += distance * (value - mean);
  }
  void Merge(const Moments& other) {
    if (other.count == 0) return;
    const double n = static_cast<double>(count), m = static_cast<double>(other.count);
    const double distance = other.mean - mean;
    mean += distance * (m / (n + m));
    squares += other.squares + distance * distance * (n * m / (n + m));
    count += other.count;
  }
  void Save(std::string& out) const { PutRaw(count, out), PutRaw(mean, out), PutRaw(squares, out); }
  bool Load(std::string_view& in) {
    return TakeRaw(in, count) && TakeRaw(in, mean) && TakeRaw(in, squares);
  }
};

AggregateKernel StddevKernel(std::span<const DataType>, const DataType&) {
  AggregateKernel kernel = KernelOf<Moments>();
  kernel.update = [](const AggregateContext&, uint8_t* const* states,
                     std::span<const Column* const> arguments, const RowSet& rows) {
    const NumericArgument values(*arguments[0]);
    ForEachValue<Moments>(states, *arguments[0], rows,
                          [&](Moments& state, RowIndex row) { state.Add(values[row]); });
  };
  kernel.finish = [](const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = As<Moments>(states[i]);
      if (state.count < 2) {
        out.SetNull(static_cast<RowIndex>(i));
      } else {
        out.mutable_data<double>()[i] =
            std::sqrt(state.squares / static_cast<double>(state.count - 1));
      }
    }
  };
  return kernel;
}

}  // namespace

std::vector<AggregateDef> SpreadAggregates() {
  return {AggregateBuilder("stddev",
                           "Standard deviation of a sample (divided by n - 1), null of fewer than "
                           "two values. The last digits depend on the order of rows.")
              .EmptyIsNull()
              .Takes({Param("value", TypePattern::Any(Class::kNumeric), "a number")},
                     Returns(DataType::Float64()), &StddevKernel)
              .Example("stddev([2, 4, 6])", "2e0")
              .Example("stddev([2])", "null")};
}

}  // namespace weir
