#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/operators/operator.h"
#include "runtime/state/state_access.h"
#include "runtime/types/text.h"

namespace weir {

/// The entry that each instance of an operator writes for itself (its times), by number of worker.
/// Entries of workers that are no more are deleted with the next snapshot: a later restore must not
/// take their old times for current ones. One thread.
class InstanceEntries {
 public:
  void Put(const OperatorContext& context, std::string value, StateWriter& out) {
    if (context.worker == 0) {
      for (const std::string& worker : read_) {
        const std::optional<int64_t> number = ParseInt64(worker);
        if (!number || *number >= context.num_workers) out.Delete(kSlot, kUnkeyedGroup, worker);
      }
    }
    read_.clear();
    out.Put(kSlot, kUnkeyedGroup, fmt::format("{}", context.worker), std::move(value));
  }

  /// Visits what all instances wrote.
  template <typename Visit>
  Status Read(const StateReader& in, Visit&& visit) {
    return in.ForEachUnkeyed(kSlot, [&](std::string_view worker, std::string_view value) {
      read_.emplace_back(worker);
      return visit(value);
    });
  }

 private:
  static constexpr std::string_view kSlot = "times";
  std::vector<std::string> read_;  ///< names found by Read, until the next Put
};

}  // namespace weir
