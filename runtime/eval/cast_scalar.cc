// Timestamp and date, enum and enum.
#include "runtime/base/clock.h"
#include "runtime/eval/cast_loop.h"

namespace weir {
namespace {

constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

CastKernelPtr TimestampToDate(const DataType& to) {
  return MakeLoopCast<int64_t, int64_t>(to, [](int64_t micros, int64_t* days) {
    *days = micros / kMicrosPerDay - (micros % kMicrosPerDay < 0 ? 1 : 0);
    return true;
  });
}

CastKernelPtr DateToTimestamp(const DataType& to) {
  return MakeLoopCast<int64_t, int64_t>(to, [](int64_t days, int64_t* micros) {
    *micros = 0;
    return !__builtin_mul_overflow(days, kMicrosPerDay, micros);
  });
}

CastKernelPtr EnumToEnum(const DataType& from, const DataType& to) {
  std::vector<int32_t> codes;
  for (const std::string& value : from.enum_values()) {
    auto code = to.EnumCode(value);
    codes.push_back(code ? *code : -1);
  }
  return MakeLoopCast<uint16_t, uint16_t>(to, [codes](uint16_t value, uint16_t* out) {
    int32_t code = codes[value];
    *out = code < 0 ? uint16_t{0} : static_cast<uint16_t>(code);
    return code >= 0;
  });
}

}  // namespace

CastKernelPtr MakeScalarCast(const DataType& from, const DataType& to) {
  if (from.is(TypeKind::kTimestamp) && to.is(TypeKind::kDate)) return TimestampToDate(to);
  if (from.is(TypeKind::kDate) && to.is(TypeKind::kTimestamp)) return DateToTimestamp(to);
  if (from.is(TypeKind::kEnum) && to.is(TypeKind::kEnum)) return EnumToEnum(from, to);
  return nullptr;
}

}  // namespace weir
