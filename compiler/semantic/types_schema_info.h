#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ast/declarations.h"
#include "compiler/plan/expr.h"
#include "compiler/plan/source_node.h"
#include "runtime/types/schema.h"
#include "runtime/types/value.h"
#include "runtime/types/value_rules.h"

namespace weir::semantic {

/// A declared field with everything that decoders, sinks and messages want to know.
struct FieldInfo {
  std::string name;
  DataType type;
  std::optional<Value> default_value;  ///< of `type`; for an absent key
  /// `where` of the field and of its type alias; column 0 is the value (required: nulls are not
  /// tested). Null without one.
  plan::ExprPtr constraint;
  std::string constraint_text;          ///< as written
  std::vector<plan::PartDemand> parts;  ///< inside lists and maps
  PiiTag pii;
  bool subject = false;  ///< @subject
  std::string doc;
  ValueRulesPtr rules;  ///< of an imported field: what its type can't say; null without
  Span declared;        ///< the name
};

/// A schema, or a struct type used as one.
struct SchemaInfo {
  std::string name;               ///< "" for `struct { … }`
  std::vector<FieldInfo> fields;  ///< of the base schema first
  plan::UnknownKeys unknown_keys = plan::UnknownKeys::kIgnore;
  int collect_field = -1;  ///< `... into field`
  SchemaPtr schema;        ///< the fields' names, types and tags
  DataType row_type;       ///< struct of the same fields
  Span declared;
  std::string doc;

  const FieldInfo* Find(std::string_view field) const;
};
using SchemaInfoPtr = std::shared_ptr<const SchemaInfo>;

/// A resolved type with what a type alias says about its values.
struct TypeUse {
  DataType type;
  plan::ExprPtr constraint;  ///< as FieldInfo::constraint
  std::string constraint_text;
  std::vector<plan::PartDemand> parts;  ///< as FieldInfo::parts
  SchemaInfoPtr schema;                 ///< set when the type names a schema or is a struct
};

/// Columns of a stream as a struct type.
DataType RowTypeOf(const Schema& schema);

}  // namespace weir::semantic
