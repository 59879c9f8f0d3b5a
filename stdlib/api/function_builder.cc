#include "stdlib/api/function_builder.h"

namespace weir {

ParamDef Param(std::string name, TypePattern type, std::string doc) {
  ParamDef param;
  param.name = std::move(name);
  param.type = std::move(type);
  param.doc = std::move(doc);
  return param;
}

ParamDef Param(std::string name, DataType type, std::string doc) {
  return Param(std::move(name), TypePattern::Exact(std::move(type)), std::move(doc));
}

ParamDef WithDefault(ParamDef param, Value value) {
  param.default_value = std::move(value);
  return param;
}

ParamDef ConstantParam(ParamDef param) {
  param.constant = true;
  return param;
}

ParamDef Variadic(ParamDef param) {
  param.variadic = true;
  return param;
}

ParamDef NamedOnly(ParamDef param) {
  param.named_only = true;
  return param;
}

FunctionBuilder::FunctionBuilder(std::string name, std::string category, std::string doc) {
  def_.name = std::move(name);
  def_.category = std::move(category);
  def_.doc = std::move(doc);
}

FunctionBuilder& FunctionBuilder::Takes(std::vector<ParamDef> params, DataType result,
                                        ScalarKernel kernel, BindFunction bind) {
  return Takes(std::move(params), Returns(std::move(result)), kernel, bind);
}

FunctionBuilder& FunctionBuilder::Takes(std::vector<ParamDef> params, ResultRule result,
                                        ScalarKernel kernel, BindFunction bind) {
  ScalarOverload overload;
  overload.params = std::move(params);
  overload.result = std::move(result);
  overload.kernel = kernel;
  overload.bind = bind;
  def_.overloads.push_back(std::move(overload));
  return *this;
}

FunctionBuilder& FunctionBuilder::Infallible() {
  def_.overloads.back().infallible = true;
  return *this;
}

FunctionBuilder& FunctionBuilder::Example(std::string expression, std::string result) {
  def_.examples.push_back({std::move(expression), std::move(result)});
  return *this;
}

FunctionBuilder& FunctionBuilder::Fallible() {
  def_.fallible = true;
  return *this;
}

FunctionBuilder& FunctionBuilder::HandlesNulls() {
  def_.nulls = NullPolicy::kHandles;
  return *this;
}

FunctionBuilder& FunctionBuilder::DependsOn(Volatility volatility) {
  def_.volatility = volatility;
  return *this;
}

}  // namespace weir
