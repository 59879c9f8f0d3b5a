#pragma once

#include <string>
#include <vector>

#include "runtime/operators/ledger.h"

namespace weir::flowc {

/// The ledgers as a table, one line per operator: where every row went. Not wider than `width`.
/// `most_rows` 0: all operators.
std::vector<std::string> LedgerLines(const std::vector<NamedLedger>& ledgers, int width,
                                     size_t most_rows = 0);

/// Reasons over all operators, the most frequent first: `user_events/decode  not a uuid  12`.
std::vector<std::string> DeadLetterLines(const std::vector<NamedLedger>& ledgers, int width,
                                         size_t most_rows);

/// Cuts UTF-8 text to `width` columns (one per code point).
std::string Clip(const std::string& text, int width);

}  // namespace weir::flowc
