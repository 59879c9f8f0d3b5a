#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/types/data_type.h"
#include "runtime/types/value.h"

namespace weir {

/// Which types a parameter takes. Optionality is handled by the null policy, not here.
struct TypePattern {
  enum class Class : uint8_t {
    kExact,  ///< `type`, arguments are widened to it implicitly (int32 -> int64, integer -> float64
             ///< …)
    kAny,
    kInteger,  ///< any integer; the kernel sees int64 (uint64 keeps its own form)
    kDecimal,  ///< any decimal
    kFloat,
    kNumeric,
    kEnum,
    kList,
    kMap,
    kStruct,
    kSameAs,  ///< the type of parameter `same_as`
  };
  Class cls = Class::kAny;
  DataType type;
  int same_as = 0;

  static TypePattern Exact(DataType type) { return {Class::kExact, std::move(type), 0}; }
  static TypePattern Any(Class cls = Class::kAny) { return {cls, {}, 0}; }
  static TypePattern SameAs(int parameter) { return {Class::kSameAs, {}, parameter}; }
  std::string ToString() const;
};

struct ParamDef {
  std::string name;
  TypePattern type;
  std::string doc;
  std::optional<Value> default_value;  ///< makes the argument optional
  bool constant = false;               ///< must be a constant known at compile time
  bool variadic = false;               ///< last parameter only: one or more
  bool named_only = false;             ///< `limit: 10`, `by: ms`
};

/// Result type from argument types (without optionality); constants where known, else null
/// pointers.
using ResultRule = std::function<DataType(std::span<const DataType> arguments,
                                          std::span<const Value* const> constants)>;
ResultRule Returns(DataType type);
ResultRule ReturnsArgument(int index);

struct FunctionExample {
  std::string expression;  ///< `truncate("foobar", 3)`
  std::string result;      ///< `"foo"`; an expression too. For an error: `error: <part of message>`
};

}  // namespace weir
