#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/chdb/chdb_database.h"
#include "runtime/connectors/store/store_marks.h"
#include "runtime/connectors/store/store_table.h"
#include "runtime/connectors/store/store_units.h"
#include "runtime/delivery/circuit_breaker.h"
#include "runtime/delivery/delivery_budget.h"
#include "runtime/delivery/delivery_lane.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {

class StoreTarget;

/// A unit is cut here whatever `batch` says.
inline constexpr int64_t kStoreMostUnitBytes = int64_t{32} << 20;

/// What a store sink needs of its request; copies, since the request does not live on.
struct StoreSinkSettings {
  std::string name;  ///< of the sink
  std::string dir;
  std::string unit_prefix;  ///< pipeline/sink/incarnation
  std::string pipeline, incarnation;
  std::shared_ptr<Outbox> outbox;  ///< null: units die with the process
  uint32_t num_writers = 1;
  int64_t lanes = 1;
  int64_t batch_rows = 0, batch_bytes = 0;
  Micros batch_time = 0;
  Micros backoff_min = 0, backoff_max = 0;
  const Clock* clock = nullptr;
};

/// A table of the embedded store. All sinks and views of a process share one database.
class StoreSink final : public SinkConnector {
 public:
  StoreSink(StoreSinkSettings settings, StoreTable table);
  static Result<std::unique_ptr<SinkConnector>> Make(const SinkRequest& request);

  Status Open() override;
  bool KeepsMark() const override { return settings_.outbox != nullptr; }
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override;
  void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) override;
  Status Committed(uint64_t epoch) override;
  bool HasDelivered(uint64_t epoch) const override {
    return units_ == nullptr || !units_->HasFrozen(epoch);
  }
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return budget_.HasRoom(); }
  Status Close() override;

  /// Grows with every call, also over restarts: the newer of two rows has the larger one.
  uint64_t NextVersion();

  /// The rows with the columns that the store fills.
  RecordBatch Complete(const RecordBatch& batch);
  /// Completed rows as they were given, without options.
  RecordBatch AsGiven(const RecordBatch& stored) const;
  DeliveryLaneSettings LaneSettings(uint32_t lane) const;

  const StoreSinkSettings& settings() const { return settings_; }
  const StoreTable& table() const { return table_; }
  DeliveryBudget& budget() { return budget_; }

 private:
  Status Rehearse();
  Status OpenDurable();
  std::unique_ptr<SinkWriter> DurableWriter(uint32_t worker, std::unique_ptr<StoreTarget> target,
                                            std::unique_ptr<NativeEncoder> encoder);

  const StoreSinkSettings settings_;
  const StoreTable table_;
  const SchemaPtr row_schema_;  ///< without options
  std::shared_ptr<ChdbDatabase> database_;
  std::vector<NativeTarget> targets_;
  std::string rehearsal_;  ///< quoted copy of the table; "" without views behind it
  DeliveryBudget budget_;
  const std::shared_ptr<CircuitBreaker> breaker_ = std::make_shared<CircuitBreaker>();
  std::unique_ptr<StoreMarks> marks_;  ///< with an outbox, as the next
  std::unique_ptr<StoreUnits> units_;
  std::vector<std::unique_ptr<std::mutex>> turns_;  ///< one per lane
  std::atomic<uint64_t> version_{0};
};

}  // namespace weir
