#pragma once

#include <span>
#include <string>
#include <vector>

#include "stdlib/api/aggregate_def.h"
#include "stdlib/api/function_builder.h"

namespace weir {

using KernelChoice = AggregateKernel (*)(std::span<const DataType> arguments,
                                         const DataType& result);

/// Writes an AggregateDef in the order in which one explains it.
class AggregateBuilder {
 public:
  AggregateBuilder(std::string name, std::string doc);

  AggregateBuilder& Takes(std::vector<ParamDef> params, ResultRule result, KernelChoice kernel,
                          BindFunction bind = nullptr);
  AggregateBuilder& Example(std::string expression, std::string result);
  /// Of no values the result is null.
  AggregateBuilder& EmptyIsNull();

  operator AggregateDef() const { return def_; }  // NOLINT: lists of definitions hold builders

 private:
  AggregateDef def_;
};

}  // namespace weir
