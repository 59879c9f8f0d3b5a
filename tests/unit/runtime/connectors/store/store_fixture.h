#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "runtime/chdb/chdb_database.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/store/store_connector.h"
#include "tests/unit/runtime/chdb/chdb_fixture.h"

namespace weir {

/// A sink of the connector with one writer, driven as the engine does.
class StoreFixture : public ChdbTest {
 protected:
  void TearDown() override {
    writer_.reset();
    sink_.reset();
    ChdbTest::TearDown();
  }

  /// Fills in dir, pipeline and incarnation.
  SinkRequest Request(SchemaPtr schema) {
    SinkRequest request;
    request.pipeline = "p";
    request.name = "things";
    options_ = std::make_unique<ConnectorOptions>();
    options_->Set("dir", Value::String(Folder()));
    request.options = options_.get();
    request.schema = std::move(schema);
    request.incarnation = "inc" + std::to_string(++opened_);
    request.clock = &clock_;
    return request;
  }

  Status OpenSink(const SinkRequest& request) {
    WEIR_ASSIGN(sink_, StoreConnectorSpec().sink->make(request));
    WEIR_TRY(sink_->Open());
    WEIR_ASSIGN(writer_, sink_->MakeWriter(0));
    return writer_->Open();
  }

  /// A barrier and the delivery behind it, until nothing is left.
  std::vector<RefusedRow> DeliverAll() {
    std::vector<RefusedRow> refused;
    EXPECT_TRUE(writer_->Freeze(1).ok());
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
      const Status status = writer_->Deliver(refused);
      EXPECT_TRUE(status.ok()) << status.ToString();
      if (!status.ok() || !writer_->HasUndelivered()) break;
      std::this_thread::yield();
    }
    EXPECT_FALSE(writer_->HasUndelivered());
    return refused;
  }

  void CloseSink() {
    EXPECT_TRUE(writer_ == nullptr || writer_->Close().ok());
    writer_.reset();
    EXPECT_TRUE(sink_ == nullptr || sink_->Close().ok());
    sink_.reset();
  }

  std::string Ask(const std::string& sql) {
    Result<std::shared_ptr<ChdbDatabase>> database = ChdbDatabase::Open(Folder());
    if (!database.ok()) return database.status().ToString();
    const Result<std::string> answer = (*database)->Query(sql);
    return answer.ok() ? *answer : answer.status().ToString();
  }

  static RecordBatch Batch(const SchemaPtr& schema, const std::vector<std::vector<Value>>& rows,
                           const std::vector<bool>& deletes = {}) {
    const auto count = static_cast<uint32_t>(rows.size());
    std::vector<ColumnPtr> columns;
    for (int c = 0; c < schema->num_fields(); ++c) {
      MutableColumnPtr column = Column::Make(schema->field(c).type, count);
      for (uint32_t r = 0; r < count; ++r) column->SetValue(r, rows[r][static_cast<size_t>(c)]);
      columns.push_back(std::move(column));
    }
    HiddenColumns hidden;
    if (!deletes.empty()) {
      MutableColumnPtr op = Column::Make(DataType::Bool(), count);
      for (uint32_t r = 0; r < count; ++r) op->SetValue(r, Value::Bool(deletes[r]));
      hidden.op = std::move(op);
    }
    return RecordBatch(schema, std::move(columns), count, hidden);
  }

  ManualClock clock_{1'767'225'600'000'000};
  std::unique_ptr<ConnectorOptions> options_;
  std::unique_ptr<SinkConnector> sink_;
  std::unique_ptr<SinkWriter> writer_;
  int opened_ = 0;
};

}  // namespace weir
