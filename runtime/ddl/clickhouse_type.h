#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/base/result.h"

namespace weir {

/// A column type of ClickHouse, parsed. `Nullable(…)`, `LowCardinality(…)`, `Array(…)` and the
/// aggregate wrappers have the inner type as their child.
struct ClickhouseType {
  enum class Kind : uint8_t {
    kInt,
    kUInt,
    kFloat,
    kBool,
    kDecimal,
    kString,
    kFixedString,
    kUuid,
    kIpv4,
    kIpv6,
    kDate,
    kDate32,
    kDateTime,
    kDateTime64,
    kEnum,
    kJson,
    kNullable,
    kLowCardinality,
    kArray,
    kMap,  ///< key, value
    kTuple,
    kSimpleAggregate,  ///< SimpleAggregateFunction(f, T): values of T
    kOther,            ///< known to ClickHouse alone
  };
  Kind kind = Kind::kOther;
  int bits = 0;                  ///< kInt, kUInt, kFloat, kEnum
  int precision = 0, scale = 0;  ///< kDecimal; scale also of kDateTime64
  int length = 0;                ///< kFixedString
  std::vector<ClickhouseType> children;
  std::vector<std::string> names;                        ///< kTuple; "" without a name
  std::vector<std::pair<std::string, int>> enum_values;  ///< kEnum: name, code
  std::string text;                                      ///< as written

  bool is(Kind other) const { return kind == other; }
};

/// Accepts what `system.columns` shows and the usual aliases (Boolean, Varchar, Int …). A type it
/// doesn't know is kOther; only broken parentheses and parameters are errors.
Result<ClickhouseType> ParseClickhouseType(std::string_view text);

/// `text` in the quotes of a string literal.
std::string ClickhouseString(std::string_view text);
/// `name` in backquotes.
std::string ClickhouseName(std::string_view name);

}  // namespace weir
