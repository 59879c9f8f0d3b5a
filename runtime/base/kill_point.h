#pragma once

#include <string_view>
#include <vector>

namespace weir {

/// Steps at which a test has the process killed, to see that the next run goes on from there:
/// `WEIR_KILL_AT=<name>:<n>` in the environment sends SIGKILL to itself at the n-th passage
/// (1-based) of the step. A name that does not exist ends the process with exit code 2 at the first
/// step that it passes. Steps are places that wait for disks, never per row; without the variable a
/// passage reads one bool. Any thread.
class KillPoint {
 public:
  /// All names, in the order in which a run passes them for the first time.
  static const std::vector<std::string_view>& Names();
  /// `name` is one of Names.
  static void Pass(std::string_view name);
};

}  // namespace weir
