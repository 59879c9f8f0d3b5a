#include "tests/simulation/committed_rows.h"

#include <sstream>

namespace weir::simulation {

void CommittedRows::GoOnFrom(uint64_t epoch) {
  std::erase_if(frozen_, [epoch](const Frozen& frozen) { return frozen.epoch > epoch; });
}

void CommittedRows::Add(const Entry& entry) {
  Frozen frozen{entry.a, static_cast<uint32_t>(entry.b), std::string(entry.x), {}};
  std::istringstream lines{std::string(entry.y)};
  for (std::string line; std::getline(lines, line);) frozen.rows.push_back(line);
  frozen_.push_back(std::move(frozen));
}

Lines CommittedRows::Of(const std::string& sink) const {
  Lines lines;
  for (const Frozen& frozen : frozen_) {
    if (frozen.sink != sink) continue;
    std::vector<std::string>& lane = lines[frozen.worker];
    lane.insert(lane.end(), frozen.rows.begin(), frozen.rows.end());
  }
  return lines;
}

std::vector<std::string> CommittedRows::InOrder(const std::string& sink) const {
  std::vector<std::string> rows;
  for (const Frozen& frozen : frozen_) {
    if (frozen.sink == sink) rows.insert(rows.end(), frozen.rows.begin(), frozen.rows.end());
  }
  return rows;
}

size_t CommittedRows::CountUpTo(const std::string& sink, uint64_t epoch) const {
  size_t count = 0;
  for (const Frozen& frozen : frozen_) {
    if (frozen.sink == sink && frozen.epoch <= epoch) count += frozen.rows.size();
  }
  return count;
}

}  // namespace weir::simulation
