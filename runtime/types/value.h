#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "runtime/base/int128.h"
#include "runtime/types/data_type.h"

namespace weir {

/// One value of any type, for constants, options and tests; never used per row on a hot path.
/// The alternative follows the type's physical form: bool, int64_t, uint64_t, double, Int128,
/// Fixed16, std::string (string, bytes, json text), uint16_t (enum code), a list of Values
/// (list elements; struct fields in order; map entries as {key, value} structs).
class Value {
 public:
  using List = std::vector<Value>;
  using Payload = std::variant<std::monostate, bool, int64_t, uint64_t, double, Int128, Fixed16,
                               std::string, uint16_t, List>;

  Value() = default;  ///< null of type null
  Value(DataType type, Payload payload) : type_(std::move(type)), payload_(std::move(payload)) {}

  static Value Null(DataType type = DataType::Null()) { return Value(std::move(type), {}); }
  static Value Bool(bool value) { return Value(DataType::Bool(), value); }
  static Value Int64(int64_t value) { return Value(DataType::Int64(), value); }
  static Value Float64(double value) { return Value(DataType::Float64(), value); }
  static Value String(std::string value) { return Value(DataType::String(), std::move(value)); }
  static Value Timestamp(int64_t micros) { return Value(DataType::Timestamp(), micros); }
  static Value Duration(int64_t micros) { return Value(DataType::Duration(), micros); }
  /// `unscaled` is stored as int64_t up to precision 18, else as Int128.
  static Value Decimal(Int128 unscaled, int precision, int scale);

  const DataType& type() const { return type_; }
  bool is_null() const { return std::holds_alternative<std::monostate>(payload_); }
  const Payload& payload() const { return payload_; }

  bool as_bool() const { return std::get<bool>(payload_); }
  int64_t as_int64() const { return std::get<int64_t>(payload_); }
  uint64_t as_uint64() const { return std::get<uint64_t>(payload_); }
  double as_float64() const { return std::get<double>(payload_); }
  Int128 as_int128() const;  ///< of a decimal of any precision or any integer
  Fixed16 as_fixed16() const { return std::get<Fixed16>(payload_); }
  const std::string& as_string() const { return std::get<std::string>(payload_); }
  uint16_t as_code() const { return std::get<uint16_t>(payload_); }
  const List& as_list() const { return std::get<List>(payload_); }

  /// The same payload under another type of the same physical form.
  Value WithType(DataType type) const { return Value(std::move(type), payload_); }

  /// JSON text as sinks write it: decimals as numbers with exact digits, RFC 3339 with microseconds
  /// and Z, bytes as base64, json verbatim, durations as `1h30m`, map keys as text, null fields of
  /// an optional type left out; null is `null`. JSON has no NaN and infinities: they become the
  /// strings "NaN", "Infinity", "-Infinity".
  std::string ToJson() const;
  /// As written in a `.flow`: strings quoted, timestamps with @, durations as 1h30m.
  std::string ToString() const;

  friend bool operator==(const Value& a, const Value& b) {
    return a.type_.SameBase(b.type_) && a.payload_ == b.payload_;
  }

 private:
  DataType type_ = DataType::Null();
  Payload payload_;
};

}  // namespace weir
