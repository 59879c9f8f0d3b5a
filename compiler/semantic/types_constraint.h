#pragma once

#include <string>

#include "compiler/ast/expr.h"
#include "compiler/semantic/declare_catalog.h"

namespace weir::semantic {

/// `where …` of a type, field or parameter over `value` = column 0 (required). Null after a report.
plan::ExprPtr BindConstraint(const Catalog& catalog, const ast::Expr& where, const DataType& type);

/// Both constraints; either may be null.
plan::ExprPtr BothConstraints(const plan::ExprPtr& a, const plan::ExprPtr& b);

/// Column 0 of `constraint` replaced by `value`.
plan::ExprPtr ConstraintOn(const plan::ExprPtr& constraint, const plan::ExprPtr& value);

/// Reports F0220 at `span` if a constant does not satisfy its constraint (null: none, null values
/// are not tested).
void CheckValue(const Catalog& catalog, const Value& value, const plan::ExprPtr& constraint,
                const std::string& text, Span span);

}  // namespace weir::semantic
