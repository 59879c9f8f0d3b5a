#pragma once

#include <string_view>

#include "runtime/base/status.h"

namespace weir {

/// The engine's error text (`Code: 60. DB::Exception: … (UNKNOWN_TABLE) (version …)`) as a Status:
/// without the code, the class name and the version; the name of the error stays. Retryable are
/// those that pass by waiting: disk or memory full, too many parts. What concerns the rows or the
/// statement is InvalidArgument, missing tables are NotFound, the rest IoError.
Status StatusFromChdb(std::string_view error);

/// 60 of `Code: 60. …`; 0 when there is none.
int ChdbErrorCode(std::string_view error);

}  // namespace weir
