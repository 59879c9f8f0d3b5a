#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/connectors/kafka/transaction_lane.h"
#include "runtime/delivery/delivery_lane.h"

namespace weir {

/// Rows as messages of a topic, exactly once for readers with `isolation.level=read_committed`:
/// rows of a checkpoint are in the outbox before it is committed, and are sent in transactions that
/// also hold how far their lane has got.
class TransactionSink final : public SinkConnector {
 public:
  explicit TransactionSink(const SinkRequest& request);

  Status Open() override;
  bool KeepsMark() const override { return true; }
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override { return units_->Prepare(epoch); }
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) override;
  Status Committed(uint64_t epoch) override;
  bool HasDelivered(uint64_t epoch) const override { return !units_->HasFrozen(epoch); }
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return units_->HasRoom(); }
  Status Close() override;

 private:
  Status PrepareProgressTopic();
  Result<std::optional<SinkMark>> FirstMark();
  SinkMark CurrentMark() const;
  void NoteStands(uint64_t epoch);
  std::unique_ptr<TransactionLane> MakeLane(uint32_t lane);
  Result<std::vector<LaneProgress>> ReadProgress();
  /// Sends what is listed by the lanes of an earlier run that had another number of them, so that a
  /// key's rows stay in order when it moves to another lane (guarantees.md rule 14).
  Status Drain(std::vector<LaneChunk> chunks, uint32_t lanes);

  KafkaSinkSettings settings_;
  std::string name_, incarnation_, owner_, id_, progress_topic_;
  std::shared_ptr<Outbox> outbox_;
  uint32_t num_writers_;
  uint32_t known_lanes_ = 0;  ///< that the progress topic has room for: some are of earlier runs
  const Clock* clock_;
  bool started_ = false;                          ///< the lanes are this start's
  std::shared_ptr<const std::string> positions_;  ///< at the last commit
  std::unique_ptr<TransactionUnits> units_;
  std::vector<std::unique_ptr<TransactionLane>> targets_;
  std::vector<std::unique_ptr<DeliveryLane>> lanes_;  ///< after what they use
};

}  // namespace weir
