#include "tests/simulation/input.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace weir::simulation {
namespace {

constexpr Micros kFirstEvent = kClockStart - Micros{3600} * kMicrosPerSecond;

std::string WordsOf(const InputRecord& record) {
  std::string text;
  for (int i = 0; i < record.words; ++i) text += fmt::format("{}w{}", i == 0 ? "" : " ", i);
  return text;
}

}  // namespace

std::string TimeText(Micros time) {
  const std::time_t seconds = time / kMicrosPerSecond;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S.000000Z", &parts);
  return text;
}

SourceInput MakeInput(const InputPlan& plan, Micros first_arrival, int64_t first_id,
                      Choices choices) {
  SourceInput partitions(static_cast<size_t>(plan.partitions));
  std::vector<InputRecord> made;
  std::vector<Micros> newest(partitions.size(), 0);
  Micros arrival = first_arrival;
  for (int64_t i = 0; i < plan.rows; ++i) {
    const auto partition = static_cast<size_t>(choices.Between(0, plan.partitions - 1));
    InputRecord record;
    if (!made.empty() && choices.Between(1, 10) <= plan.repeats_of_ten) {
      record = made[static_cast<size_t>(choices.Next() % made.size())];
    } else {
      record.id = first_id + i;
      record.k = fmt::format("k{}", choices.Between(0, plan.keys - 1));
      record.v = choices.Between(-3, 9);
      record.words = static_cast<int>(choices.Between(1, plan.most_words));
      record.at = kFirstEvent + (i * 2 - choices.Between(0, 3)) * kMicrosPerSecond;
      made.push_back(record);
    }
    // Partitions differ in nothing but their rows, so that each is in order by itself.
    if (plan.late_of_hundred > 0 && choices.Between(1, 100) <= plan.late_of_hundred &&
        newest[partition] > kFirstEvent + 120 * kMicrosPerSecond) {
      record.late = true;
      record.at = newest[partition] - 100 * kMicrosPerSecond;
    }
    newest[partition] = std::max(newest[partition], record.at);
    arrival += plan.step == 0 ? 0 : choices.Between(0, 2 * plan.step);
    record.arrival = arrival;
    record.json = fmt::format(R"({{"id":{},"k":"{}","v":{},"text":"{}","at":"{}"}})", record.id,
                              record.k, record.v, WordsOf(record), TimeText(record.at));
    partitions[partition].push_back(std::move(record));
  }
  return partitions;
}

}  // namespace weir::simulation
