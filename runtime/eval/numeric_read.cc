#include "runtime/eval/numeric_read.h"

#include <string>

#include "runtime/types/decimal.h"
#include "runtime/types/text.h"

namespace weir {

double DecimalToDouble(Int128 unscaled, int scale) {
  constexpr Int128 kExact = Int128{1} << 53;
  // Both operands are exact, so the one division rounds once (Clinger 1990, the fast path).
  if (scale <= 22 && unscaled <= kExact && unscaled >= -kExact) {
    return static_cast<double>(unscaled) / static_cast<double>(PowerOfTen(scale));
  }
  std::optional<double> value = ParseFloat64(FormatDecimal(unscaled, scale));
  return value ? *value : 0;
}

}  // namespace weir
