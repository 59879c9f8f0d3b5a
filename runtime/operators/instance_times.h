#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/operators/operator.h"
#include "runtime/state/state_access.h"

namespace weir {

/// The times that each instance of an operator saves for itself (its watermark, its next early
/// emit), by number of worker. Entries of workers that are no more are deleted with the next
/// snapshot: a later restore must not take their old times for current ones. One thread.
class InstanceTimes {
 public:
  void Put(const OperatorContext& context, std::initializer_list<Micros> times, StateWriter& out);

  /// Sets each of `times`, in the order of Put, to the smallest that an instance saved: the lowest
  /// is safe, since what another one has already fired or closed has no state left. Leaves them
  /// alone when none was saved, and the last ones where an older form of the state lacks them.
  Status Read(const StateReader& in, std::string_view op, std::initializer_list<Micros*> times);

 private:
  std::vector<std::string> read_;  ///< workers found by Read, until the next Put
};

}  // namespace weir
