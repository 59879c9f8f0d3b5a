#include "runtime/types/value.h"

#include "runtime/base/check.h"
#include "runtime/types/decimal.h"

namespace weir {

Value Value::Decimal(Int128 unscaled, int precision, int scale) {
  DataType type = DataType::Decimal(precision, scale);
  if (type.physical() == Physical::kInt64) {
    return Value(std::move(type), static_cast<int64_t>(unscaled));
  }
  return Value(std::move(type), unscaled);
}

Int128 Value::as_int128() const {
  if (const auto* narrow = std::get_if<int64_t>(&payload_)) return *narrow;
  if (const auto* narrow = std::get_if<uint64_t>(&payload_)) return *narrow;
  return std::get<Int128>(payload_);
}

}  // namespace weir
