#include "stdlib/aggregate/aggregate_builder.h"

namespace weir {

AggregateBuilder::AggregateBuilder(std::string name, std::string doc) {
  def_.name = std::move(name);
  def_.doc = std::move(doc);
}

AggregateBuilder& AggregateBuilder::Takes(std::vector<ParamDef> params, ResultRule result,
                                          KernelChoice kernel, BindFunction bind) {
  AggregateOverload overload;
  overload.params = std::move(params);
  overload.result = std::move(result);
  overload.kernel = kernel;
  overload.bind = bind;
  def_.overloads.push_back(std::move(overload));
  return *this;
}

AggregateBuilder& AggregateBuilder::Example(std::string expression, std::string result) {
  def_.examples.push_back({std::move(expression), std::move(result)});
  return *this;
}

AggregateBuilder& AggregateBuilder::EmptyIsNull() {
  def_.empty_is_null = true;
  return *this;
}

}  // namespace weir
