#pragma once

namespace weir::flowc {

/// SIGINT and SIGTERM ask for a drain; a second one ends the process at once.
void InstallStopSignals();
bool StopRequested();

}  // namespace weir::flowc
