#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/connectors/kafka/kafka_sink_settings.h"
#include "runtime/connectors/kafka/lane_progress.h"
#include "runtime/connectors/kafka/progress_reader.h"
#include "runtime/connectors/kafka/transaction_units.h"
#include "runtime/connectors/kafka/transactional_producer.h"
#include "runtime/delivery/delivery_target.h"

namespace weir {

struct TransactionLaneSettings {
  std::string id;  ///< transactional.id and key of the progress: pipeline/sink/lane
  uint32_t lane = 0;
  std::string progress_topic;
  std::string incarnation;
  std::string owner;  ///< token of this start
};

/// One lane's transactions: each holds the messages of whole chunks and, in the same transaction,
/// the lane's progress (guarantees.md rule 8). A unit's `bytes` list its chunks (ChunksToText);
/// their messages are read from the outbox for each attempt.
///
/// When it is unknown what became of a transaction, another producer is made: that ends the
/// transaction, and the progress says whether it counts.
///
/// LastProgress and Claim are for the start, before Send is called by the lane's thread.
class TransactionLane final : public DeliveryTarget {
 public:
  TransactionLane(const KafkaSinkSettings& sink, TransactionLaneSettings settings,
                  TransactionUnits* units)
      : sink_(sink), settings_(std::move(settings)), units_(units) {}

  Result<std::optional<LaneProgress>> LastProgress(ProgressView view);
  /// Fences whoever had the lane, and enters this start as its owner. A progress of another
  /// incarnation is passed over: whether that may be is for the check of marks to say.
  Status Claim();

  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override;
  /// The same for units that only a commit knows.
  Status SendBeforeStart(const DeliveryUnit& unit, std::vector<RefusedRow>& refused);

  /// What the target has when everything up to `place` is sent. Before units up to it are.
  void NoteStand(LanePlace place, std::shared_ptr<const LaneStand> stand);
  LanePlace place() const;
  /// … of the record that says so.
  LaneStand stand() const;
  bool reachable() const { return reachable_; }

 private:
  enum class Phase { kLost, kReady, kCommitting, kAborting };

  Status MakeProducer();
  Status MakeFirstProducer();
  Status Reclaim();
  Status CheckOwner(const std::optional<LaneProgress>& last) const;
  Status Produce(const std::vector<LaneChunk>& chunks);
  Status ProduceProgress(const LaneProgress& progress);
  LaneStand TakeStand(LanePlace place);
  Status FinishCommit();
  Status FinishAbort();
  /// Enters what the outcome means for the next step. Returns its status.
  Status After(TransactionOutcome outcome);
  void SetPlace(LanePlace place, LaneStand stand);

  const KafkaSinkSettings& sink_;
  const TransactionLaneSettings settings_;
  TransactionUnits* const units_;
  std::unique_ptr<TransactionalProducer> producer_;
  std::unique_ptr<ProgressReader> reader_;  ///< while somebody asks
  Phase phase_ = Phase::kLost;
  std::chrono::steady_clock::time_point lost_at_;
  LanePlace sending_;  ///< what the open transaction leads to
  LaneStand sending_stand_;
  std::atomic<bool> reachable_{true};
  mutable std::mutex mutex_;
  LanePlace place_;
  LaneStand stand_;
  std::deque<std::pair<LanePlace, std::shared_ptr<const LaneStand>>> stands_;  ///< to come
};

}  // namespace weir
