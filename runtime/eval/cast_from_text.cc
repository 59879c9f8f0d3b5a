#include "runtime/eval/cast_loop.h"
#include "runtime/eval/text_to_scalar.h"

namespace weir {
namespace {

class TextCast final : public CastKernel {
 public:
  explicit TextCast(const DataType& to) : to_(to), parser_(to) {}

  MutableColumnPtr Cast(const ColumnPtr& input, const RowSet& rows, uint32_t capacity,
                        RowErrors& errors) override {
    MutableColumnPtr out = Column::Make(to_, capacity);
    ColumnView<std::string_view> texts(*input);
    rows.ForEach([&](RowIndex row) { parser_.Store(texts[row], row, *out, errors); });
    return out;
  }

 private:
  DataType to_;
  TextToScalar parser_;
};

}  // namespace

CastKernelPtr MakeFromTextCast(const DataType& from, const DataType& to) {
  if (!from.is(TypeKind::kString) || to.is_nested() || to.is(TypeKind::kJson)) return nullptr;
  return std::make_unique<TextCast>(to);
}

}  // namespace weir
