#pragma once

#include <nlohmann/json.hpp>

#include "runtime/operators/ledger.h"

namespace weir::flowc {

/// {"rows_in": …, "discarded": {reason: n}, …}: a node's ledger, for `--summary` and `flowc state`.
nlohmann::ordered_json LedgerJson(const Ledger& ledger);

}  // namespace weir::flowc
