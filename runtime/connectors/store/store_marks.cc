#include "runtime/connectors/store/store_marks.h"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "runtime/connectors/store/store_table.h"
#include "runtime/ddl/clickhouse_type.h"

namespace weir {

/// Rows of a lane become one with the largest of each when the engine merges parts.
Status StoreMarks::Open() {
  WEIR_TRY(database_
               ->Query(fmt::format(
                   "CREATE TABLE IF NOT EXISTS {} (pipeline String, sink String, incarnation "
                   "String, lane UInt32, epoch SimpleAggregateFunction(max, UInt64), unit "
                   "SimpleAggregateFunction(max, UInt64), at SimpleAggregateFunction(max, "
                   "DateTime64(6)), positions SimpleAggregateFunction(anyLast, String)) ENGINE = "
                   "AggregatingMergeTree ORDER BY (pipeline, sink, incarnation, lane) SETTINGS {}",
                   kStoreMarksTable, kStoreFsync))
               .status());
  // Tables of earlier versions are without it.
  WEIR_TRY(database_
               ->Query(fmt::format("ALTER TABLE {} ADD COLUMN IF NOT EXISTS positions "
                                   "SimpleAggregateFunction(anyLast, String)",
                                   kStoreMarksTable))
               .status());
  WEIR_ASSIGN(
      const std::string answer,
      database_->Query(
          fmt::format(
              "SELECT incarnation, lane, max(epoch), max(unit), argMax(positions, at) FROM {} "
              "WHERE pipeline = {} "
              "AND sink = {} GROUP BY incarnation, lane ORDER BY max(at)",
              kStoreMarksTable, ClickhouseString(pipeline_), ClickhouseString(sink_)),
          "TSVRaw"));
  const std::lock_guard lock(mutex_);
  std::istringstream lines(answer);
  std::string line;
  while (std::getline(lines, line)) {
    const size_t tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const std::string incarnation = line.substr(0, tab);
    std::istringstream words(line.substr(tab + 1));
    uint32_t number = 0;
    Lane lane;
    words >> number >> lane.epoch >> lane.unit >> lane.positions;
    if (incarnation == incarnation_) {
      lanes_[number] = lane;
      positions_ = lane.positions;  // lines are in the order of the writes
      continue;
    }
    const bool same = other_ && other_->incarnation == incarnation;
    other_ = SinkMark{incarnation, std::max(lane.epoch, same ? other_->epoch : 0), lane.positions};
  }
  return Status::Ok();
}

std::optional<SinkMark> StoreMarks::mark() const {
  const std::lock_guard lock(mutex_);
  if (lanes_.empty()) return other_;
  SinkMark mark{incarnation_, 0, positions_};
  for (const auto& [number, lane] : lanes_) mark.epoch = std::max(mark.epoch, lane.epoch);
  return mark;
}

uint64_t StoreMarks::Delivered(uint32_t lane) const {
  const std::lock_guard lock(mutex_);
  const auto known = lanes_.find(lane);
  return known == lanes_.end() ? 0 : known->second.unit;
}

std::map<uint32_t, uint64_t> StoreMarks::Ahead(uint64_t committed) const {
  const std::lock_guard lock(mutex_);
  std::map<uint32_t, uint64_t> units;
  bool ahead = false;
  for (const auto& [number, lane] : lanes_) {
    units[number] = lane.unit;
    ahead |= lane.epoch > committed;
  }
  return ahead ? units : std::map<uint32_t, uint64_t>();
}

Status StoreMarks::Reach(uint32_t lane, uint64_t epoch) {
  const std::lock_guard writing(writing_);
  Lane reached;
  {
    const std::lock_guard lock(mutex_);
    const auto known = lanes_.find(lane);
    if (known != lanes_.end()) reached = known->second;
    if (known != lanes_.end() && reached.epoch >= epoch) return Status::Ok();
  }
  reached.epoch = epoch;
  reached.positions.clear();  // something of it is about to be there, and something not
  return Write(lane, reached);
}

Status StoreMarks::SetDelivered(uint32_t lane, uint64_t unit,
                                const std::function<SinkMark()>& stand) {
  const std::lock_guard writing(writing_);
  Lane reached;
  {
    const std::lock_guard lock(mutex_);
    reached = lanes_[lane];
    if (reached.unit >= unit) return Status::Ok();
  }
  reached.unit = unit;
  const SinkMark now = stand();
  reached.positions = now.positions;
  if (!now.positions.empty()) reached.epoch = std::max(reached.epoch, now.epoch);
  return Write(lane, reached);
}

/// Writes of all lanes are one after the other, so that the last one is known.
Status StoreMarks::Write(uint32_t lane, const Lane& reached) {
  WEIR_TRY(database_
               ->Query(fmt::format(
                   "INSERT INTO {} (pipeline, sink, incarnation, lane, epoch, unit, at, positions) "
                   "SETTINGS async_insert = 0 VALUES ({}, {}, {}, {}, {}, {}, now64(6), {})",
                   kStoreMarksTable, ClickhouseString(pipeline_), ClickhouseString(sink_),
                   ClickhouseString(incarnation_), lane, reached.epoch, reached.unit,
                   ClickhouseString(reached.positions)))
               .status());
  const std::lock_guard lock(mutex_);
  lanes_[lane] = reached;
  positions_ = reached.positions;
  return Status::Ok();
}

}  // namespace weir
