#pragma once

#include <string_view>
#include <vector>

#include "stdlib/api/aggregate_def.h"
#include "stdlib/api/function_def.h"

namespace weir {

/// Name to definition. Filled once by the program's main from explicit lists, then read-only and
/// shared by threads.
class FunctionRegistry {
 public:
  void Add(const FunctionDef* def);
  void Add(const AggregateDef* def);

  const FunctionDef* FindScalar(std::string_view name) const;
  const AggregateDef* FindAggregate(std::string_view name) const;
  const std::vector<const FunctionDef*>& scalars() const { return scalars_; }
  const std::vector<const AggregateDef*>& aggregates() const { return aggregates_; }

 private:
  std::vector<const FunctionDef*> scalars_;
  std::vector<const AggregateDef*> aggregates_;
};

}  // namespace weir
