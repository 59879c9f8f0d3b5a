#pragma once

#include <memory>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/store/durable_store_target.h"
#include "runtime/connectors/store/store_sink.h"
#include "runtime/connectors/store/store_units.h"
#include "runtime/delivery/delivery_lane.h"

namespace weir {

/// Rows of one worker with a state folder: to the outbox at each barrier, gathered there to units
/// of `batch`, delivered by a lane once a commit has the whole unit.
class DurableStoreWriter final : public SinkWriter {
 public:
  DurableStoreWriter(StoreSink* sink, uint32_t worker, StoreUnits* units,
                     std::unique_ptr<DurableStoreTarget> target);

  Status Open() override;
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>& refused) override;
  bool HasUndelivered() const override { return units_->HasUndelivered(worker_); }
  int64_t undelivered_rows() const override { return pending_rows_ + units_->Rows(worker_); }
  Status Close() override;

 private:
  Status WriteSegment();
  void Cut();
  void PushReady();
  bool IsFull() const;
  bool IsDue() const;

  StoreSink* const sink_;
  const uint32_t worker_;  ///< and number of its lane
  StoreUnits* const units_;
  const std::unique_ptr<DurableStoreTarget> target_;
  DeliveryLane lane_;

  std::vector<RecordBatch> pending_;  ///< not in the outbox yet
  int64_t pending_rows_ = 0;
  int64_t unit_rows_ = 0, unit_bytes_ = 0;  ///< of the open unit, those pending too
  Micros unit_since_ = 0;
  uint64_t frozen_ = 0;  ///< last barrier
  bool asked_since_barrier_ = false;
};

}  // namespace weir
