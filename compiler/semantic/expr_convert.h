#pragma once

#include <optional>

#include "compiler/plan/expr.h"

namespace weir::semantic {

/// Why a value can't take a type.
enum class Misfit : uint8_t {
  kNone,
  kType,   ///< other kind of value
  kNull,   ///< may be null
  kRange,  ///< a number literal beyond the type's range or with too many digits
  kText,   ///< a string literal that is no value of the type
};

struct Conversion {
  plan::ExprPtr expr;  ///< null unless misfit is kNone
  Misfit misfit = Misfit::kNone;
  plan::ExprPtr culprit;  ///< the part that doesn't fit, where that is narrower
};

/// Implicit conversion without a report (ExprBinder::Convert says what is allowed).
Conversion TryConvert(const plan::ExprPtr& expr, const DataType& target);

/// A constant under another type, as literals adapt: an integer to any number that holds it, a
/// decimal to a decimal or float, a string to enum, uuid, addresses and times, anything to json.
struct Adapted {
  std::optional<Value> value;
  Misfit misfit = Misfit::kNone;
};
Adapted AdaptValue(const Value& value, const DataType& target);

/// Whether every value of `from` is one of `to` and the language converts by itself. Optionality
/// of the outermost type is ignored.
bool WidensTo(const DataType& from, const DataType& to);

/// Common type of two types (see ExprBinder::CommonType).
std::optional<DataType> CommonTypeOf(const DataType& a, const DataType& b);
/// The integer type of arithmetic on two integer types.
DataType CommonInteger(const DataType& a, const DataType& b);

/// decimal(digits, 0) of an integer literal; the literal's own digits.
Value DecimalOfInteger(const Value& value);

}  // namespace weir::semantic
