#include "runtime/connectors/log/log_topic.h"
#include "tests/unit/runtime/connectors/log/log_fixture.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

class LogSourceTest : public LogTest {};

const LogOptions kOnePartition = {{"partitions", Value::Int64(1)}};

TEST_F(LogSourceTest, PositionsResumeBehindTheLastRecord) {
  WriteRows(0, 20, kOnePartition);
  WriteRows(20, 20, kOnePartition);
  const auto source = Source();
  for (int64_t last = -1; last < 40; ++last) {
    const auto first = Reader(*source, 0);
    const std::string position = last < 0 ? "" : first->Position(last);
    const auto reader = Reader(*source, 0, position);
    const Drained drained = Drain(*reader, 6);
    ASSERT_EQ(drained.records.size(), static_cast<size_t>(39 - last)) << last;
    if (last < 39) {
      EXPECT_EQ(drained.offsets.front(), last + 1);
    }
  }
}

TEST_F(LogSourceTest, FollowsWhatIsWrittenMeanwhile) {
  WriteRows(0, 3, kOnePartition);
  const auto source = Source();
  const auto reader = Reader(*source, 0);
  EXPECT_EQ(Drain(*reader).records.size(), 3U);
  const auto sink = Sink();
  const auto writer = Writer(*sink);
  for (int unit = 0; unit < 5; ++unit) {
    ASSERT_TRUE(writer->Append(Rows(3 + unit, 1)).ok());
    ASSERT_TRUE(writer->Freeze(1).ok());
    ASSERT_TRUE(sink->Prepare(1).ok());
    EXPECT_EQ(Drain(*reader).end, PollState::kEmpty);
    ASSERT_TRUE(sink->Committed(1).ok());
    EXPECT_EQ(Drain(*reader).records, Expected(3 + unit, 1));
  }
  ASSERT_TRUE(writer->Close().ok());
}

TEST_F(LogSourceTest, EndLatestStopsWhereTheTopicEndedAtTheStart) {
  WriteRows(0, 10, kOnePartition);
  const auto source = Source({{"end", Value::String("latest")}});
  WriteRows(10, 10, kOnePartition);
  const auto reader = Reader(*source, 0);
  const Drained drained = Drain(*reader, 4);
  EXPECT_EQ(drained.end, PollState::kEnd);
  EXPECT_EQ(drained.records.size(), 10U);
  const auto resumed = Reader(*source, 0, reader->Position(9));
  EXPECT_EQ(Drain(*resumed).end, PollState::kEnd);
}

TEST_F(LogSourceTest, StartLatestAndByTime) {
  WriteRows(0, 2, kOnePartition);
  clock_.AdvanceTo(2'000'000'000);
  {
    const auto sink = Sink();
    const auto writer = Writer(*sink);
    ASSERT_TRUE(writer->Append(Rows(2, 2)).ok());
    clock_.AdvanceTo(3'000'000'000);
    ASSERT_TRUE(writer->Append(Rows(4, 2)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
  }
  const auto first_n = [this](const std::string& start) {
    const auto source = Source({{"start", Value::String(start)}});
    const auto reader = Reader(*source, 0);
    return Drain(*reader).offsets;
  };
  EXPECT_EQ(first_n("latest"), (std::vector<int64_t>{}));
  EXPECT_EQ(first_n("1970-01-01T00:16:40Z").size(), 6U);  // 1000 s
  EXPECT_EQ(first_n("1970-01-01T00:16:41Z"), (std::vector<int64_t>{2, 3, 4, 5}));
  EXPECT_EQ(first_n("1970-01-01T00:50:00Z"), (std::vector<int64_t>{4, 5}));  // 3000 s
  EXPECT_EQ(first_n("1970-01-01T01:00:00Z"), (std::vector<int64_t>{}));
  EXPECT_THAT(OpenSource({{"start", Value::String("yesterday")}}).status().message(),
              HasSubstr("log(start: \"yesterday\")"));
}

TEST_F(LogSourceTest, ReadsSeveralTopicsAndNamesMissingOnes) {
  WriteRows(0, 2, kOnePartition);
  WriteRows(2, 2, {{"topic", Value::String("u")}, {"partitions", Value::Int64(2)}});
  const auto source = Source({{"topic", Value::String("t, u")}});
  ASSERT_EQ(source->num_partitions(), 3U);
  EXPECT_EQ(source->partition_name(0), "t/0");
  EXPECT_EQ(source->partition_name(2), "u/1");
  const auto missing = OpenSource({{"topic", Value::String("v")}});
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.status().code(), StatusCode::kNotFound);
  EXPECT_THAT(missing.status().message(), HasSubstr("it has t, u"));
}

TEST_F(LogSourceTest, FollowsRollingSegments) {
  const LogOptions small = {{"partitions", Value::Int64(1)},
                            {"segment_size", Value::Int64(1 << 16)}};
  const auto sink = Sink(small);
  const auto writer = Writer(*sink);
  std::unique_ptr<SourceConnector> source;
  std::unique_ptr<PartitionReader> reader;
  int64_t read = 0;
  for (int unit = 0; unit < 40; ++unit) {
    ASSERT_TRUE(writer->Append(Rows(unit * 500, 500)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    if (source == nullptr) {
      source = Source();
      reader = Reader(*source, 0);
    }
    if (unit % 3 == 0) read += static_cast<int64_t>(Drain(*reader).records.size());
  }
  read += static_cast<int64_t>(Drain(*reader).records.size());
  ASSERT_TRUE(writer->Close().ok());
  EXPECT_EQ(read, 20'000);
  EXPECT_GT(Segments().size(), 5U);
}

/// Many small units: the journal rolls, readers go on in the next file, retention deletes old ones.
TEST_F(LogSourceTest, FollowsRollingJournals) {
  const LogOptions options = {{"partitions", Value::Int64(1)},
                              {"fsync", Value::String("never")},
                              {"segment_size", Value::Int64(1 << 16)},
                              {"retain", Value::Duration(100 * kMicrosPerSecond)}};
  constexpr int64_t kUnits = 45'000;
  const auto sink = Sink(options);
  const auto writer = Writer(*sink);
  std::unique_ptr<SourceConnector> source;
  std::unique_ptr<PartitionReader> reader;
  const RecordBatch row = Rows(1, 1);
  int64_t read = 0;
  for (int64_t unit = 0; unit < kUnits; ++unit) {
    ASSERT_TRUE(writer->Append(row).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    if (source == nullptr) {
      source = Source();
      reader = Reader(*source, 0);
    }
    if (unit % 1000 != 0) continue;
    clock_.AdvanceTo(clock_.Now() + 10 * kMicrosPerSecond);
    const Drained drained = Drain(*reader);
    ASSERT_TRUE(drained.status.ok()) << drained.status.ToString();
    read += static_cast<int64_t>(drained.records.size());
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  }
  read += static_cast<int64_t>(Drain(*reader).records.size());
  EXPECT_EQ(read, kUnits);
  ASSERT_TRUE(writer->Close().ok());
  EXPECT_FALSE(std::filesystem::exists(Journal()))
      << "the first journal is of deleted records only";
  // A reader from the earliest, one in the middle of the journals, a new writer: all find their
  // way.
  const auto again = Source();
  const auto earliest = Reader(*again, 0);
  const Drained rest = Drain(*earliest);
  ASSERT_TRUE(rest.status.ok()) << rest.status.ToString();
  EXPECT_EQ(rest.offsets.back(), kUnits - 1);
  EXPECT_GT(rest.offsets.front(), 0);
  const auto middle = Reader(*again, 0, earliest->Position(kUnits - 5'001));
  EXPECT_EQ(Drain(*middle).records.size(), 5'000U);
  WriteRows(0, 7, options);
  EXPECT_EQ(Drain(*middle).records.size(), 7U);
}

TEST_F(LogSourceTest, RetentionDeletesWholeSegmentsAndOldPositionsAreErrors) {
  LogOptions options = {{"partitions", Value::Int64(1)},
                        {"segment_size", Value::Int64(1 << 16)},
                        {"retain", Value::Duration(100 * kMicrosPerSecond)}};
  const auto sink = Sink(options);
  const auto writer = Writer(*sink);
  const auto write = [&](int64_t first) {
    ASSERT_TRUE(writer->Append(Rows(first, 2000)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    clock_.AdvanceTo(clock_.Now() + 30 * kMicrosPerSecond);
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  };
  write(0);
  const auto before = Source();
  const auto old_reader = Reader(*before, 0);
  const std::string position = old_reader->Position(9);
  for (int i = 1; i < 8; ++i) write(i * 2000);
  const auto source = Source();
  const auto reader = Reader(*source, 0);
  const Drained drained = Drain(*reader);
  ASSERT_TRUE(drained.status.ok()) << drained.status.ToString();
  // Written 30 s apart and kept for 100 s: the last four of eight, and nothing is cut in the
  // middle.
  ASSERT_FALSE(drained.offsets.empty());
  EXPECT_GE(drained.offsets.front(), 6000);
  EXPECT_LE(drained.offsets.front(), 10'000);
  EXPECT_EQ(drained.offsets.back(), 15'999);
  EXPECT_LE(Segments().size(), 6U);

  auto late = (*source).MakeReader(0);
  const Status expired = (*late)->Open(position);
  ASSERT_FALSE(expired.ok());
  EXPECT_EQ(expired.code(), StatusCode::kDataLoss);
  EXPECT_THAT(expired.message(), HasSubstr("offset 10 is no longer kept"));
  EXPECT_THAT(expired.message(), HasSubstr("`retain`"));
  // One that was opened before and had not read it gets to know as well, and skips nothing.
  const Drained stale = Drain(*old_reader);
  EXPECT_FALSE(stale.status.ok());
  EXPECT_TRUE(stale.records.empty());
  ASSERT_TRUE(writer->Close().ok());
}

TEST_F(LogSourceTest, RetentionRunsWhenWritingStarts) {
  WriteRows(0, 10, kOnePartition);
  clock_.AdvanceTo(clock_.Now() + 60 * kMicrosPerSecond);
  const LogOptions retain = {{"partitions", Value::Int64(1)},
                             {"retain", Value::Duration(30 * kMicrosPerSecond)}};
  ASSERT_EQ(Segments().size(), 1U);
  Writer(*Sink(retain));
  EXPECT_TRUE(Segments().empty());
  EXPECT_TRUE(ReadAll().empty());
  WriteRows(10, 5, kOnePartition);
  EXPECT_EQ(ReadAll(), Expected(10, 5));
}

TEST_F(LogSourceTest, RetentionBySizeSurvivesARestart) {
  const LogOptions options = {{"partitions", Value::Int64(1)},
                              {"segment_size", Value::Int64(1 << 16)},
                              {"retain_size", Value::Int64(300'000)}};
  for (int i = 0; i < 20; ++i) {
    const auto sink = Sink(options);
    const auto writer = Writer(*sink);
    ASSERT_TRUE(writer->Append(Rows(i * 1000, 1000)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    clock_.AdvanceTo(clock_.Now() + 30 * kMicrosPerSecond);
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
    ASSERT_TRUE(writer->Close().ok());
  }
  uint64_t bytes = 0;
  for (const std::string& path : Segments()) bytes += std::filesystem::file_size(path);
  EXPECT_LT(bytes, 450'000U);
  EXPECT_GT(bytes, 150'000U);
  const auto source = Source();
  const auto reader = Reader(*source, 0);
  const Drained drained = Drain(*reader);
  ASSERT_TRUE(drained.status.ok()) << drained.status.ToString();
  EXPECT_EQ(drained.offsets.back(), 19'999);
  EXPECT_EQ(drained.records.back(), Expected(19'999, 1)[0]);
}

TEST_F(LogSourceTest, ATopicMadeAnewIsNotedAlsoWhileItIsRead) {
  WriteRows(0, 10, kOnePartition);
  const auto source = Source();
  const auto tailing = Reader(*source, 0);
  ASSERT_EQ(Drain(*tailing).records.size(), 10U);
  const std::string position = tailing->Position(4);
  std::filesystem::remove_all(folder_ / "t");
  EXPECT_THAT(Drain(*tailing).status.message(), HasSubstr("the topic is gone"));
  WriteRows(0, 10, kOnePartition);
  EXPECT_THAT(Drain(*tailing).status.message(), HasSubstr("made anew"));
  const auto again = Source();
  auto reader = again->MakeReader(0);
  EXPECT_THAT((*reader)->Open(position).message(), HasSubstr("made anew"));
  EXPECT_THAT((*reader)->Open("nonsense").message(), HasSubstr("is no position"));
}

TEST_F(LogSourceTest, ATableHasTheLatestRecordPerKey) {
  upsert_ = true;
  WriteRows(0, 4);
  {
    const auto sink = Sink();
    const auto writer = Writer(*sink);
    RecordBatch rows = Rows(0, 2);
    const MutableColumnPtr n = Column::Make(DataType::Int64(), 2);
    n->mutable_data<int64_t>()[0] = 100;
    n->mutable_data<int64_t>()[1] = 101;
    rows = rows.WithColumns(schema_, {rows.column(0), n});
    const MutableColumnPtr op = Column::Make(DataType::Bool(), 2);
    op->mutable_data<uint8_t>()[0] = 0;
    op->mutable_data<uint8_t>()[1] = static_cast<uint8_t>(RowOp::kDelete);
    rows.mutable_hidden().op = op;
    ASSERT_TRUE(writer->Append(rows).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
  }
  const ConnectorOptions options = Options({});
  TableRequest request;
  request.name = "t";
  request.options = &options;
  auto table = LogConnectorSpec().table->make(request);
  ASSERT_TRUE(table.ok() && (*table)->Open().ok());
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<std::string> rows;
    bool more = true;
    while (more) {
      RecordChunk chunk;
      auto read = (*table)->Read(chunk);
      ASSERT_TRUE(read.ok()) << read.status().ToString();
      more = *read;
      rows.insert(rows.end(), chunk.records.begin(), chunk.records.end());
    }
    EXPECT_THAT(rows, ::testing::UnorderedElementsAre("{\"k\":\"k0\",\"n\":100}", Expected(2, 1)[0],
                                                      Expected(3, 1)[0]));
    ASSERT_TRUE((*table)->Rewind().ok());
  }
}

}  // namespace
}  // namespace weir
