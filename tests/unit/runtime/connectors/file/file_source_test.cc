#include "runtime/connectors/file/file_connector.h"

#include "runtime/connector/source_connector.h"
#include "tests/unit/runtime/connectors/file/file_fixture.h"

namespace weir {
namespace {

class FileSourceTest : public FileTest {
 protected:
  Result<std::unique_ptr<SourceConnector>> Make(
      const std::vector<std::pair<std::string, Value>>& given, const std::string& name = "events") {
    options_ = ConnectorOptions();
    for (const auto& [option, value] : given) options_.Set(option, value);
    SourceRequest request;
    request.name = name;
    request.options = &options_;
    Result<std::unique_ptr<SourceConnector>> source = FileConnectorSpec().source->make(request);
    if (source.ok()) WEIR_TRY((*source)->Open());
    return source;
  }
  std::vector<std::string> ReadPartition(SourceConnector& source, size_t partition,
                                         std::string_view position = "") {
    Result<std::unique_ptr<PartitionReader>> reader = source.MakeReader(partition);
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE((*reader)->Open(position).ok());
    RecordChunk chunk;
    while (true) {
      const Result<PollResult> polled = (*reader)->Poll(2, 0, chunk);
      EXPECT_TRUE(polled.ok()) << polled.status().ToString();
      if (!polled.ok() || polled->state != PollState::kData) break;
    }
    last_position_ = chunk.size() == 0 ? "" : (*reader)->Position(chunk.offsets[0]);
    return Texts(chunk);
  }

  ConnectorOptions options_;
  std::string last_position_;
};

TEST_F(FileSourceTest, AGlobGivesPartitionsSortedByName) {
  Write("b.jsonl", "2\n");
  Write("a.jsonl", "1\n");
  Write("c.txt", "3\n");
  Result<std::unique_ptr<SourceConnector>> source =
      Make({{"path", Value::String(Path("*.jsonl"))}});
  ASSERT_TRUE(source.ok()) << source.status().ToString();
  ASSERT_EQ((*source)->num_partitions(), 2u);
  EXPECT_EQ((*source)->partition_name(0), Path("a.jsonl"));
  EXPECT_EQ(ReadPartition(**source, 1), (std::vector<std::string>{"2"}));
}

TEST_F(FileSourceTest, AFolderLeavesUnfinishedFilesOut) {
  Write("out/part-1.jsonl", "1\n");
  Write("out/.part-2.jsonl.tmp", "2\n");
  Result<std::unique_ptr<SourceConnector>> source = Make({{"path", Value::String(Path("out"))}});
  ASSERT_TRUE(source.ok());
  EXPECT_EQ((*source)->num_partitions(), 1u);
}

TEST_F(FileSourceTest, DirAndTopicNameTheFile) {
  Write("user_events/1.jsonl", "1\n");
  Write("transactions.jsonl", "2\n");
  const Value dir = Value::String(folder_.string());
  EXPECT_TRUE(Make({{"dir", dir}, {"topic", Value::String("user_events")}}).ok());
  EXPECT_TRUE(Make({{"dir", dir}}, "transactions").ok());
  const Status missing = Make({{"dir", dir}}, "nothing").status();
  EXPECT_EQ(missing.code(), StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("file(dir: "), std::string::npos) << missing.message();
}

TEST_F(FileSourceTest, WhatIsMissingIsNamed) {
  const std::string path = Path("none.jsonl");
  EXPECT_EQ(Make({{"path", Value::String(path)}}).status().message(),
            "file(path: \"" + path + "\"): no such file");
  EXPECT_EQ(Make({{"path", Value::String(Path("x*"))}}).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(Make({}).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(FileSourceTest, GoesOnAfterTheRecordOfAPosition) {
  Write("a", "one\ntwo\nthree\n");
  Result<std::unique_ptr<SourceConnector>> source = Make({{"path", Value::String(Path("a"))}});
  ASSERT_TRUE(source.ok());
  EXPECT_EQ(ReadPartition(**source, 0).size(), 3u);
  EXPECT_EQ(ReadPartition(**source, 0, last_position_), (std::vector<std::string>{"two", "three"}));
}

TEST_F(FileSourceTest, TailWaitsForMore) {
  Write("a", "one\n");
  Result<std::unique_ptr<SourceConnector>> source =
      Make({{"path", Value::String(Path("a"))}, {"tail", Value::Bool(true)}});
  Result<std::unique_ptr<PartitionReader>> reader = (*source)->MakeReader(0);
  ASSERT_TRUE((*reader)->Open("").ok());
  RecordChunk chunk;
  EXPECT_EQ((*reader)->Poll(10, 5, chunk)->state, PollState::kData);
  const Result<PollResult> waiting = (*reader)->Poll(10, 5, chunk);
  EXPECT_EQ(waiting->state, PollState::kEmpty);
  EXPECT_GT(waiting->not_before, 5);
  Write("a", "two\n", /*append=*/true);
  EXPECT_EQ((*reader)->Poll(10, 5, chunk)->state, PollState::kData);
  EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"one", "two"}));
}

TEST_F(FileSourceTest, ATableReadsAllFilesAndAgain) {
  Write("users.csv", "id,tier\n1,gold\n2,silver\n");
  ConnectorOptions options;
  options.Set("dir", Value::String(folder_.string()));
  options.Set("format", Value::String("csv"));
  TableRequest request;
  request.name = "users";
  request.options = &options;
  Result<std::unique_ptr<TableConnector>> table = FileConnectorSpec().table->make(request);
  ASSERT_TRUE((*table)->Open().ok());
  EXPECT_EQ((*table)->format(), "csv");
  for (int round = 0; round < 2; ++round) {
    RecordChunk chunk;
    while (*(*table)->Read(chunk)) {
    }
    EXPECT_EQ(Texts(chunk), (std::vector<std::string>{"1,gold", "2,silver"}));
    EXPECT_EQ(chunk.header, "id,tier");
    ASSERT_TRUE((*table)->Rewind().ok());
  }
}

}  // namespace
}  // namespace weir
