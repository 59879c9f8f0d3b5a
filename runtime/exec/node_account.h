#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/operators/ledger.h"

namespace weir {

/// The books of one node: its operator's ledger and the rows that the task counted on each edge,
/// which the ledger must agree with. Of one instance, or summed over workers.
struct NodeAccount {
  Ledger ledger;
  std::vector<int64_t> rows_in;   ///< by input
  std::vector<int64_t> rows_out;  ///< by port

  void Add(const NodeAccount& other);
};

/// For the checkpoint: a versioned binary form. Gauges are not kept.
std::string EncodeAccount(const NodeAccount& account);
Result<NodeAccount> DecodeAccount(std::string_view bytes);

}  // namespace weir
