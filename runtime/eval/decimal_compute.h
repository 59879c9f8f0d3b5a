#pragma once

#include "compiler/plan/expr.h"
#include "runtime/base/int128.h"

namespace weir {

/// A decimal operation on unscaled values of given scales, exact up to the rounding that the
/// result's scale asks for (half away from zero). Spark's DecimalPrecision rules choose the result
/// type.
struct DecimalOperation {
  plan::ArithOp op = plan::ArithOp::kAdd;
  int left_scale = 0;
  int right_scale = 0;
  int result_precision = 38;
  int result_scale = 0;

  /// False where there is no result: division by zero, or more digits than the result has.
  bool Apply(Int128 left, Int128 right, Int128* out) const;

 private:
  bool ApplyNarrow(Int128 left, Int128 right, Int128* out) const;
  bool ApplyWide(Int128 left, Int128 right, Int128* out) const;
};

/// Compares unscaled values of given scales exactly: negative, zero or positive.
int CompareDecimals(Int128 left, int left_scale, Int128 right, int right_scale);

}  // namespace weir
