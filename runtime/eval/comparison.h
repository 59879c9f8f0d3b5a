#pragma once

#include <cstdint>
#include <vector>

#include "compiler/plan/expr.h"
#include "runtime/base/result.h"
#include "runtime/vector/column.h"

namespace weir {

/// Comparison of two columns of comparable types: equal types, numbers of any two kinds, enums with
/// different values (by name; only == and !=), nested values (only == and !=; maps as sets of
/// entries). Decimals and integers compare exactly, strings bytewise, floats as IEEE 754 says.
class Comparison {
 public:
  /// Fails when the types can't be compared this way.
  static Result<Comparison> Make(plan::CompareOp op, const DataType& left, const DataType& right);

  /// out[row] = 1 where it holds, else 0, for rows where neither side is null.
  void Run(const Column& left, const Column& right, const RowSet& rows, uint8_t* out) const;

 private:
  /// How the two sides meet.
  enum class Form : uint8_t {
    kBool,
    kInt64,
    kUInt64,
    kFloat64,
    kInt128,
    kFixed16,
    kString,
    kCode,
    kMixedCode,   ///< codes of different enums
    kMixedFloat,  ///< a float and another number
    kExact,       ///< decimals and integers of different scale or width
    kNested,
  };
  template <typename Op>
  void RunOp(const Column& left, const Column& right, const RowSet& rows, uint8_t* out) const;
  template <typename Op>
  void RunExact(const Column& left, const Column& right, const RowSet& rows, uint8_t* out) const;

  plan::CompareOp op_ = plan::CompareOp::kEqual;
  Form form_ = Form::kInt64;
  bool swap_ = false;                ///< > and >= are < and <= with the sides swapped
  std::vector<int32_t> left_codes_;  ///< kMixedCode: code of the right enum, or -1
};

/// Whether two values of one type are equal, nulls included (null equals null). For elements of
/// nested values; not for hot loops over scalars.
bool ColumnValuesEqual(const Column& left, RowIndex left_row, const Column& right,
                       RowIndex right_row);

}  // namespace weir
