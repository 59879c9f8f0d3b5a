#pragma once

#include <vector>

#include "stdlib/api/aggregate_def.h"

namespace weir {

// The aggregates by family, one file each; all_aggregates.cc lists them.
std::vector<AggregateDef> CountAggregates();       ///< count
std::vector<AggregateDef> SumAggregates();         ///< sum, avg
std::vector<AggregateDef> ExtremeAggregates();     ///< min, max
std::vector<AggregateDef> DistinctAggregates();    ///< count_distinct, approx_distinct
std::vector<AggregateDef> PercentileAggregates();  ///< percentile
std::vector<AggregateDef> OrderedAggregates();     ///< first, last, collect, top_n
std::vector<AggregateDef> SpreadAggregates();      ///< stddev

}  // namespace weir
