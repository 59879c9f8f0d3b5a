#pragma once

#include "runtime/base/status.h"

namespace weir {

/// A failure of the engine as whoever wrote the statement needs it: without scopes, stacks and the
/// list of everything a parser would have taken instead. Limits say which option moves them.
Status ExplainSqlError(const Status& status);

}  // namespace weir
