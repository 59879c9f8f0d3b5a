// UUIDs and IP addresses: the same bits in an order of ClickHouse's own.
#include "runtime/base/int128.h"
#include "runtime/format/native/fixed_native_column.h"
#include "runtime/format/native/make_native_column.h"

namespace weir {

namespace {

using Kind = ClickhouseType::Kind;

}  // namespace

NativeColumnPtr MakeAddressColumn(const DataType& from, const ClickhouseType& to) {
  if (from.is(TypeKind::kUuid) && to.is(Kind::kUuid)) {
    // Two little-endian halves, the first one first.
    return MakeFixedNativeColumn<Fixed16, Fixed16>(to.text, [](Fixed16 value, Fixed16& out) {
      out = value;
      return true;
    });
  }
  if (from.is(TypeKind::kIpv6) && to.is(Kind::kIpv6)) {
    return MakeFixedNativeColumn<Fixed16, Fixed16>(to.text, [](Fixed16 value, Fixed16& out) {
      out = {__builtin_bswap64(value.high), __builtin_bswap64(value.low)};
      return true;
    });
  }
  if (from.is(TypeKind::kIpv4) && to.is(Kind::kIpv6)) {
    // ::ffff:a.b.c.d
    return MakeFixedNativeColumn<int64_t, Fixed16>(to.text, [](int64_t value, Fixed16& out) {
      const uint64_t low = uint64_t{0xffff} << 32 | static_cast<uint32_t>(value);
      out = {0, __builtin_bswap64(low)};
      return true;
    });
  }
  if (from.is(TypeKind::kIpv4) && to.is(Kind::kIpv4)) {
    return MakeFixedNativeColumn<int64_t, uint32_t>(to.text, [](int64_t value, uint32_t& out) {
      out = static_cast<uint32_t>(value);
      return true;
    });
  }
  return nullptr;
}

}  // namespace weir
