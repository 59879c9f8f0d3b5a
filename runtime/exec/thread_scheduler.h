#pragma once

#include <functional>

#include "runtime/base/status.h"

namespace weir {

class Job;

/// Runs a started job with one thread per worker until its inputs have ended or a stop was
/// requested. The calling thread runs the coordinator and `poll`, which is called at least every
/// 100 ms (the terminal view; a look at a signal flag).
class ThreadScheduler {
 public:
  Status Run(Job& job, const std::function<void()>& poll = {});
};

}  // namespace weir
