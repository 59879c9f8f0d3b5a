#pragma once

#include <memory>
#include <string>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/clock.h"

namespace weir {

/// A small pipeline for tests of execution, planned by hand:
///   events {k: string, v: int64, at: timestamp} time at watermark lag 2s
///   |> where v >= 0 |> rekey by k (an exchange by hash) |> into out
/// Streams: `events`, `kept`, `keyed`. Records that don't decode and rows from the future are
/// discarded as "bad".
std::shared_ptr<const plan::PhysicalPlan> SamplePlan();

/// {"k": "k3", "v": 3, "at": "1970-01-01T00:00:07Z"}
std::string SampleRecord(int64_t key, int64_t value, int64_t second);

}  // namespace weir
