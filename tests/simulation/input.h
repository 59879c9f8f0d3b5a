#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "tests/simulation/choices.h"

namespace weir::simulation {

/// One record of a source, and what the model knows of it.
struct InputRecord {
  int64_t id = 0;
  std::string k;
  int64_t v = 0;
  int words = 1;
  Micros at = 0;       ///< event time, whole seconds
  bool late = false;   ///< certainly late for every window, else certainly for none
  Micros arrival = 0;  ///< clock time from which it can be read
  std::string json;
};

/// By partition, in order.
using SourceInput = std::vector<std::vector<InputRecord>>;

struct InputPlan {
  int64_t rows = 100;
  int64_t partitions = 1;
  int64_t keys = 5;
  int64_t repeats_of_ten = 0;  ///< rows with the id and content of an earlier one
  int64_t late_of_hundred = 0;
  int64_t most_words = 3;
  Micros step = 0;  ///< of arrival
};

/// Event times are within 4 s of order (the watermark's lag is 5 s), or minutes behind.
SourceInput MakeInput(const InputPlan& plan, Micros first_arrival, int64_t first_id,
                      Choices choices);

/// Where the clock of every simulation starts; events begin an hour before.
inline constexpr Micros kClockStart = Micros{1767229200} * kMicrosPerSecond;

/// `2026-01-01T00:00:00.000000Z`
std::string TimeText(Micros time);

}  // namespace weir::simulation
