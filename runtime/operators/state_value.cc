#include "runtime/operators/state_value.h"

#include <cstring>
#include <type_traits>
#include <variant>

#include "runtime/types/decimal.h"

namespace weir {
namespace {

template <typename T>
void Store(T value, uint8_t* place) {
  std::memcpy(place, &value, sizeof(T));
}
template <typename T>
T Load(const uint8_t* place) {
  T value;
  std::memcpy(&value, place, sizeof(T));
  return value;
}

bool IsEmpty(const Value& value) {
  if (value.is_null()) return true;
  const auto* text = std::get_if<std::string>(&value.payload());
  return text != nullptr && text->empty();
}

/// -1, 0, 1 of two values of one type that has an order.
int CompareValues(const Value& a, const Value& b) {
  return std::visit(
      [&](const auto& left) {
        using T = std::decay_t<decltype(left)>;
        if constexpr (std::is_same_v<T, std::monostate> || std::is_same_v<T, Value::List>) {
          return 0;
        } else {
          const T& right = std::get<T>(b.payload());
          return left == right ? 0 : (left < right ? -1 : 1);
        }
      },
      a.payload());
}

Result<Value> Sum(const Value& a, const Value& b) {
  const DataType& type = a.type();
  switch (type.physical()) {
    case Physical::kInt64: {
      int64_t sum = 0;
      if (__builtin_add_overflow(a.as_int64(), b.as_int64(), &sum)) break;
      if (type.is_integer()) {
        const int bits = type.integer_bits();
        const bool is_signed = type.is_signed_integer();
        const int64_t top =
            bits >= 64 ? INT64_MAX : (int64_t{1} << (is_signed ? bits - 1 : bits)) - 1;
        const int64_t bottom = is_signed ? -top - 1 : 0;
        if (sum > top || sum < bottom) break;
      }
      return Value(type, sum);
    }
    case Physical::kUInt64: {
      uint64_t sum = 0;
      if (__builtin_add_overflow(a.as_uint64(), b.as_uint64(), &sum)) break;
      return Value(type, sum);
    }
    case Physical::kFloat64: return Value(type, a.as_float64() + b.as_float64());
    case Physical::kInt128: return Value(type, a.as_int128() + b.as_int128());
    default: break;
  }
  return InvalidArgumentError("the sum of two sessions' values leaves {}", type.ToString());
}

Value Union(const Value& a, const Value& b) {
  Value::List merged = a.as_list();
  for (const Value& entry : b.as_list()) {
    bool known = false;
    for (const Value& present : merged) known |= present == entry;
    if (!known) merged.push_back(entry);
  }
  return Value(a.type(), std::move(merged));
}

void AppendBytes(std::string_view bytes, std::string& out) {
  const auto size = static_cast<uint32_t>(bytes.size());
  out.append(reinterpret_cast<const char*>(&size), sizeof(size));
  out.append(bytes);
}

Result<std::string_view> TakeRaw(std::string_view& in, size_t size) {
  if (in.size() < size) return DataLossError("stored state ends too early");
  const std::string_view bytes = in.substr(0, size);
  in.remove_prefix(size);
  return bytes;
}

Result<std::string_view> TakeBytes(std::string_view& in) {
  WEIR_ASSIGN(const std::string_view raw, TakeRaw(in, sizeof(uint32_t)));
  uint32_t size = 0;
  std::memcpy(&size, raw.data(), sizeof(size));
  return TakeRaw(in, size);
}

Result<Value> ReadNested(const DataType& type, std::string_view& in) {
  WEIR_ASSIGN(const std::string_view raw, TakeRaw(in, sizeof(uint32_t)));
  uint32_t size = 0;
  std::memcpy(&size, raw.data(), sizeof(size));
  Value::List list;
  for (uint32_t i = 0; i < size; ++i) {
    const DataType element = type.is(TypeKind::kStruct) ? type.fields()[i].type : type.element();
    WEIR_ASSIGN(Value value, ReadStateValue(element, in));
    list.push_back(std::move(value));
  }
  return Value(type, std::move(list));
}

}  // namespace

void StoreFixedValue(const Value& value, Physical physical, uint8_t* place) {
  switch (physical) {
    case Physical::kBool: Store<uint8_t>(value.as_bool() ? 1 : 0, place); break;
    case Physical::kInt64: Store(value.as_int64(), place); break;
    case Physical::kUInt64: Store(value.as_uint64(), place); break;
    case Physical::kFloat64: Store(value.as_float64(), place); break;
    case Physical::kInt128: Store(value.as_int128(), place); break;
    case Physical::kFixed16: Store(value.as_fixed16(), place); break;
    case Physical::kCode: Store(value.as_code(), place); break;
    default: break;
  }
}

Value LoadFixedValue(const DataType& type, Physical physical, const uint8_t* place) {
  switch (physical) {
    case Physical::kBool: return Value(type, Load<uint8_t>(place) != 0);
    case Physical::kInt64: return Value(type, Load<int64_t>(place));
    case Physical::kUInt64: return Value(type, Load<uint64_t>(place));
    case Physical::kFloat64: return Value(type, Load<double>(place));
    case Physical::kInt128: return Value(type, Load<Int128>(place));
    case Physical::kFixed16: return Value(type, Load<Fixed16>(place));
    case Physical::kCode: return Value(type, Load<uint16_t>(place));
    default: return Value::Null(type);
  }
}

Result<Value> MergeStateValues(plan::MergeRule rule, const Value& earlier, const Value& later) {
  switch (rule) {
    case plan::MergeRule::kFirst: return earlier.is_null() ? later : earlier;
    case plan::MergeRule::kLast: return later.is_null() ? earlier : later;
    case plan::MergeRule::kFirstNonEmpty: return IsEmpty(earlier) ? later : earlier;
    default: break;
  }
  if (earlier.is_null()) return later;
  if (later.is_null()) return earlier;
  switch (rule) {
    case plan::MergeRule::kSum: return Sum(earlier, later);
    case plan::MergeRule::kMin: return CompareValues(earlier, later) <= 0 ? earlier : later;
    case plan::MergeRule::kMax: return CompareValues(earlier, later) >= 0 ? earlier : later;
    case plan::MergeRule::kUnion: return Union(earlier, later);
    default: break;
  }
  return InternalError("a state field has no merge rule");
}

void AppendStateValue(const Value& value, std::string& out) {
  out.push_back(value.is_null() ? 1 : 0);
  if (value.is_null()) return;
  const DataType& type = value.type();
  const Physical physical = type.physical();
  switch (physical) {
    case Physical::kString: AppendBytes(value.as_string(), out); return;
    case Physical::kCode: AppendBytes(type.enum_values()[value.as_code()], out); return;
    case Physical::kList:
    case Physical::kStruct: {
      const auto size = static_cast<uint32_t>(value.as_list().size());
      out.append(reinterpret_cast<const char*>(&size), sizeof(size));
      for (const Value& entry : value.as_list()) AppendStateValue(entry, out);
      return;
    }
    default: break;
  }
  uint8_t bytes[16] = {};
  StoreFixedValue(value, physical, bytes);
  const bool wide = physical == Physical::kInt128 || physical == Physical::kFixed16;
  out.append(reinterpret_cast<const char*>(bytes), wide ? 16 : 8);
}

Result<Value> ReadStateValue(const DataType& type, std::string_view& in) {
  WEIR_ASSIGN(const std::string_view null_flag, TakeRaw(in, 1));
  if (null_flag[0] != 0) return Value::Null(type);
  const Physical physical = type.physical();
  switch (physical) {
    case Physical::kString: {
      WEIR_ASSIGN(const std::string_view text, TakeBytes(in));
      return Value(type, std::string(text));
    }
    case Physical::kCode: {
      WEIR_ASSIGN(const std::string_view text, TakeBytes(in));
      const std::optional<uint16_t> code = type.EnumCode(text);
      if (!code) return DataLossError("stored state has \"{}\", not a {}", text, type.ToString());
      return Value(type, *code);
    }
    case Physical::kList:
    case Physical::kStruct: return ReadNested(type, in);
    default: break;
  }
  const bool wide = physical == Physical::kInt128 || physical == Physical::kFixed16;
  WEIR_ASSIGN(const std::string_view raw, TakeRaw(in, wide ? 16 : 8));
  return LoadFixedValue(type, physical, reinterpret_cast<const uint8_t*>(raw.data()));
}

}  // namespace weir
