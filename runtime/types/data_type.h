#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Types of the language. See `Physical` for how each is stored.
enum class TypeKind : uint8_t {
  kError,  ///< Poison: an expression already reported; compatible with everything.
  kNull,   ///< The literal `null` before it meets its context.
  kBool,
  kInt8,
  kInt16,
  kInt32,
  kInt64,
  kUInt8,
  kUInt16,
  kUInt32,
  kUInt64,
  kFloat32,
  kFloat64,
  kDecimal,
  kString,
  kBytes,
  kUuid,
  kIpv4,
  kIpv6,
  kTimestamp,
  kDate,
  kDuration,
  kJson,
  kEnum,
  kList,
  kMap,
  kStruct,
};

/// How a column of a type is laid out. Integers of every width, times and ipv4 share one 64-bit
/// form: kernels stay few, and a batch fits the cache all the same; range checks happen where a
/// value enters a narrower type (decode, cast, arithmetic).
enum class Physical : uint8_t {
  kBool,     ///< uint8_t, 0 or 1
  kInt64,    ///< int64_t: int8..int64, uint8..uint32, timestamp (us), date (days), duration (us),
             ///< ipv4
  kUInt64,   ///< uint64_t: uint64
  kFloat64,  ///< double: float32 (rounded on entry), float64
  kInt128,   ///< Int128: decimal with precision above 18
  kFixed16,  ///< Fixed16: uuid, ipv6
  kString,   ///< std::string_view: string, bytes, json (its text)
  kCode,     ///< uint16_t: enum, index into its declared values
  kList,     ///< ListEntry {offset, length} into a child column; a map is a list of {key, value}
  kStruct,   ///< children of the same length
  kNone,     ///< no values: null, error
};
// decimal with precision <= 18 is kInt64, scaled by 10^scale.

class DataType;

struct StructField;

/// Immutable value handle, cheap to copy (one pointer plus a few bytes). Thread-safe.
class DataType {
 public:
  DataType() = default;  ///< the error type

  static DataType Of(TypeKind kind);  ///< any kind without parameters
  static DataType Decimal(int precision,
                          int scale);  ///< 1 <= precision <= 38, 0 <= scale <= precision
  /// `name` is the declared type name ("" when anonymous); `ignore_case` accepts any case of a
  /// value.
  static DataType Enum(std::vector<std::string> values, std::string name = "",
                       bool ignore_case = false);
  static DataType List(DataType element);
  static DataType Map(DataType key, DataType value);
  static DataType Struct(std::vector<StructField> fields, std::string name = "");

  static DataType Error() { return {}; }
  static DataType Null() { return Of(TypeKind::kNull); }
  static DataType Bool() { return Of(TypeKind::kBool); }
  static DataType Int64() { return Of(TypeKind::kInt64); }
  static DataType Float64() { return Of(TypeKind::kFloat64); }
  static DataType String() { return Of(TypeKind::kString); }
  static DataType Bytes() { return Of(TypeKind::kBytes); }
  static DataType Uuid() { return Of(TypeKind::kUuid); }
  static DataType Timestamp() { return Of(TypeKind::kTimestamp); }
  static DataType Duration() { return Of(TypeKind::kDuration); }
  static DataType Json() { return Of(TypeKind::kJson); }

  TypeKind kind() const { return kind_; }
  Physical physical() const;

  bool optional() const { return optional_; }
  DataType AsOptional() const { return WithOptional(true); }
  DataType AsRequired() const { return WithOptional(false); }
  DataType WithOptional(bool optional) const;

  int precision() const { return precision_; }  ///< of a decimal
  int scale() const { return scale_; }          ///< of a decimal

  const std::vector<std::string>& enum_values() const;
  bool ignore_case() const;
  /// Code of an enum value, honouring `ignore_case`; none when it is not one.
  std::optional<uint16_t> EnumCode(std::string_view value) const;

  DataType element() const;    ///< of a list; the entry struct {key, value} of a map
  DataType map_key() const;    ///< of a map
  DataType map_value() const;  ///< of a map
  const std::vector<StructField>& fields() const;              ///< of a struct
  std::optional<int> FieldIndex(std::string_view name) const;  ///< of a struct
  const std::string& name() const;  ///< declared name of an enum or struct, else ""

  bool is(TypeKind kind) const { return kind_ == kind; }
  bool is_error() const { return kind_ == TypeKind::kError; }
  bool is_signed_integer() const { return kind_ >= TypeKind::kInt8 && kind_ <= TypeKind::kInt64; }
  bool is_unsigned_integer() const {
    return kind_ >= TypeKind::kUInt8 && kind_ <= TypeKind::kUInt64;
  }
  bool is_integer() const { return is_signed_integer() || is_unsigned_integer(); }
  bool is_float() const { return kind_ == TypeKind::kFloat32 || kind_ == TypeKind::kFloat64; }
  bool is_decimal() const { return kind_ == TypeKind::kDecimal; }
  bool is_numeric() const { return is_integer() || is_float() || is_decimal(); }
  bool is_string_like() const { return physical() == Physical::kString; }
  bool is_nested() const { return kind_ >= TypeKind::kList; }

  /// Bits of an integer type (8..64).
  int integer_bits() const;

  /// As written in a `.flow`: `decimal(10, 2)?`, `list<string>`, or the declared name.
  std::string ToString() const;

  /// Structural equality, optionality included; declared names don't matter except for enums
  /// (values decide) and structs (fields decide).
  friend bool operator==(const DataType& a, const DataType& b);
  /// Equality apart from the outermost optionality.
  bool SameBase(const DataType& other) const { return AsRequired() == other.AsRequired(); }

 private:
  struct Details;
  DataType WithDetails(std::shared_ptr<const Details> details) const;

  TypeKind kind_ = TypeKind::kError;
  bool optional_ = false;
  uint8_t precision_ = 0;
  uint8_t scale_ = 0;
  std::shared_ptr<const Details> details_;
};

struct StructField {
  std::string name;
  DataType type;
  friend bool operator==(const StructField&, const StructField&) = default;
};

std::string_view TypeKindName(TypeKind kind);

}  // namespace weir
