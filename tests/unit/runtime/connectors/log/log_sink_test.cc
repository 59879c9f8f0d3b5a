#include <fcntl.h>
#include <sys/file.h>

#include <mutex>
#include <thread>

#include "runtime/connector/partitioner.h"
#include "runtime/connectors/log/log_units.h"
#include "tests/unit/runtime/connectors/full_disk.h"
#include "tests/unit/runtime/connectors/log/log_fixture.h"

namespace weir {
namespace {

using ::testing::HasSubstr;

class LogSinkTest : public LogTest {};

TEST_F(LogSinkTest, AUnitIsInvisibleUntilItsCheckpointIsCommitted) {
  const auto sink = Sink();
  const auto writer = Writer(*sink);
  ASSERT_TRUE(writer->Append(Rows(0, 10)).ok());
  EXPECT_TRUE(ReadAll().empty());
  ASSERT_TRUE(writer->Freeze(1).ok());
  ASSERT_TRUE(sink->Prepare(1).ok());
  EXPECT_TRUE(ReadAll().empty());
  ASSERT_TRUE(writer->Append(Rows(10, 5)).ok());
  ASSERT_TRUE(sink->Committed(1).ok());
  EXPECT_EQ(ReadAll(), Expected(0, 10));
  ASSERT_TRUE(writer->Freeze(2).ok());
  ASSERT_TRUE(sink->Prepare(2).ok());
  ASSERT_TRUE(sink->Committed(2).ok());
  EXPECT_EQ(ReadAll(), Expected(0, 15));
}

TEST_F(LogSinkTest, WithoutAStateFolderTheRestIsWrittenAtTheEnd) {
  resumable_ = false;
  const auto sink = Sink();
  const auto writer = Writer(*sink);
  ASSERT_TRUE(writer->Append(Rows(0, 10)).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE(sink->Close().ok());
  EXPECT_EQ(ReadAll(), Expected(0, 10));
}

TEST_F(LogSinkTest, WhatTheCommitListsIsDeliveredByTheNextRunAndTheRestIsNot) {
  std::string committed;
  {
    const auto sink = Sink();
    const auto writer = Writer(*sink);
    ASSERT_TRUE(writer->Append(Rows(0, 5)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    ASSERT_TRUE(writer->Append(Rows(5, 5)).ok());
    ASSERT_TRUE(writer->Freeze(2).ok());
    committed = *sink->Prepare(2);
    ASSERT_TRUE(writer->Append(Rows(10, 5)).ok());
    ASSERT_TRUE(writer->Freeze(3).ok());
    ASSERT_TRUE(sink->Prepare(3).ok());  // its commit fails, and the process dies
  }
  EXPECT_EQ(ReadAll(), Expected(0, 5));
  state_ = committed;
  for (int start = 0; start < 2; ++start) {
    const auto sink = Sink();
    EXPECT_EQ(ReadAll(), Expected(0, 10));
    EXPECT_EQ(*sink->ReadMark(), (SinkMark{"i1", 1}));
    const auto writer = Writer(*sink);
    EXPECT_EQ(ReadAll(), Expected(0, 10));
  }
  state_ += "\np/out/i1/7 3";
  const auto unknown = OpenSink();
  EXPECT_EQ(unknown.status().code(), StatusCode::kDataLoss);
  EXPECT_THAT(unknown.status().message(), HasSubstr("unit 3 of p/out/i1/7"));
}

TEST_F(LogSinkTest, TheMarkHasPositionsOnceAllUnitsOfACheckpointAreVisible) {
  const auto sink = Sink();
  const auto first = Writer(*sink, 0), second = Writer(*sink, 1);
  uint64_t epoch = 0;
  for (const auto& writers : {std::vector{first.get(), second.get()}, std::vector{second.get()}}) {
    for (SinkWriter* writer : writers) {
      ASSERT_TRUE(writer->Append(Rows(static_cast<int64_t>(epoch) * 10, 5)).ok());
      ASSERT_TRUE(writer->Freeze(epoch + 1).ok());
    }
    ASSERT_TRUE(sink->Prepare(++epoch).ok());
    sink->NotePositions(epoch, std::make_shared<const std::string>(fmt::format("1;a,b,{}", epoch)));
    ASSERT_TRUE(sink->Committed(epoch).ok());
    EXPECT_EQ(*sink->ReadMark(), (SinkMark{"i1", epoch, fmt::format("1;a,b,{}", epoch)}));
  }
  // A process that dies between the units of a checkpoint leaves the first without positions.
  EXPECT_EQ((LogNote{7, ""}).ToText(), "7");
  EXPECT_EQ(LogNote::FromText("7")->positions, "");
  EXPECT_EQ(LogNote::FromText("7 1;a,b,3")->positions, "1;a,b,3");
  EXPECT_FALSE(LogNote::FromText("seven"));
  EXPECT_FALSE(LogNote::FromText("7x"));
}

TEST_F(LogSinkTest, RowsGoWhereKafkaWouldPutTheirKey) {
  WriteRows(0, 200);
  const auto source = Source();
  ASSERT_EQ(source->num_partitions(), 4U);
  EXPECT_EQ(source->partition_name(3), "t/3");
  for (size_t p = 0; p < 4; ++p) {
    const auto reader = Reader(*source, p);
    std::vector<std::string> expected;
    for (int n = 0; n < 200; ++n) {
      const std::string key = "k" + std::to_string(n);
      if (PartitionOfKey(key, 4) == p) expected.push_back(Expected(n, 1)[0]);
    }
    const Drained drained = Drain(*reader, 7);
    EXPECT_EQ(drained.records, expected) << p;
    for (size_t i = 0; i < drained.offsets.size(); ++i) {
      EXPECT_EQ(drained.offsets[i], static_cast<int64_t>(i));
    }
  }
}

TEST_F(LogSinkTest, KeyMayBeAnOptionAndMustNameColumns) {
  key_ = {};
  WriteRows(0, 50, {{"key", Value::String("k")}});
  EXPECT_EQ(ReadAll(), Expected(0, 50));
  const auto wrong = OpenSink({{"key", Value::String("k, colour")}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.status().message(), HasSubstr("no column \"colour\""));
}

TEST_F(LogSinkTest, ADeleteIsATombstone) {
  upsert_ = true;
  const auto sink = Sink({{"partitions", Value::Int64(1)}});
  const auto writer = Writer(*sink);
  RecordBatch rows = Rows(0, 3);
  const MutableColumnPtr op = Column::Make(DataType::Bool(), 3);
  op->mutable_data<uint8_t>()[0] = 0;
  op->mutable_data<uint8_t>()[1] = static_cast<uint8_t>(RowOp::kDelete);
  op->mutable_data<uint8_t>()[2] = 0;
  rows.mutable_hidden().op = op;
  ASSERT_TRUE(writer->Append(rows).ok());
  ASSERT_TRUE(Commit(*sink, *writer).ok());
  const auto source = Source();
  const auto reader = Reader(*source, 0);
  const Drained drained = Drain(*reader);
  EXPECT_EQ(drained.records, (std::vector<std::string>{Expected(0, 1)[0], "", Expected(2, 1)[0]}));
  EXPECT_EQ(drained.tombstones, 1U);
}

TEST_F(LogSinkTest, WritersOfSeveralSinksShareATopic) {
  const auto first = Sink();
  const auto second = OpenSink({}, "other");
  ASSERT_TRUE(second.ok()) << second.status().ToString();
  std::vector<std::thread> threads;
  std::mutex committing;
  constexpr int kWriters = 4, kUnits = 20, kRows = 50;
  for (int w = 0; w < kWriters; ++w) {
    threads.emplace_back([&, w] {
      SinkConnector* const sink = w % 2 == 0 ? first.get() : second->get();
      const auto writer = Writer(*sink, static_cast<uint32_t>(w));
      for (int unit = 0; unit < kUnits; ++unit) {
        ASSERT_TRUE(writer->Append(Rows((w * kUnits + unit) * kRows, kRows)).ok());
        ASSERT_TRUE(writer->Freeze(1).ok());
        const std::lock_guard one_committer(committing);
        ASSERT_TRUE(sink->Prepare(1).ok());
        ASSERT_TRUE(sink->Committed(1).ok());
      }
      ASSERT_TRUE(writer->Close().ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ReadAll(), Expected(0, kWriters * kUnits * kRows));
}

TEST_F(LogSinkTest, AnotherProcessMayNotWriteButRead) {
  WriteRows(0, 5);
  const int lock = ::open((Dir() + "/t/lock").c_str(), O_RDWR);
  ASSERT_EQ(::flock(lock, LOCK_EX | LOCK_NB), 0);
  const auto sink = OpenSink();
  ASSERT_FALSE(sink.ok());
  EXPECT_THAT(sink.status().message(), HasSubstr("another process writes"));
  EXPECT_EQ(ReadAll(), Expected(0, 5));
  ::close(lock);
  EXPECT_TRUE(OpenSink().ok());
}

TEST_F(LogSinkTest, ADeliveryIsRepeatedWithoutHarm) {
  {
    const auto sink = Sink();
    const auto writer = Writer(*sink);
    ASSERT_TRUE(writer->Append(Rows(0, 5)).ok());
    ASSERT_TRUE(Commit(*sink, *writer).ok());
    ASSERT_TRUE(sink->Committed(1).ok());
    ASSERT_TRUE(writer->Close().ok());
  }
  // The same lane goes on in another run: its units have other numbers.
  WriteRows(5, 5);
  EXPECT_EQ(ReadAll(), Expected(0, 10));
}

TEST_F(LogSinkTest, BadOptionsAreNamed) {
  const auto slash = OpenSink({{"topic", Value::String("../escape")}});
  ASSERT_FALSE(slash.ok());
  EXPECT_THAT(slash.status().message(), HasSubstr("log(topic: \"../escape\")"));
  EXPECT_THAT(OpenSink({{"topic", Value::String("a,b")}}).status().message(),
              HasSubstr("a sink writes one topic"));
  Spill(Dir() + "/file", "no folder");
  const auto under_file = OpenSink({{"dir", Value::String(Dir() + "/file")}});
  ASSERT_FALSE(under_file.ok());
  EXPECT_THAT(under_file.status().message(), HasSubstr("check `dir`"));
}

/// A file size limit is how a process without a disk of its own sees a full one.
TEST_F(LogSinkTest, AUnitGoesOnWhenThereIsRoom) {
  WriteRows(0, 5);
  const auto sink = Sink();
  const auto writer = Writer(*sink);
  int64_t next = 5;
  const auto append = [&] {
    ASSERT_TRUE(writer->Append(Rows(next, 2000)).ok());
    next += 2000;
  };
  {
    const FullDisk full(20'000);
    while (sink->HasRoom()) append();
    append();  // rows that are inside the job come all the same
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
    EXPECT_FALSE(sink->HasRoom());
    ASSERT_TRUE(writer->Freeze(2).ok());
    const Status prepared = sink->Prepare(2).status();
    EXPECT_EQ(prepared.code(), StatusCode::kResourceExhausted) << prepared.ToString();
    EXPECT_THAT(prepared.message(), HasSubstr("`dir`"));
    append();  // of the next checkpoint
    EXPECT_EQ(sink->Prepare(2).status().code(), StatusCode::kResourceExhausted);
    EXPECT_EQ(ReadAll(), Expected(0, 5));
  }
  ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  EXPECT_TRUE(sink->HasRoom());
  ASSERT_TRUE(writer->Freeze(3).ok());
  ASSERT_TRUE(sink->Prepare(3).ok());
  ASSERT_TRUE(sink->Committed(3).ok());
  EXPECT_TRUE(ReadAll() == Expected(0, next));
}

TEST_F(LogSinkTest, WhatAFullDiskHeldBackWhenTheRunEndedWasNeverThere) {
  WriteRows(0, 5);
  {
    const auto sink = Sink();
    const auto writer = Writer(*sink);
    const FullDisk full(20'000);
    ASSERT_TRUE(writer->Append(Rows(5, 2000)).ok());
    ASSERT_TRUE(writer->Freeze(2).ok());
    ASSERT_FALSE(sink->Prepare(2).ok());
  }
  EXPECT_EQ(ReadAll(), Expected(0, 5));
  WriteRows(5, 5);
  EXPECT_EQ(ReadAll(), Expected(0, 10));
}

}  // namespace
}  // namespace weir
