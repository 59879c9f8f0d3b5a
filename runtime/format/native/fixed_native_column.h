#pragma once

#include <fmt/format.h>

#include <type_traits>

#include "runtime/format/native/native_column.h"

namespace weir {

/// Values of a fixed width. `Convert` is called as `bool(In, Out&)`; false: it doesn't fit.
template <typename In, typename Out, typename Convert>
class FixedNativeColumn final : public NativeColumn {
 public:
  FixedNativeColumn(std::string wire_type, Convert convert)
      : NativeColumn(std::move(wire_type)), convert_(std::move(convert)) {}

  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    const size_t begin = out.size();
    out.resize(begin + CountRows(slices) * sizeof(Out));
    char* target = out.data() + begin;
    size_t position = 0;
    for (const ColumnSlice& slice : slices) {
      const ColumnView<In> values(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        Out value{};
        if (!values.IsNull(row) && !convert_(values[row], value)) {
          value = Out{};
          errors.Add(position, fmt::format("{} does not fit {}",
                                           slice.column->ValueAt(row).ToString(), wire_type()));
        }
        std::memcpy(target, &value, sizeof(Out));
        target += sizeof(Out);
        ++position;
      });
    }
  }

 private:
  Convert convert_;
};

template <typename In, typename Out, typename Convert>
NativeColumnPtr MakeFixedNativeColumn(std::string wire_type, Convert convert) {
  return std::make_unique<FixedNativeColumn<In, Out, Convert>>(std::move(wire_type),
                                                               std::move(convert));
}

}  // namespace weir
