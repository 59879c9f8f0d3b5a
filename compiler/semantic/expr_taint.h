#pragma once

#include "compiler/plan/expr.h"
#include "compiler/semantic/expr_scope.h"

namespace weir::semantic {

/// How the value of `expr` must be masked: personal values are followed through members, casts,
/// conditionals, arithmetic, functions and f-strings. Yes/no answers (comparisons, `like`, `is
/// null`) and the results of hashing and privacy functions are not personal. A value that is no
/// longer what was declared (an f-string of an address) is redacted where it would have been
/// truncated. Of several tags the strictest wins: redact, hash, truncate.
PiiTag TaintOf(const plan::Expr& expr, const Scope& scope);

/// The stricter of two tags.
PiiTag Stricter(const PiiTag& a, const PiiTag& b);

}  // namespace weir::semantic
