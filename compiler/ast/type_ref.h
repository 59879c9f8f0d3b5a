#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/expr.h"
#include "compiler/ast/name.h"

namespace weir::ast {

struct FieldDecl;

enum class TypeRefKind : uint8_t {
  kNamed,    ///< int64, decimal(10, 2), UserEvent, ec.UserEvent
  kGeneric,  ///< list<T>, map<K, V>
  kEnum,     ///< enum("a", "b")
  kStruct,   ///< struct { … }
  kError,    ///< Could not be read; a diagnostic was already reported.
};

struct TypeNumber {
  int64_t value = 0;
  Span span;
};

/// One value of an enum; the name may have been written as a string or as an identifier.
struct EnumValue {
  std::string text;
  Span span;
};

/// A type as written.
struct TypeRef {
  TypeRefKind kind = TypeRefKind::kNamed;
  bool optional = false;  ///< `T?`
  Span span;
  QualifiedName name;                               ///< kNamed; kGeneric has one part.
  std::vector<TypeNumber> numbers;                  ///< kNamed: decimal(10, 2).
  std::vector<std::unique_ptr<TypeRef>> arguments;  ///< kGeneric.
  std::vector<EnumValue> values;                    ///< kEnum.
  std::vector<FieldDecl> fields;                    ///< kStruct.

  TypeRef();
  TypeRef(const TypeRef&) = delete;
  TypeRef& operator=(const TypeRef&) = delete;
  ~TypeRef();
};

using TypeRefPtr = std::unique_ptr<TypeRef>;

/// @name or @name(args)
struct Annotation {
  Name name;
  std::optional<CallArgs> args;
  Span span;
};

/// name: type @annotation = default where condition
struct FieldDecl {
  Name name;
  TypeRefPtr type;
  std::vector<Annotation> annotations;
  ExprPtr default_value;  ///< Null without one.
  ExprPtr where;          ///< Null without one; the field is called `value` in it.
  DocComment doc;
  Span span;
};

}  // namespace weir::ast
