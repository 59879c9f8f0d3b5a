#pragma once

#include <fmt/format.h>

#include "runtime/eval/column_caster.h"
#include "runtime/vector/column_text.h"

namespace weir {

/// Reports that the value of `row` has no image in `to`.
inline void FailCast(RowErrors& errors, RowIndex row, const Column& input, const DataType& to) {
  errors.Add(row, RowErrorCode::kCast,
             fmt::format("{} is not a {}", ColumnText(input, row), to.AsRequired().ToString()));
}

/// A cast that is a function of one value: `convert(from, &to)` is false where it does not fit.
/// Loops call it inline.
template <typename From, typename To, typename Convert>
class LoopCast final : public CastKernel {
 public:
  LoopCast(DataType to, Convert convert) : to_(std::move(to)), convert_(std::move(convert)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = Column::Make(to_, capacity);
    ColumnView<From> values(*input);
    To* target = out->mutable_data<To>();
    bool all = true;
    rows.ForEach([&](RowIndex row) { all &= convert_(values[row], &target[row]); });
    if (!all) {
      To ignored;
      rows.ForEach([&](RowIndex row) {
        if (!convert_(values[row], &ignored)) FailCast(errors, row, *input, to_);
      });
    }
    return out;
  }

 private:
  DataType to_;
  Convert convert_;
};

template <typename From, typename To, typename Convert>
CastKernelPtr MakeLoopCast(DataType to, Convert convert) {
  return std::make_unique<LoopCast<From, To, Convert>>(std::move(to), std::move(convert));
}

}  // namespace weir
