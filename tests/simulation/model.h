#pragma once

#include "tests/simulation/pipelines.h"

namespace weir::simulation {

/// What each pipeline must come to, over all records at once: no operators, no watermarks, no
/// partitions. That this can be said at all is because no row's lateness depends on how partitions
/// interleave (input.h).
Expectation ExpectFilter(const Inputs& inputs);
Expectation ExpectDedupe(const Inputs& inputs);
Expectation ExpectWindow(const Inputs& inputs);
Expectation ExpectSessions(const Inputs& inputs);
Expectation ExpectTotals(const Inputs& inputs);
Expectation ExpectWords(const Inputs& inputs);
Expectation ExpectUnion(const Inputs& inputs);
/// Whichever rows a timer counted: each once, and no timer too late for its window.
Expectation ExpectCounts(const Inputs& inputs);

}  // namespace weir::simulation
