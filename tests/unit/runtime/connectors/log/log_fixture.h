#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"
#include "runtime/connectors/log/log_connector.h"

namespace weir {

using LogOptions = std::vector<std::pair<std::string, Value>>;

/// A log in a folder of its own for each test.
class LogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("weir-log-" + std::to_string(::getpid()) + "-" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    schema_ = Schema::Make({{"k", DataType::String(), {}}, {"n", DataType::Int64(), {}}});
    clock_.AdvanceTo(1'000'000'000);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Dir() const { return folder_.string(); }
  ConnectorOptions Options(const LogOptions& given) const {
    ConnectorOptions options;
    options.Set("dir", Value::String(Dir()));
    options.Set("topic", Value::String("t"));
    for (const auto& [option, value] : given) options.Set(option, value);
    return options;
  }

  Result<std::unique_ptr<SinkConnector>> OpenSink(const LogOptions& given = {},
                                                  const std::string& name = "out") {
    const ConnectorOptions options = Options(given);
    SinkRequest request;
    request.pipeline = "p";
    request.name = name;
    request.options = &options;
    request.schema = schema_;
    request.key = key_;
    request.upsert = upsert_;
    request.incarnation = "i1";
    request.resumable = resumable_;
    request.clock = &clock_;
    Result<std::unique_ptr<SinkConnector>> sink = LogConnectorSpec().sink->make(request);
    if (sink.ok()) {
      WEIR_TRY((*sink)->Open());
      WEIR_TRY((*sink)->Restore(1, state_));
    }
    return sink;
  }
  std::unique_ptr<SinkConnector> Sink(const LogOptions& given = {}) {
    auto sink = OpenSink(given);
    EXPECT_TRUE(sink.ok()) << sink.status().ToString();
    return *std::move(sink);
  }
  static std::unique_ptr<SinkWriter> Writer(SinkConnector& sink, uint32_t worker = 0) {
    auto writer = sink.MakeWriter(worker);
    EXPECT_TRUE(writer.ok());
    EXPECT_TRUE((*writer)->Open().ok());
    return *std::move(writer);
  }

  /// A checkpoint that succeeds.
  static Status Commit(SinkConnector& sink, SinkWriter& writer) {
    std::vector<RefusedRow> refused;
    WEIR_TRY(writer.Freeze(1));
    WEIR_TRY(sink.Prepare(1).status());
    WEIR_TRY(sink.Committed(1));
    return writer.Deliver(refused);
  }

  /// Rows `{k: "k<n>", n}` for n in [first, first + count).
  RecordBatch Rows(int64_t first, uint32_t count) const {
    const MutableColumnPtr k = Column::Make(DataType::String(), count);
    const MutableColumnPtr n = Column::Make(DataType::Int64(), count);
    for (uint32_t i = 0; i < count; ++i) {
      k->SetValue(i, Value::String("k" + std::to_string(first + i)));
      n->mutable_data<int64_t>()[i] = first + i;
    }
    return RecordBatch(schema_, {k, n}, count);
  }
  /// A run that writes and delivers rows, and ends.
  void WriteRows(int64_t first, uint32_t count, const LogOptions& given = {}) {
    const auto sink = Sink(given);
    const auto writer = Writer(*sink);
    ASSERT_TRUE(writer->Append(Rows(first, count)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    ASSERT_TRUE(writer->Close().ok());
  }

  Result<std::unique_ptr<SourceConnector>> OpenSource(const LogOptions& given = {}) {
    const ConnectorOptions options = Options(given);
    SourceRequest request;
    request.name = "in";
    request.options = &options;
    request.clock = &clock_;
    Result<std::unique_ptr<SourceConnector>> source = LogConnectorSpec().source->make(request);
    if (source.ok()) WEIR_TRY((*source)->Open());
    return source;
  }
  std::unique_ptr<SourceConnector> Source(const LogOptions& given = {}) {
    auto source = OpenSource(given);
    EXPECT_TRUE(source.ok()) << source.status().ToString();
    return *std::move(source);
  }
  static std::unique_ptr<PartitionReader> Reader(SourceConnector& source, size_t partition,
                                                 const std::string& position = "") {
    auto reader = source.MakeReader(partition);
    EXPECT_TRUE(reader.ok());
    const Status opened = (*reader)->Open(position);
    EXPECT_TRUE(opened.ok()) << opened.ToString();
    return *std::move(reader);
  }

  struct Drained {
    std::vector<std::string> records;
    std::vector<int64_t> offsets;
    size_t tombstones = 0;
    PollState end = PollState::kData;
    Status status;
  };
  /// Reads until there is nothing more for now.
  static Drained Drain(PartitionReader& reader, size_t max_records = 1000) {
    Drained drained;
    while (drained.end == PollState::kData) {
      RecordChunk chunk;
      auto polled = reader.Poll(max_records, 0, chunk);
      for (const std::string_view record : chunk.records) drained.records.emplace_back(record);
      drained.offsets.insert(drained.offsets.end(), chunk.offsets.begin(), chunk.offsets.end());
      drained.tombstones += chunk.tombstones.size();
      EXPECT_EQ(chunk.ingest_times.size(), chunk.size());
      drained.status = polled.status();
      if (!polled.ok()) return drained;
      drained.end = (*polled).state;
    }
    return drained;
  }
  /// All records of a topic that are there, sorted.
  std::vector<std::string> ReadAll(const LogOptions& given = {}) {
    std::vector<std::string> all;
    const auto source = Source(given);
    for (size_t i = 0; i < source->num_partitions(); ++i) {
      const auto reader = Reader(*source, i);
      Drained drained = Drain(*reader);
      EXPECT_TRUE(drained.status.ok()) << drained.status.ToString();
      all.insert(all.end(), drained.records.begin(), drained.records.end());
    }
    std::sort(all.begin(), all.end());
    return all;
  }
  static std::vector<std::string> Expected(int64_t first, int64_t count) {
    std::vector<std::string> all;
    for (int64_t n = first; n < first + count; ++n) {
      const std::string text = std::to_string(n);
      all.push_back("{\"k\":\"k" + text + "\",\"n\":" + text + "}");
    }
    std::sort(all.begin(), all.end());
    return all;
  }

  static std::string Slurp(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static void Spill(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }
  /// The segment files of the topic, in order of partition and number.
  std::vector<std::string> Segments() const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "t")) {
      if (entry.path().extension() == ".log") paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  std::string Journal() const { return Dir() + "/t/journal-0000000001"; }

  std::filesystem::path folder_;
  SchemaPtr schema_;
  std::vector<int> key_ = {0};
  bool resumable_ = true;
  std::string state_;  ///< what the last commit of the run before has of the sink
  bool upsert_ = false;
  ManualClock clock_;
  std::vector<RefusedRow> refused_;
};

}  // namespace weir
