#include "stdlib/aggregate/value_hasher.h"

#include "runtime/base/hash.h"

namespace weir {
namespace {

template <typename T>
uint64_t HashOf(const T& value) {
  return HashBytes(&value, sizeof(value));
}

}  // namespace

ValueHasher::ValueHasher(const Column& column)
    : column_(column), physical_(column.type().physical()) {
  if (physical_ == Physical::kCode) {
    for (const std::string& text : column.type().enum_values()) of_code_.push_back(HashBytes(text));
  } else if (column.type().is_nested()) {
    field_.emplace(column.type().AsRequired());
  }
}

uint64_t ValueHasher::operator()(RowIndex row) {
  switch (physical_) {
    case Physical::kBool: return HashOf(static_cast<int64_t>(At<uint8_t>(row)));
    case Physical::kInt64: return HashOf(At<int64_t>(row));
    case Physical::kUInt64: return HashOf(At<uint64_t>(row));
    case Physical::kFloat64: return HashOf(CanonicalFloat(At<double>(row)));
    case Physical::kInt128: return HashOf(At<Int128>(row));
    case Physical::kFixed16: return HashOf(At<Fixed16>(row));
    case Physical::kString: return HashBytes(At<std::string_view>(row));
    case Physical::kCode: return of_code_[At<uint16_t>(row)];
    case Physical::kList:
    case Physical::kStruct:
      bytes_.resize(field_->SizeOf(column_, row));
      field_->Write(column_, row, bytes_.data());
      return HashBytes(bytes_);
    case Physical::kNone: return 0;
  }
  return 0;
}

}  // namespace weir
