#include "stdlib/api/function_registry.h"

#include "runtime/base/check.h"

namespace weir {

void FunctionRegistry::Add(const FunctionDef* def) {
  WEIR_CHECK(FindScalar(def->name) == nullptr, "function {} is registered twice", def->name);
  scalars_.push_back(def);
}

void FunctionRegistry::Add(const AggregateDef* def) {
  WEIR_CHECK(FindAggregate(def->name) == nullptr, "aggregate {} is registered twice", def->name);
  aggregates_.push_back(def);
}

const FunctionDef* FunctionRegistry::FindScalar(std::string_view name) const {
  for (const FunctionDef* def : scalars_) {
    if (def->name == name) return def;
  }
  return nullptr;
}

const AggregateDef* FunctionRegistry::FindAggregate(std::string_view name) const {
  for (const AggregateDef* def : aggregates_) {
    if (def->name == name) return def;
  }
  return nullptr;
}

}  // namespace weir
