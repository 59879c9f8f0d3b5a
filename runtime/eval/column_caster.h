#pragma once

#include <memory>

#include "runtime/base/result.h"
#include "runtime/eval/live_rows.h"

namespace weir {

/// Turns values of one type into another for rows that have a value; a row that does not fit is
/// reported. Made by the maker functions below; owns scratch, one thread.
class CastKernel {
 public:
  virtual ~CastKernel() = default;
  /// A flat column of `capacity`, not yet shared. `rows` are not null.
  virtual MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                                RowErrors& errors) = 0;
};

using CastKernelPtr = std::unique_ptr<CastKernel>;

// Null when it is not theirs. `from` and `to` are required types.
CastKernelPtr MakeNumericCast(const DataType& from, const DataType& to);   // cast_numeric.cc
CastKernelPtr MakeScalarCast(const DataType& from, const DataType& to);    // cast_scalar.cc
CastKernelPtr MakeFromTextCast(const DataType& from, const DataType& to);  // cast_from_text.cc
CastKernelPtr MakeToTextCast(const DataType& from, const DataType& to);    // cast_to_text.cc
CastKernelPtr MakeFromJsonCast(const DataType& from, const DataType& to);  // cast_from_json.cc
CastKernelPtr MakeNestedCast(const DataType& from, const DataType& to);    // cast_nested.cc

/// A cast of whole columns, nulls included: null stays null, and fails where `to` has no null.
class ColumnCaster {
 public:
  /// Fails when there is no such cast (plan/cast_rules.h).
  static Result<std::unique_ptr<ColumnCaster>> Make(const DataType& from, const DataType& to);

  ColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity, RowErrors& errors);
  const DataType& type() const { return to_; }

 private:
  ColumnCaster(DataType to, CastKernelPtr kernel)
      : to_(std::move(to)), kernel_(std::move(kernel)) {}

  DataType to_;
  CastKernelPtr kernel_;  ///< null: the values stay as they are
  LiveRows live_;
};

}  // namespace weir
