// ClickHouse's own enums: codes by name.
#include <fmt/format.h>

#include <optional>

#include "runtime/base/string_map.h"
#include "runtime/format/native/make_native_column.h"

namespace weir {
namespace {

template <typename Out>
class EnumNativeColumn final : public NativeColumn {
 public:
  EnumNativeColumn(const DataType& from, const ClickhouseType& to) : NativeColumn(to.text) {
    for (const auto& [name, code] : to.enum_values) codes_[name] = static_cast<Out>(code);
    default_ = static_cast<Out>(to.enum_values.front().second);
    if (!from.is(TypeKind::kEnum)) return;
    for (const std::string& value : from.enum_values()) {
      const auto found = codes_.find(value);
      by_code_.push_back(found == codes_.end() ? std::nullopt : std::optional<Out>(found->second));
    }
  }

  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    size_t position = 0;
    for (const ColumnSlice& slice : slices) {
      slice.rows.ForEach([&](RowIndex row) {
        std::optional<Out> code = default_;
        if (!slice.column->IsNull(row)) code = Code(*slice.column, row);
        if (!code) {
          errors.Add(position, fmt::format("{} is none of {}",
                                           slice.column->ValueAt(row).ToString(), wire_type()));
        }
        AppendFixed(code.value_or(default_), out);
        ++position;
      });
    }
  }

 private:
  std::optional<Out> Code(const Column& column, RowIndex row) const {
    if (!by_code_.empty()) return by_code_[ColumnView<uint16_t>(column)[row]];
    const auto found = codes_.find(ColumnView<std::string_view>(column)[row]);
    return found == codes_.end() ? std::nullopt : std::optional<Out>(found->second);
  }

  StringMap<Out> codes_;
  std::vector<std::optional<Out>> by_code_;  ///< by the code of the language's enum
  Out default_;
};

}  // namespace

NativeColumnPtr MakeEnumColumn(const DataType& from, const ClickhouseType& to) {
  if (!from.is(TypeKind::kEnum) && !from.is(TypeKind::kString)) return nullptr;
  if (to.bits == 16) return std::make_unique<EnumNativeColumn<int16_t>>(from, to);
  return std::make_unique<EnumNativeColumn<int8_t>>(from, to);
}

}  // namespace weir
