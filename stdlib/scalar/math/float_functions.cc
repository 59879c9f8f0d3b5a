// Functions of floats, as IEEE 754 defines them: no row fails, outside the domain the result is NaN
// or an infinity.
#include <cmath>

#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/math/math_functions.h"

namespace weir {
namespace {

double Sqrt(double value) { return std::sqrt(value); }
double Exp(double value) { return std::exp(value); }
double Ln(double value) { return std::log(value); }
double Log10(double value) { return std::log10(value); }
double Log2(double value) { return std::log2(value); }
double Pow(double base, double exponent) { return std::pow(base, exponent); }
bool IsNan(double value) { return std::isnan(value); }
bool IsFinite(double value) { return std::isfinite(value); }

std::vector<ParamDef> Number() { return {Param("number", DataType::Float64(), "the number")}; }

FunctionDef Float(const char* name, const char* doc, ScalarKernel kernel, const char* argument,
                  const char* result) {
  return FunctionBuilder(name, "math", doc)
      .Takes(Number(), DataType::Float64(), kernel)
      .Takes({Param("number", TypePattern::Any(TypePattern::Class::kFloat), "the number")},
             DataType::Float64(), kernel)
      .Example(std::string(name) + "(" + argument + ")", result);
}

}  // namespace

std::vector<FunctionDef> FloatFunctions() {
  std::vector<FunctionDef> list;
  list.push_back(
      Float("sqrt", "Square root; NaN of a negative number.", &RowKernel<Sqrt>, "9e0", "3e0"));
  list.push_back(Float("exp", "e to the power of the number.", &RowKernel<Exp>, "0e0", "1e0"));
  list.push_back(Float("ln", "Natural logarithm; NaN of a negative number, -Infinity of 0.",
                       &RowKernel<Ln>, "1e0", "0e0"));
  list.push_back(Float("log10", "Logarithm to base 10.", &RowKernel<Log10>, "1000e0", "3e0"));
  list.push_back(Float("log2", "Logarithm to base 2.", &RowKernel<Log2>, "8e0", "3e0"));
  list.push_back(FunctionBuilder("pow", "math", "`base` to the power of `exponent`, as floats.")
                     .Takes({Param("base", DataType::Float64(), "the base"),
                             Param("exponent", DataType::Float64(), "the exponent")},
                            DataType::Float64(), &RowKernel<Pow>)
                     .Example("pow(2e0, 10e0)", "1024e0"));
  list.push_back(FunctionBuilder("is_nan", "math", "Whether the float is not a number.")
                     .Takes(Number(), DataType::Bool(), &RowKernel<IsNan>)
                     .Example("is_nan(sqrt(-1e0))", "true")
                     .Example("is_nan(1e0)", "false"));
  list.push_back(
      FunctionBuilder("is_finite", "math", "Whether the float is a number and not infinite.")
          .Takes(Number(), DataType::Bool(), &RowKernel<IsFinite>)
          .Example("is_finite(1e0 / 0e0)", "false")
          .Example("is_finite(1e0)", "true"));
  return list;
}

}  // namespace weir
