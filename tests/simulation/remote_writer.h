#pragma once

#include <memory>
#include <vector>

#include "runtime/delivery/delivery_target.h"
#include "tests/simulation/remote_sink.h"

namespace weir::simulation {

/// One row as the simulation compares it: JSON, with `delete ` before a deleted key.
std::string RowText(const RecordBatch& batch, RowIndex row);

/// Sends units of one writer to the target.
class RemoteDelivery final : public DeliveryTarget {
 public:
  RemoteDelivery(RemoteSink* sink, uint32_t writer) : sink_(sink), writer_(writer) {}
  Status Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) override;

 private:
  RemoteSink* const sink_;
  const uint32_t writer_;
};

/// Rows of one worker: the life of a unit is DurableStoreWriter's.
class RemoteWriter final : public SinkWriter {
 public:
  RemoteWriter(RemoteSink* sink, uint32_t worker);
  ~RemoteWriter() override;

  Status Open() override;
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>& refused) override;
  bool HasUndelivered() const override { return sink_->units().HasUndelivered(worker_); }
  int64_t undelivered_rows() const override { return pending_rows_ + sink_->units().Rows(worker_); }
  Status Close() override;

 private:
  Status WriteSegment();
  void PushReady();

  RemoteSink* const sink_;
  const uint32_t worker_;
  RemoteDelivery target_;
  DeliveryLane lane_;
  std::vector<RecordBatch> pending_;
  int64_t pending_rows_ = 0;
  int64_t unit_rows_ = 0;
  uint64_t frozen_ = 0;
  bool asked_since_barrier_ = false;
};

}  // namespace weir::simulation
