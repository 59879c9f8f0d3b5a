#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/kafka/lane_progress.h"
#include "runtime/delivery/delivery_budget.h"
#include "runtime/delivery/outbox.h"

namespace weir {

/// A run of messages of one lane and one epoch (message_chunk.h): never sent in part.
struct LaneChunk {
  uint32_t lane = 0;
  LanePlace place;
  int64_t rows = 0;
  std::string bytes;   ///< while the outbox does not have them
  OutboxChunk stored;  ///< once it has
  uint32_t worker = 0;

  bool is_stored() const { return stored.file != 0; }
  int64_t size() const { return is_stored() ? stored.size : static_cast<int64_t>(bytes.size()); }
};

/// Chunks as the lines of a commit: `LANE EPOCH INDEX ROWS CHUNK`, behind a first one with the
/// number of lanes.
std::string ChunksToText(const std::vector<LaneChunk>& chunks, uint32_t lanes = 0);
/// DataLoss. `lanes`: how many there were, 0: not known.
Result<std::vector<LaneChunk>> ChunksFromText(std::string_view text, uint32_t* lanes = nullptr);

/// The rows of a sink, of all its writers, from Append until a transaction with them is committed.
/// Thread-safe.
class TransactionUnits {
 public:
  TransactionUnits(std::shared_ptr<Outbox> outbox, uint32_t lanes, uint32_t writers,
                   int64_t most_bytes);

  /// Rows that a writer has taken, and the bytes that they will be sent as.
  void Took(uint32_t worker, int64_t rows, int64_t bytes);
  /// Moves the chunk's bytes to the outbox if that has room; else they stay for Prepare.
  Status Store(LaneChunk& chunk) const;
  /// The chunks of one writer for `epoch`.
  void Freeze(std::vector<LaneChunk> chunks, uint64_t epoch);
  /// Makes durable what is frozen up to `epoch`, and says what a later run must know: what is not
  /// acknowledged.
  Result<std::string> Prepare(uint64_t epoch);
  /// Something up to `epoch` is not acknowledged.
  bool HasFrozen(uint64_t epoch) const;
  /// The last place that each lane has been given up to `epoch`.
  std::vector<LanePlace> LastPlaces(uint64_t epoch) const;
  /// What is frozen up to `epoch` and was not taken before, in order within lanes.
  std::vector<LaneChunk> Take(uint64_t epoch);
  /// Chunks of an earlier run that are not sent; they are given out by the next Take.
  void Restore(std::vector<LaneChunk> chunks);
  /// The target has everything of `lane` up to `place`, for good.
  void Acknowledge(uint32_t lane, LanePlace place);

  /// Of this worker; what an earlier run left counts as worker 0's.
  int64_t rows(uint32_t worker) const { return rows_[worker].load(std::memory_order_relaxed); }
  int64_t all_rows() const;
  bool HasRoom() const { return budget_.HasRoom(); }
  const Outbox& outbox() const { return *outbox_; }
  DeliveryBudget& budget() { return budget_; }

 private:
  struct Frozen {
    LaneChunk chunk;
    bool taken = false;
  };
  const std::shared_ptr<Outbox> outbox_;
  mutable std::mutex mutex_;
  std::vector<std::deque<Frozen>> lanes_;  ///< in the order in which they are sent
  std::vector<LanePlace> sent_;            ///< by lane: the last one that is acknowledged
  std::vector<std::atomic<int64_t>> rows_;
  DeliveryBudget budget_;
};

}  // namespace weir
