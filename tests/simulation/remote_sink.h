#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/store/store_units.h"
#include "runtime/delivery/delivery_lane.h"
#include "tests/simulation/remote_target.h"

namespace weir::simulation {

/// The lanes of a life, which its schedule runs.
using Lanes = std::vector<DeliveryLane*>;

/// A sink to the simulated target as the engine's connectors are made: rows in the outbox by their
/// barrier, units by StoreUnits, lanes by DeliveryLane, a claim at the start, every write
/// conditional on it, refused rows handed back.
class RemoteSink final : public SinkConnector {
 public:
  RemoteSink(const SinkRequest& request, std::string owner, RemoteTarget* target, Lanes* lanes,
             BrokenRule broken);

  Status Open() override { return Status::Ok(); }
  Result<std::optional<SinkMark>> ReadMark() override;
  Result<std::string> Prepare(uint64_t epoch) override;
  Status Committed(uint64_t epoch) override;
  Status Restore(uint64_t epoch, std::string_view state) override;
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return budget_.HasRoom(); }

  const std::string& name() const { return name_; }
  const std::string& owner() const { return owner_; }
  const std::string& incarnation() const { return incarnation_; }
  StoreUnits& units() { return units_; }
  RemoteTarget& target() { return *target_; }
  DeliveryBudget& budget() { return budget_; }
  Lanes& lanes() { return *lanes_; }
  const std::shared_ptr<CircuitBreaker>& breaker() const { return breaker_; }
  const Clock* clock() const { return clock_; }
  BrokenRule broken() const { return broken_; }

 private:
  const std::string name_, incarnation_, owner_;
  const Clock* const clock_;
  RemoteTarget* const target_;
  Lanes* const lanes_;
  const std::shared_ptr<CircuitBreaker> breaker_ = std::make_shared<CircuitBreaker>();
  const BrokenRule broken_;
  uint32_t num_writers_;
  bool claimed_ = false;
  DeliveryBudget budget_;
  StoreMarks no_marks_;  ///< units are recognised by their names, so all are sent again
  StoreUnits units_;
};

}  // namespace weir::simulation
