#include "runtime/connectors/kafka/transaction_units.h"

#include "runtime/base/take_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace weir {
namespace {

/// First line of what a commit holds; version 1 ends there, version 2 has the number of lanes.
constexpr std::string_view kUnitsVersion = "kafka-units/2", kWithoutLanes = "kafka-units/1";

}  // namespace

std::string ChunksToText(const std::vector<LaneChunk>& chunks, uint32_t lanes) {
  std::string text = fmt::format("{} {}", kUnitsVersion, lanes);
  for (const LaneChunk& chunk : chunks) {
    fmt::format_to(std::back_inserter(text), "\n{} {} {} {} {}", chunk.lane, chunk.place.epoch,
                   chunk.place.index, chunk.rows, chunk.stored.ToText());
  }
  return text;
}

Result<std::vector<LaneChunk>> ChunksFromText(std::string_view text, uint32_t* lanes) {
  std::vector<LaneChunk> chunks;
  if (text.empty()) return chunks;
  const bool has_lanes = text.starts_with(kUnitsVersion);
  if (!has_lanes && !text.starts_with(kWithoutLanes)) {
    return DataLossError("\"{}\" does not list what Kafka is to get", text.substr(0, 40));
  }
  text.remove_prefix(kUnitsVersion.size());
  uint32_t count = 0;
  if (has_lanes && !TakeNumber(text, count)) {
    return DataLossError("what Kafka is to get is damaged: it begins with \"{}\"",
                         text.substr(0, 40));
  }
  if (lanes != nullptr) *lanes = count;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n', 1));
    text.remove_prefix(1);
    LaneChunk chunk;
    if (!TakeNumber(text, chunk.lane) || !TakeNumber(text, chunk.place.epoch) ||
        !TakeNumber(text, chunk.place.index) || !TakeNumber(text, chunk.rows)) {
      return DataLossError("what Kafka is to get is damaged: {}", line);
    }
    WEIR_ASSIGN(chunk.stored, OutboxChunk::FromText(text));
    chunks.push_back(std::move(chunk));
  }
  return chunks;
}

TransactionUnits::TransactionUnits(std::shared_ptr<Outbox> outbox, uint32_t lanes, uint32_t writers,
                                   int64_t most_bytes)
    : outbox_(std::move(outbox)),
      lanes_(lanes),
      sent_(lanes),
      rows_(writers),
      budget_(most_bytes) {}

void TransactionUnits::Took(uint32_t worker, int64_t rows, int64_t bytes) {
  rows_[worker].fetch_add(rows, std::memory_order_relaxed);
  budget_.Add(bytes);
}

Status TransactionUnits::Store(LaneChunk& chunk) const {
  WEIR_ASSIGN(chunk.stored, outbox_->Append(chunk.bytes));
  chunk.bytes = std::string();
  return Status::Ok();
}

void TransactionUnits::Freeze(std::vector<LaneChunk> chunks, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  for (LaneChunk& chunk : chunks) {
    std::deque<Frozen>& lane = lanes_[chunk.lane];
    const bool first = lane.empty() || lane.back().chunk.place.epoch != epoch;
    // An epoch is frozen as a whole before any of it is sent, so the numbers never depend on that.
    chunk.place = {epoch, first ? 1 : lane.back().chunk.place.index + 1};
    lane.push_back({std::move(chunk), false});
  }
}

Result<std::string> TransactionUnits::Prepare(uint64_t epoch) {
  std::vector<LaneChunk> listed;
  {
    const std::lock_guard lock(mutex_);
    for (std::deque<Frozen>& lane : lanes_) {
      for (Frozen& frozen : lane) {
        if (frozen.chunk.place.epoch > epoch) break;
        if (!frozen.chunk.is_stored()) WEIR_TRY(Store(frozen.chunk));
        listed.push_back(frozen.chunk);
      }
    }
  }
  WEIR_TRY(outbox_->Sync());
  return ChunksToText(listed, static_cast<uint32_t>(sent_.size()));
}

bool TransactionUnits::HasFrozen(uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(lanes_.begin(), lanes_.end(), [epoch](const std::deque<Frozen>& lane) {
    return !lane.empty() && lane.front().chunk.place.epoch <= epoch;
  });
}

std::vector<LanePlace> TransactionUnits::LastPlaces(uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  std::vector<LanePlace> places = sent_;
  for (size_t lane = 0; lane < lanes_.size(); ++lane) {
    for (const Frozen& frozen : lanes_[lane]) {
      if (frozen.chunk.place.epoch <= epoch) places[lane] = frozen.chunk.place;
    }
  }
  return places;
}

std::vector<LaneChunk> TransactionUnits::Take(uint64_t epoch) {
  std::vector<LaneChunk> taken;
  const std::lock_guard lock(mutex_);
  for (std::deque<Frozen>& lane : lanes_) {
    for (Frozen& frozen : lane) {
      if (frozen.chunk.place.epoch > epoch || frozen.taken) continue;
      frozen.taken = true;
      taken.push_back(frozen.chunk);
    }
  }
  return taken;
}

void TransactionUnits::Restore(std::vector<LaneChunk> chunks) {
  const std::lock_guard lock(mutex_);
  for (LaneChunk& chunk : chunks) {
    outbox_->Keep(chunk.stored);
    rows_[0].fetch_add(chunk.rows, std::memory_order_relaxed);
    budget_.Add(chunk.size());
    lanes_[chunk.lane].push_back({std::move(chunk), false});
  }
}

void TransactionUnits::Acknowledge(uint32_t lane, LanePlace place) {
  const std::lock_guard lock(mutex_);
  std::deque<Frozen>& chunks = lanes_[lane];
  sent_[lane] = std::max(sent_[lane], place);
  while (!chunks.empty() && chunks.front().taken && chunks.front().chunk.place <= place) {
    const LaneChunk& chunk = chunks.front().chunk;
    outbox_->Release(chunk.stored);
    budget_.Remove(chunk.size());
    rows_[chunk.worker].fetch_sub(chunk.rows, std::memory_order_relaxed);
    chunks.pop_front();
  }
}

int64_t TransactionUnits::all_rows() const {
  int64_t sum = 0;
  for (const auto& rows : rows_) sum += rows.load(std::memory_order_relaxed);
  return sum;
}

}  // namespace weir
