#pragma once

#include <memory>
#include <string>
#include <vector>

#include "compiler/source/span.h"
#include "runtime/types/value_rules.h"

namespace weir::jsonschema {

struct FieldPlace;

/// Where a type stands in the JSON file, and what the text of its field can't hold.
struct TypePlace {
  Span span;
  std::vector<FieldPlace> fields;            ///< of a struct
  std::shared_ptr<const TypePlace> element;  ///< of a list or the values of a map
  /// Of an element: which of the `MappedText::demands` it must satisfy; -1: none.
  int demand = -1;
};

struct FieldPlace {
  Span name, default_value;
  TypePlace type;
};

/// How a default is written in .flow.
enum class Notation : uint8_t { kPlain, kText, kCast, kJson, kStruct };

/// A schema as .flow would write it.
struct MappedType {
  std::string type;        ///< `int64`, `list<string>`, without `?`
  bool or_null = false;    ///< null is a value
  std::string where;       ///< "" without
  std::string annotation;  ///< `@ignore_case`
  Notation notation = Notation::kPlain;
  bool unknown_refused = false;      ///< ValueRules, of a struct
  std::vector<ValueRulesPtr> parts;  ///< ValueRules
  TypePlace place;

  /// The rules of a value of this type; null when there is nothing to say.
  ValueRulesPtr Rules(bool null_refused, bool key_required) const;
};

/// A string literal of .flow.
std::string QuotedFlow(std::string_view text);

}  // namespace weir::jsonschema
