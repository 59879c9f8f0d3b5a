#include "stdlib/aggregate/all_aggregates.h"

#include <iterator>

#include "stdlib/aggregate/aggregates.h"

namespace weir {
namespace {

std::vector<AggregateDef> MakeAll() {
  std::vector<AggregateDef> all;
  for (auto* family : {&CountAggregates, &SumAggregates, &ExtremeAggregates, &DistinctAggregates,
                       &PercentileAggregates, &OrderedAggregates, &SpreadAggregates}) {
    std::vector<AggregateDef> part = family();
    std::move(part.begin(), part.end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace

void RegisterAggregates(FunctionRegistry& registry) {
  static const std::vector<AggregateDef> all = MakeAll();
  for (const AggregateDef& def : all) registry.Add(&def);
}

}  // namespace weir
