// Everything to string (its text) and to json (JSON text).
#include "runtime/eval/cast_loop.h"

namespace weir {
namespace {

class ToTextCast final : public CastKernel {
 public:
  explicit ToTextCast(const DataType& to) : to_(to), json_(to.is(TypeKind::kJson)) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors&) override {
    MutableColumnPtr out = Column::Make(to_, capacity);
    std::string_view* target = out->mutable_data<std::string_view>();
    rows.ForEach([&](RowIndex row) {
      scratch_.clear();
      if (json_) {
        AppendColumnJson(*input, row, scratch_);
      } else {
        AppendColumnText(*input, row, scratch_);
      }
      target[row] = out->arena().Copy(scratch_);
    });
    return out;
  }

 private:
  DataType to_;
  bool json_;
  std::string scratch_;
};

/// The strings are those of the type itself.
class EnumToStringCast final : public CastKernel {
 public:
  EnumToStringCast(const DataType& from, const DataType& to)
      : from_(std::make_shared<const DataType>(from)), to_(to) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors&) override {
    MutableColumnPtr out = Column::Make(to_, capacity);
    ColumnView<uint16_t> codes(*input);
    const auto& values = from_->enum_values();
    std::string_view* target = out->mutable_data<std::string_view>();
    rows.ForEach([&](RowIndex row) { target[row] = values[codes[row]]; });
    out->AddOwner(from_);
    return out;
  }

 private:
  std::shared_ptr<const DataType> from_;
  DataType to_;
};

}  // namespace

CastKernelPtr MakeToTextCast(const DataType& from, const DataType& to) {
  if (from.is(TypeKind::kEnum) && to.is(TypeKind::kString)) {
    return std::make_unique<EnumToStringCast>(from, to);
  }
  if (to.is(TypeKind::kJson) || (to.is(TypeKind::kString) && !from.is_nested())) {
    return std::make_unique<ToTextCast>(to);
  }
  return nullptr;
}

}  // namespace weir
