#include "tests/simulation/model.h"

#include <fmt/format.h>

#include <algorithm>

namespace weir::simulation {
namespace {

constexpr Micros kWindow = 10 * kMicrosPerSecond;
constexpr Micros kGap = 20 * kMicrosPerSecond;

std::vector<const InputRecord*> All(const Inputs& inputs) {
  std::vector<const InputRecord*> all;
  for (const auto& [name, partitions] : inputs) {
    for (const auto& records : partitions) {
      for (const InputRecord& record : records) all.push_back(&record);
    }
  }
  return all;
}

std::string Plain(const InputRecord& record) {
  return fmt::format(R"({{"id":{},"k":"{}","v":{}}})", record.id, record.k, record.v);
}

}  // namespace

Expectation ExpectFilter(const Inputs& inputs) {
  Expectation expected;
  for (const InputRecord* record : All(inputs)) {
    if (record->v < 0) continue;
    expected["a"].rows.insert(
        fmt::format(R"({{"id":{},"k":"{}","w":{}}})", record->id, record->k, record->v * 2));
  }
  return expected;
}

Expectation ExpectDedupe(const Inputs& inputs) {
  Expectation expected;
  std::set<int64_t> seen;
  for (const InputRecord* record : All(inputs)) {
    if (!seen.insert(record->id).second) continue;
    expected["a"].rows.insert(Plain(*record));
    if (record->v >= 0) expected["b"].rows.insert(Plain(*record));
  }
  return expected;
}

Expectation ExpectWindow(const Inputs& inputs) {
  Expectation expected;
  std::map<std::pair<std::string, Micros>, std::pair<int64_t, int64_t>> windows;
  for (const InputRecord* record : All(inputs)) {
    if (record->late) {
      expected["b"].rows.insert(Plain(*record));
      continue;
    }
    auto& [count, sum] = windows[{record->k, record->at / kWindow * kWindow}];
    ++count;
    sum += record->v;
  }
  for (const auto& [place, window] : windows) {
    expected["a"].rows.insert(fmt::format(R"({{"k":"{}","n":{},"total":{},"since":"{}"}})",
                                          place.first, window.first, window.second,
                                          TimeText(place.second)));
  }
  return expected;
}

Expectation ExpectSessions(const Inputs& inputs) {
  Expectation expected;
  std::map<std::string, std::vector<Micros>> times;
  for (const InputRecord* record : All(inputs)) {
    if (!record->late) times[record->k].push_back(record->at);
  }
  for (auto& [key, events] : times) {
    std::sort(events.begin(), events.end());
    for (size_t begin = 0, at = 1; at <= events.size(); ++at) {
      if (at < events.size() && events[at] - events[at - 1] <= kGap) continue;
      expected["a"].rows.insert(fmt::format(R"({{"k":"{}","n":{},"first":"{}","last":"{}"}})", key,
                                            at - begin, TimeText(events[begin]),
                                            TimeText(events[at - 1])));
      begin = at;
    }
  }
  return expected;
}

Expectation ExpectTotals(const Inputs& inputs) {
  Expectation expected;
  std::map<std::string, std::pair<int64_t, int64_t>> totals;
  for (const InputRecord* record : All(inputs)) {
    totals[record->k].first += record->v;
    ++totals[record->k].second;
  }
  for (const auto& [key, total] : totals) {
    expected["a"].last[key] =
        fmt::format(R"({{"k":"{}","total":{},"n":{}}})", key, total.first, total.second);
  }
  return expected;
}

Expectation ExpectWords(const Inputs& inputs) {
  Expectation expected;
  for (const InputRecord* record : All(inputs)) {
    for (int i = 0; i < record->words; ++i) {
      expected["a"].rows.insert(
          fmt::format(R"({{"id":{},"k":"{}","word":"w{}"}})", record->id, record->k, i));
    }
  }
  return expected;
}

Expectation ExpectUnion(const Inputs& inputs) {
  Expectation expected;
  std::map<std::pair<std::string, Micros>, int64_t> windows;
  for (const InputRecord* record : All(inputs)) {
    expected["a"].rows.insert(Plain(*record));
    ++windows[{record->k, record->at / kWindow * kWindow}];
  }
  for (const auto& [place, count] : windows) {
    expected["b"].rows.insert(fmt::format(R"({{"k":"{}","n":{},"since":"{}"}})", place.first, count,
                                          TimeText(place.second)));
  }
  return expected;
}

Expectation ExpectCounts(const Inputs& inputs) {
  Expectation expected;
  std::map<std::string, int64_t> counts;
  for (const InputRecord* record : All(inputs)) ++counts[record->k];
  for (const auto& [key, count] : counts) {
    expected["a"].last[key] = fmt::format(R"({{"k":"{}","n":{}}})", key, count);
  }
  return expected;
}

}  // namespace weir::simulation
