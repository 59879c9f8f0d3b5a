#pragma once

#include "runtime/types/data_type.h"

namespace weir::plan {

/// How a value of one type becomes one of another.
enum class CastSafety : uint8_t {
  kNever,     ///< there is no such cast
  kFallible,  ///< a row may fail
  kSafe,      ///< every value has an image; only integer and decimal to float may round
};

/// `cast(x as to)` for x of type `from`. One table for the type checker (which casts exist, which
/// need a route) and the evaluator (which implements them). Optional to required is fallible: null
/// has no image.
///
/// Text goes to and from every scalar; json to and from everything; numbers among themselves
/// (narrowing and surplus digits fail, a float becomes an integer only when it is whole); timestamp
/// and date; enums by name; lists, maps by element, structs by field. Text of bytes is base64.
CastSafety SafetyOfCast(const DataType& from, const DataType& to);

}  // namespace weir::plan
