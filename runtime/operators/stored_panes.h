#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operators/operator.h"
#include "runtime/operators/pane_assigner.h"
#include "runtime/state/state_access.h"

namespace weir {

/// Which panes there are, as each instance of a windowed aggregate saves it for itself, by number
/// of worker: so that a restore knows the windows that are to fire without a look at their rows.
/// One thread.
class StoredPanes {
 public:
  using PaneKey = PaneAssigner::PaneKey;

  /// Writes nothing where nothing has changed.
  void Put(const OperatorContext& context, const std::vector<PaneKey>& panes, StateWriter& out);

  /// The panes of all instances: those whose rows are elsewhere now are empty here. Where none was
  /// saved, in an earlier form of the state, false.
  Result<bool> Read(const StateReader& in, std::string_view op, std::set<PaneKey>& panes);

 private:
  std::vector<std::string> read_;  ///< workers found by Read, until the next Put
  std::string written_;            ///< by Put; empty: nothing yet
};

}  // namespace weir
