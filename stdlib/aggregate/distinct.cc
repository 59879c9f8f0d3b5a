// count_distinct (exact) and approx_distinct.
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <memory>

#include "runtime/base/string_map.h"
#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"
#include "stdlib/aggregate/distinct_sketch.h"
#include "stdlib/aggregate/value_hasher.h"

namespace weir {
namespace {

/// The distinct values themselves, as key bytes.
struct ExactDistinct {
  using Set = absl::flat_hash_set<std::string, StringHash, std::equal_to<>>;
  std::unique_ptr<Set> values;

  void Add(std::string_view bytes) {
    if (values == nullptr) values = std::make_unique<Set>();
    if (!values->contains(bytes)) values->emplace(bytes);
  }
  int64_t Estimate() const { return values == nullptr ? 0 : static_cast<int64_t>(values->size()); }
  void Merge(const ExactDistinct& other) {
    if (other.values == nullptr) return;
    for (const std::string& bytes : *other.values) Add(bytes);
  }
  void Save(std::string& out) const {
    std::vector<std::string_view> sorted;
    if (values != nullptr) sorted.assign(values->begin(), values->end());
    std::sort(sorted.begin(), sorted.end());
    PutRaw(static_cast<uint64_t>(sorted.size()), out);
    for (std::string_view bytes : sorted) PutBytes(bytes, out);
  }
  bool Load(std::string_view& in) {
    uint64_t count = 0;
    if (!TakeRaw(in, count)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      std::string_view bytes;
      if (!TakeBytes(in, bytes)) return false;
      Add(bytes);
    }
    return true;
  }
};

void UpdateExact(const AggregateContext&, uint8_t* const* states,
                 std::span<const Column* const> arguments, const RowSet& rows) {
  const Column& values = *arguments[0];
  const KeyField field(values.type().AsRequired());
  std::string bytes;
  ForEachValue<ExactDistinct>(states, values, rows, [&](ExactDistinct& state, RowIndex row) {
    bytes.resize(field.SizeOf(values, row));
    field.Write(values, row, bytes.data());
    state.Add(bytes);
  });
}

void UpdateSketch(const AggregateContext&, uint8_t* const* states,
                  std::span<const Column* const> arguments, const RowSet& rows) {
  ValueHasher hash(*arguments[0]);
  ForEachValue<DistinctSketch>(states, *arguments[0], rows,
                               [&](DistinctSketch& state, RowIndex row) { state.Add(hash(row)); });
}

template <typename State>
void FinishCount(const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
  for (size_t i = 0; i < states.size(); ++i) {
    out.mutable_data<int64_t>()[i] = As<State>(states[i]).Estimate();
  }
}

AggregateKernel ExactKernel(std::span<const DataType>, const DataType&) {
  AggregateKernel kernel = KernelOf<ExactDistinct>();
  kernel.update = &UpdateExact;
  kernel.finish = &FinishCount<ExactDistinct>;
  return kernel;
}

AggregateKernel SketchKernel(std::span<const DataType>, const DataType&) {
  AggregateKernel kernel = KernelOf<DistinctSketch>();
  kernel.update = &UpdateSketch;
  kernel.finish = &FinishCount<DistinctSketch>;
  return kernel;
}

std::vector<ParamDef> AnyValue() {
  return {Param("value", TypePattern::Any(), "a value of any type")};
}

}  // namespace

std::vector<AggregateDef> DistinctAggregates() {
  return {
      AggregateBuilder("count_distinct",
                       "How many different values, nulls left out. Exact: keeps all of them in "
                       "the state; approx_distinct() needs at most 64 KiB.")
          .Takes(AnyValue(), Returns(DataType::Int64()), &ExactKernel)
          .Example("count_distinct([1, 2, 2, null])", "2"),
      AggregateBuilder("approx_distinct",
                       "How many different values, nulls left out: exact up to 4096, beyond "
                       "that HyperLogLog with a standard error of 0.81 %. The same in any order "
                       "of rows.")
          .Takes(AnyValue(), Returns(DataType::Int64()), &SketchKernel)
          .Example("approx_distinct([\"a\", \"b\", \"a\"])", "2")
          .Example("approx_distinct([1, null])", "1")};
}

}  // namespace weir
