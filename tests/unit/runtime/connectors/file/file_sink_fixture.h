#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/file/file_connector.h"
#include "tests/unit/runtime/connectors/file/file_fixture.h"

namespace weir {

/// A file sink in a folder of its own, its checkpoints and what a later run finds of them.
class FileSinkTest : public FileTest {
 protected:
  FileSinkTest() : schema_(Schema::Make({{"n", DataType::Int64(), {}}})) {}

  Result<std::unique_ptr<SinkConnector>> Make(
      const std::vector<std::pair<std::string, Value>>& given) {
    options_ = ConnectorOptions();
    for (const auto& [option, value] : given) options_.Set(option, value);
    SinkRequest request = request_;
    request.name = "sessions";
    request.options = &options_;
    request.schema = schema_;
    request.incarnation = incarnation_;
    request.clock = &clock_;
    Result<std::unique_ptr<SinkConnector>> sink = FileConnectorSpec().sink->make(request);
    if (sink.ok()) {
      WEIR_TRY((*sink)->Open());
      WEIR_TRY((*sink)->Restore(epoch_, state_));
    }
    return sink;
  }
  /// Without the mark.
  std::vector<std::string> Parts(const std::string& folder) {
    std::vector<std::string> names = Names(folder);
    std::erase_if(names, [](const std::string& name) { return name.starts_with(".weir-mark"); });
    return names;
  }
  /// A checkpoint that succeeds; state_ is what it holds of the sink.
  void Commit(SinkConnector& sink, SinkWriter& writer) {
    Prepare(sink, writer);
    ASSERT_TRUE(sink.Committed(epoch_).ok());
    ASSERT_TRUE(writer.Deliver(refused_).ok());
  }
  void Prepare(SinkConnector& sink, SinkWriter& writer) {
    ASSERT_TRUE(writer.Freeze(++epoch_).ok());
    Result<std::string> state = sink.Prepare(epoch_);
    ASSERT_TRUE(state.ok()) << state.status().ToString();
    state_ = *state;
  }
  std::unique_ptr<SinkWriter> Writer(SinkConnector& sink, uint32_t worker = 0) {
    Result<std::unique_ptr<SinkWriter>> writer = sink.MakeWriter(worker);
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE((*writer)->Open().ok());
    return *std::move(writer);
  }
  RecordBatch Rows(int64_t first, uint32_t count) {
    const MutableColumnPtr column = Column::Make(DataType::Int64(), count);
    for (uint32_t i = 0; i < count; ++i) column->mutable_data<int64_t>()[i] = first + i;
    return RecordBatch(schema_, {column}, count);
  }

  SchemaPtr schema_;
  ManualClock clock_;
  ConnectorOptions options_;
  SinkRequest request_;
  std::string incarnation_ = "i1";
  std::vector<RefusedRow> refused_;
  uint64_t epoch_ = 0;
  std::string state_;
};

}  // namespace weir
