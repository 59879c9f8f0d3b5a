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
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override { return units_->Prepare(epoch); }
  Status Committed(uint64_t epoch) override;
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return units_->HasRoom(); }
  Status Close() override;

 private:
  Status PrepareProgressTopic() const;
  Result<std::optional<SinkMark>> FirstMark();
  SinkMark CurrentMark() const;

  KafkaSinkSettings settings_;
  std::string name_, incarnation_, owner_, id_, progress_topic_;
  std::shared_ptr<Outbox> outbox_;
  uint32_t num_writers_;
  const Clock* clock_;
  bool started_ = false;  ///< the lanes are this start's
  std::unique_ptr<TransactionUnits> units_;
  std::vector<std::unique_ptr<TransactionLane>> targets_;
  std::vector<std::unique_ptr<DeliveryLane>> lanes_;  ///< after what they use
};

}  // namespace weir
