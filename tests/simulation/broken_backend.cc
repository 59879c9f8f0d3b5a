#include "tests/simulation/broken_backend.h"

#include <algorithm>
#include <utility>

namespace weir::simulation {

Status BrokenBackend::Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) {
  std::vector<StateDelta> kept = deltas;
  if (rule_ == BrokenRule::kRule1) {
    const size_t forgotten = std::min(std::exchange(failed_deltas_, 0), kept.size());
    kept.erase(kept.begin(), kept.begin() + static_cast<ptrdiff_t>(forgotten));
    if (epoch % 3 == 0 && !deltas.empty()) {
      failed_deltas_ = deltas.size() - 1;
      return ResourceExhaustedError("no room");
    }
  }
  if (rule_ == BrokenRule::kRule17 && epoch % 3 == 0) {
    std::erase_if(kept, [](const StateDelta& delta) { return delta.operator_name == "@ledger"; });
  }
  const Status status = backend_->Commit(epoch, kept);
  // The last one is the sinks', which the committer asks for again.
  if (!status.ok()) failed_deltas_ = deltas.empty() ? 0 : deltas.size() - 1;
  return status;
}

}  // namespace weir::simulation
