#include "stdlib/aggregate/hyper_log_log.h"

#include <array>
#include <cmath>
#include <limits>

namespace weir {
namespace {

constexpr int kMaxRank = 64 - kHllBits;  // q in the paper

/// Algorithm 6: x + sum over k of x^(2^k) * 2^(k-1).
double Sigma(double x) {
  if (x == 1.0) return std::numeric_limits<double>::infinity();
  double y = 1.0;
  double z = x;
  double previous = 0;
  do {
    x *= x;
    previous = z;
    z += x * y;
    y += y;
  } while (z != previous);
  return z;
}

/// Algorithm 6: the part of registers that are full.
double Tau(double x) {
  if (x == 0.0 || x == 1.0) return 0.0;
  double y = 1.0;
  double z = 1.0 - x;
  double previous = 0;
  do {
    x = std::sqrt(x);
    previous = z;
    y *= 0.5;
    z -= (1.0 - x) * (1.0 - x) * y;
  } while (z != previous);
  return z / 3.0;
}

}  // namespace

double EstimateHll(std::span<const uint8_t, kHllRegisters> registers) {
  std::array<uint32_t, kMaxRank + 2> counts{};
  for (uint8_t rank : registers) ++counts[rank];
  const double m = static_cast<double>(kHllRegisters);
  double z = m * Tau(1.0 - static_cast<double>(counts[kMaxRank + 1]) / m);
  for (size_t k = kMaxRank; k >= 1; --k) z = 0.5 * (z + static_cast<double>(counts[k]));
  z += m * Sigma(static_cast<double>(counts[0]) / m);
  const double alpha = 0.5 / std::log(2.0);
  return alpha * m * m / z;
}

}  // namespace weir
