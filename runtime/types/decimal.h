#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/int128.h"
#include "runtime/types/data_type.h"

namespace weir {

inline constexpr int kMaxDecimalPrecision = 38;
inline constexpr int kMaxDecimal64Precision = 18;

/// 10^exponent, 0 <= exponent <= 38.
Int128 PowerOfTen(int exponent);

/// Rescales without rounding: none when digits would be lost or `precision` is exceeded.
std::optional<Int128> RescaleExact(Int128 unscaled, int from_scale, int to_scale, int precision);

/// Rescales rounding half away from zero (HALF_UP of Spark and SQL); none on overflow.
std::optional<Int128> RescaleRounded(Int128 unscaled, int from_scale, int to_scale, int precision);

/// Text such as `-12.50` or `1e3` to an unscaled value of (precision, scale); exact: surplus
/// non-zero digits or overflow give none.
std::optional<Int128> ParseDecimal(std::string_view text, int precision, int scale);

/// Exact digits, e.g. `-0.05`; always `scale` digits after the point.
std::string FormatDecimal(Int128 unscaled, int scale);
/// Appends to `out` without allocating beyond it.
void AppendDecimal(Int128 unscaled, int scale, std::string& out);

/// Result types of decimal arithmetic: Spark's rules with a cap of 38 digits
/// (org.apache.spark.sql.catalyst.analysis.DecimalPrecision, allowPrecisionLoss = true).
DataType DecimalAddType(const DataType& a, const DataType& b);
DataType DecimalMultiplyType(const DataType& a, const DataType& b);
DataType DecimalDivideType(const DataType& a, const DataType& b);
DataType DecimalModuloType(const DataType& a, const DataType& b);
/// The decimal that holds every value of an integer type: int32 -> decimal(10, 0).
DataType DecimalForInteger(const DataType& integer);

}  // namespace weir
