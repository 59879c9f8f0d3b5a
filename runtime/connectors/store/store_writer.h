#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/store/store_sink.h"
#include "runtime/connectors/store/store_target.h"
#include "runtime/delivery/delivery_lane.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

/// Rows of one worker: gathered to units of `batch`, encoded when a unit is cut, delivered by a
/// lane once the barrier behind them is committed.
class StoreWriter final : public SinkWriter {
 public:
  StoreWriter(StoreSink* sink, uint32_t lane, std::unique_ptr<NativeEncoder> encoder,
              std::unique_ptr<StoreTarget> target);

  Status Open() override;
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>& refused) override;
  bool HasUndelivered() const override;
  int64_t undelivered_rows() const override;
  Status Close() override;

 private:
  RecordBatch WithoutDeletes(const RecordBatch& batch);
  bool IsDue() const;
  void Cut(size_t batches);
  void CutAll() { Cut(pending_.size()); }
  void FreezeCut();
  void Refuse(const RecordBatch& stored, RowIndex row, std::string code, std::string message);

  StoreSink* sink_;
  uint32_t lane_number_;
  std::unique_ptr<NativeEncoder> encoder_;
  std::unique_ptr<StoreTarget> target_;
  DeliveryLane lane_;
  bool stores_deletes_ = false;

  std::vector<RecordBatch> pending_;  ///< of the unit that is gathered
  int64_t pending_rows_ = 0, pending_bytes_ = 0;
  Micros pending_since_ = 0;
  size_t pending_frozen_ = 0;         ///< the first batches of `pending_`: behind a barrier
  bool asked_since_barrier_ = false;  ///< Deliver was
  std::vector<DeliveryUnit> cut_;     ///< not behind a barrier yet
  std::vector<DeliveryUnit> frozen_;
  std::vector<RefusedRow> unfit_;  ///< could not even be encoded
  uint64_t unit_ = 0;
};

}  // namespace weir
