#include "stdlib/scalar/math/math_functions.h"

#include <iterator>

namespace weir {

const std::vector<FunctionDef>& MathFunctions() {
  static const std::vector<FunctionDef> functions = [] {
    std::vector<FunctionDef> list;
    for (auto* family : {&RoundingFunctions, &FloatFunctions, &ExtremeFunctions, &BitFunctions}) {
      std::vector<FunctionDef> part = family();
      std::move(part.begin(), part.end(), std::back_inserter(list));
    }
    return list;
  }();
  return functions;
}

}  // namespace weir
