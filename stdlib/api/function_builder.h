#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stdlib/api/function_def.h"

namespace weir {

// Parameters, as a definition reads: `Param("text", DataType::String(), "any text")`.
ParamDef Param(std::string name, TypePattern type, std::string doc);
ParamDef Param(std::string name, DataType type, std::string doc);
/// May be left out.
ParamDef WithDefault(ParamDef param, Value value);
/// Must be known when the pipeline is compiled.
ParamDef ConstantParam(ParamDef param);
/// One or more; the last parameter.
ParamDef Variadic(ParamDef param);
/// Given by name only: `limit: 10`.
ParamDef NamedOnly(ParamDef param);

/// Writes a FunctionDef in the order in which one explains it.
class FunctionBuilder {
 public:
  FunctionBuilder(std::string name, std::string category, std::string doc);

  FunctionBuilder& Takes(std::vector<ParamDef> params, DataType result, ScalarKernel kernel,
                         BindFunction bind = nullptr);
  FunctionBuilder& Takes(std::vector<ParamDef> params, ResultRule result, ScalarKernel kernel,
                         BindFunction bind = nullptr);
  /// The overload given last never fails, though the function is fallible.
  FunctionBuilder& Infallible();
  FunctionBuilder& Example(std::string expression, std::string result);
  FunctionBuilder& Fallible();
  FunctionBuilder& HandlesNulls();
  FunctionBuilder& DependsOn(Volatility volatility);

  operator FunctionDef() const { return def_; }  // NOLINT: lists of definitions hold builders

 private:
  FunctionDef def_;
};

}  // namespace weir
