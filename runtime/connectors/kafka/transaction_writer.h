#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/kafka/kafka_sink_settings.h"
#include "runtime/connectors/kafka/transaction_units.h"
#include "runtime/delivery/delivery_lane.h"
#include "runtime/format/record_key.h"

namespace weir {

/// The rows of one worker, encoded at once, as chunks of the lanes of their keys. One thread.
class TransactionWriter final : public SinkWriter {
 public:
  TransactionWriter(const KafkaSinkSettings& sink, uint32_t worker, TransactionUnits* units,
                    const std::vector<std::unique_ptr<DeliveryLane>>* lanes, const Clock* clock,
                    std::unique_ptr<Encoder> encoder);

  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override;
  void TakeRefused(std::vector<RefusedRow>& refused) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>& refused) override;
  bool HasUndelivered() const override { return units_->rows(worker_) > 0; }
  int64_t undelivered_rows() const override;
  Status Tick(Micros now) override;

 private:
  void AppendRow(const RecordBatch& batch, RowIndex row, size_t index, int64_t now_ms);
  Status CutFull();
  void Cut(uint32_t lane);
  Status LaneFailure() const;

  const KafkaSinkSettings& sink_;
  const uint32_t worker_;
  TransactionUnits* const units_;
  const std::vector<std::unique_ptr<DeliveryLane>>* const lanes_;
  const Clock* const clock_;
  std::unique_ptr<Encoder> encoder_;
  RecordKeyWriter key_writer_;
  std::vector<LaneChunk> open_;   ///< by lane
  std::vector<LaneChunk> ended_;  ///< since the last barrier
  std::vector<RefusedRow> refused_;
  // Of the batch at hand.
  std::string values_;
  std::vector<size_t> ends_;
  RecordKeys keys_;
};

}  // namespace weir
