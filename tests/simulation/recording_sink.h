#pragma once

#include <memory>
#include <string>

#include "runtime/connector/sink_connector.h"
#include "tests/simulation/trail.h"

namespace weir::simulation {

/// A sink as it is; the trail gets which rows are frozen for which epoch and worker, and which
/// epochs the engine calls committed.
class RecordingSink final : public SinkConnector {
 public:
  RecordingSink(std::unique_ptr<SinkConnector> sink, std::string name, Trail* trail)
      : sink_(std::move(sink)), name_(std::move(name)), trail_(trail) {}

  Status Open() override { return sink_->Open(); }
  Result<std::optional<SinkMark>> ReadMark() override { return sink_->ReadMark(); }
  Result<std::string> Prepare(uint64_t epoch) override { return sink_->Prepare(epoch); }
  Status Committed(uint64_t epoch) override;
  Status Restore(uint64_t epoch, std::string_view state) override {
    return sink_->Restore(epoch, state);
  }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override;
  bool HasRoom() const override { return sink_->HasRoom(); }
  Status Close() override { return sink_->Close(); }

 private:
  const std::unique_ptr<SinkConnector> sink_;
  const std::string name_;
  Trail* const trail_;
};

}  // namespace weir::simulation
