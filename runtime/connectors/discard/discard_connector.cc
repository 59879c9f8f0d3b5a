#include "runtime/connectors/discard/discard_connector.h"

#include "runtime/connector/sink_connector.h"

namespace weir {
namespace {

class DiscardWriter final : public SinkWriter {
 public:
  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override {
    (void)batch;
    return Status::Ok();
  }
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>& refused) override {
    (void)refused;
    return Status::Ok();
  }
};

class DiscardSink final : public SinkConnector {
 public:
  Status Open() override { return Status::Ok(); }
  Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) override {
    (void)worker;
    return std::unique_ptr<SinkWriter>(new DiscardWriter());
  }
};

}  // namespace

ConnectorSpec DiscardConnectorSpec() {
  ConnectorSpec spec;
  spec.name = "discard";
  spec.doc = "Counts rows (in the ledger and the metrics, as every sink) and drops them unencoded.";
  SinkRole role;
  role.make = [](const SinkRequest& request) -> Result<std::unique_ptr<SinkConnector>> {
    (void)request;
    return std::unique_ptr<SinkConnector>(new DiscardSink());
  };
  role.upsert = UpsertSupport::kAlways;
  role.drops_rows = true;
  spec.sink = std::move(role);
  spec.examples = {"to discard()"};
  return spec;
}

}  // namespace weir
