#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"

namespace weir {
namespace {

struct CountState {
  int64_t count = 0;

  void Merge(const CountState& other) { count += other.count; }
  void Save(std::string& out) const { PutRaw(count, out); }
  bool Load(std::string_view& in) { return TakeRaw(in, count); }
};

/// Rows, or values that are not null when there is an argument.
AggregateKernel CountKernel(std::span<const DataType>, const DataType&) {
  AggregateKernel kernel = KernelOf<CountState>();
  kernel.update = [](const AggregateContext&, uint8_t* const* states,
                     std::span<const Column* const> arguments, const RowSet& rows) {
    if (arguments.empty()) {
      rows.ForEach([&](RowIndex row) { ++As<CountState>(states[row]).count; });
    } else {
      ForEachValue<CountState>(states, *arguments[0], rows,
                               [](CountState& state, RowIndex) { ++state.count; });
    }
  };
  kernel.finish = [](const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
    auto* values = out.mutable_data<int64_t>();
    for (size_t i = 0; i < states.size(); ++i) values[i] = As<CountState>(states[i]).count;
  };
  return kernel;
}

}  // namespace

std::vector<AggregateDef> CountAggregates() {
  return {AggregateBuilder("count", "How many rows, or how many values that are not null.")
              .Takes({}, Returns(DataType::Int64()), &CountKernel)
              .Takes({Param("value", TypePattern::Any(), "any value")}, Returns(DataType::Int64()),
                     &CountKernel)
              .Example("count([5, 6, 7])", "3")
              .Example("count([5, null, 7])", "2")};
}

}  // namespace weir
