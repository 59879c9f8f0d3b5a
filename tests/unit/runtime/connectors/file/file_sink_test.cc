#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "runtime/connectors/file/byte_reader.h"
#include "runtime/connectors/file/part_lease.h"
#include "tests/unit/runtime/connectors/file/file_sink_fixture.h"

namespace weir {
namespace {

TEST_F(FileSinkTest, AUnitIsHiddenUntilItIsDelivered) {
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{".part-i1-0-000000.jsonl.tmp"}));
  Prepare(**sink, *writer);
  EXPECT_EQ(ReadAll("out/.part-i1-0-000000.jsonl.tmp"), "{\"n\":1}\n{\"n\":2}\n");
  ASSERT_TRUE((*sink)->Committed(epoch_).ok());
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{"part-i1-0-000000.jsonl"}));
  Commit(**sink, *writer);  // no rows, no unit
  ASSERT_TRUE(writer->Append(Rows(3, 1)).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(ReadAll("out/part-i1-0-000001.jsonl"), "{\"n\":3}\n");
  ASSERT_TRUE(writer->Append(Rows(4, 1)).ok());
  ASSERT_TRUE(writer->Close().ok());
  ASSERT_TRUE((*sink)->Close().ok());
  EXPECT_EQ(Parts("out"),
            (std::vector<std::string>{".part-i1-0-000002.jsonl.tmp", "part-i1-0-000000.jsonl",
                                      "part-i1-0-000001.jsonl"}));
}

TEST_F(FileSinkTest, WhatACrashLeftIsRemovedAndNumbersGoOn) {
  Write("out/part-i1-0-000004.jsonl", "{}\n");
  Write("out/.part-i1-0-000005.jsonl.tmp", "half");
  Write("out/.part-i1-1-000000.jsonl.tmp", "of another lane");
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 1)).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(Parts("out"),
            (std::vector<std::string>{"part-i1-0-000004.jsonl", "part-i1-0-000005.jsonl"}));
}

TEST_F(FileSinkTest, ACommittedUnitBecomesVisibleAfterACrash) {
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Commit(**sink, *writer);
  ASSERT_TRUE(writer->Append(Rows(3, 2)).ok());
  Prepare(**sink, *writer);  // committed, and the process dies before it can deliver
  ASSERT_TRUE(writer->Append(Rows(5, 2)).ok());
  writer = nullptr;
  sink->reset();
  for (int start = 0; start < 2; ++start) {  // the second one dies before its first commit
    sink = Make({{"path", Value::String(Path("out"))}});
    ASSERT_TRUE(sink.ok()) << sink.status().ToString();
    EXPECT_EQ(Parts("out"),
              (std::vector<std::string>{"part-i1-0-000000.jsonl", "part-i1-0-000001.jsonl"}));
    EXPECT_EQ(ReadAll("out/part-i1-0-000001.jsonl"), "{\"n\":3}\n{\"n\":4}\n");
    sink->reset();
  }
}

TEST_F(FileSinkTest, AnUncommittedUnitGoesAtTheNextStart) {
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Commit(**sink, *writer);
  const std::string committed = state_;
  ASSERT_TRUE(writer->Append(Rows(3, 2)).ok());
  Prepare(**sink, *writer);
  writer = nullptr;
  sink->reset();
  state_ = committed;
  sink = Make({{"path", Value::String(Path("out"))}});
  ASSERT_TRUE(sink.ok());
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{"part-i1-0-000000.jsonl"}));
  writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(7, 1)).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(ReadAll("out/part-i1-0-000001.jsonl"), "{\"n\":7}\n");
}

TEST_F(FileSinkTest, TheMarkTellsHowFarTheFolderIs) {
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  EXPECT_EQ(*(*sink)->ReadMark(), std::nullopt);
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  Commit(**sink, *writer);
  EXPECT_EQ(*(*sink)->ReadMark(), std::nullopt);  // nothing delivered
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Commit(**sink, *writer);
  Commit(**sink, *writer);
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 2}));
  ASSERT_TRUE(writer->Append(Rows(3, 2)).ok());
  Prepare(**sink, *writer);
  writer = nullptr;
  sink->reset();
  sink = Make({{"path", Value::String(Path("out"))}});
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 4}));
  state_.clear();
  Write("out/.weir-mark--sessions", "weir-mark 1 i1");
  sink->reset();
  sink = Make({{"path", Value::String(Path("out"))}});
  EXPECT_EQ((*sink)->ReadMark().status().code(), StatusCode::kDataLoss);
}

TEST_F(FileSinkTest, TheMarkHasThePositionsOfWhatIsInTheFolder) {
  const std::vector<std::pair<std::string, Value>> options = {{"path", Value::String(Path("out"))}};
  Result<std::unique_ptr<SinkConnector>> sink = Make(options);
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Prepare(**sink, *writer);
  (*sink)->NotePositions(1, std::make_shared<const std::string>("1;a,b,7"));
  ASSERT_TRUE((*sink)->Committed(1).ok());
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 1, "1;a,b,7"}));
  EXPECT_EQ(ReadAll("out/.weir-mark--sessions"), "weir-mark 2 i1 1 0:1 1;a,b,7\n");
  // Another process sees them as long as the folder is as the mark says.
  Result<std::unique_ptr<SinkConnector>> again = Make(options);
  EXPECT_FALSE(again.ok());  // the folder is claimed
  sink->reset();
  state_.clear();
  again = Make(options);
  EXPECT_EQ(*(*again)->ReadMark(), (SinkMark{"i1", 1, "1;a,b,7"}));
  again->reset();
  Write("out/part-i1-1-000000.jsonl", "{}\n");  // killed before it could move the mark
  again = Make(options);
  EXPECT_EQ(*(*again)->ReadMark(), (SinkMark{"i1", 1, ""}));
}

TEST_F(FileSinkTest, AMarkHasNoPositionsWhileAUnitIsOpen) {
  request_.batch_rows = 3;
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 3)).ok());
  ASSERT_TRUE(writer->Append(Rows(4, 1)).ok());
  Prepare(**sink, *writer);
  (*sink)->NotePositions(1, std::make_shared<const std::string>("1;a,b,4"));
  ASSERT_TRUE((*sink)->Committed(1).ok());
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 1, ""}));
  ASSERT_TRUE(writer->Append(Rows(5, 2)).ok());
  Prepare(**sink, *writer);
  (*sink)->NotePositions(2, std::make_shared<const std::string>("1;a,b,6"));
  ASSERT_TRUE((*sink)->Committed(2).ok());
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 2, "1;a,b,6"}));
}

TEST_F(FileSinkTest, OldMarksAreReadAndNewerOnesRefused) {
  const std::vector<std::pair<std::string, Value>> options = {{"path", Value::String(Path("out"))}};
  Write("out/.weir-mark--sessions", "weir-mark 1 i1 7\n");
  Result<std::unique_ptr<SinkConnector>> sink = Make(options);
  EXPECT_EQ(*(*sink)->ReadMark(), (SinkMark{"i1", 7, ""}));
  sink->reset();
  Write("out/.weir-mark--sessions", "weir-mark 3 whatever\n");
  sink = Make(options);
  const Status newer = (*sink)->ReadMark().status();
  EXPECT_EQ(newer.code(), StatusCode::kUnimplemented);
  EXPECT_NE(newer.message().find("mark of version 3"), std::string::npos) << newer.message();
}

TEST_F(FileSinkTest, AUnitOfSeveralCheckpointsIsCutToTheLastOne) {
  for (const std::string_view compression : {"none", "gzip", "zstd"}) {
    request_.batch_rows = 1000;
    epoch_ = 0;
    state_.clear();
    const std::string folder = fmt::format("cut-{}", compression);
    const std::vector<std::pair<std::string, Value>> options = {
        {"path", Value::String(Path(folder))},
        {"compression", Value::String(std::string(compression))}};
    Result<std::unique_ptr<SinkConnector>> sink = Make(options);
    std::unique_ptr<SinkWriter> writer = Writer(**sink);
    ASSERT_TRUE(writer->Append(Rows(1, 1)).ok());
    Commit(**sink, *writer);
    ASSERT_TRUE(writer->Append(Rows(2, 1)).ok());
    Commit(**sink, *writer);
    const std::string committed = state_;
    ASSERT_TRUE(writer->Append(Rows(3, 1)).ok());
    Prepare(**sink, *writer);
    writer = nullptr;
    sink->reset();
    state_ = committed;
    sink = Make(options);
    ASSERT_TRUE(sink.ok()) << sink.status().ToString();
    ASSERT_EQ(Parts(folder).size(), 1u);
    Result<std::unique_ptr<ByteReader>> reader =
        OpenByteReader(Path(folder + "/" + Parts(folder)[0]));
    ASSERT_TRUE(reader.ok());
    std::string text;
    char bytes[100];
    for (size_t read = 1; read > 0;) {
      read = *(*reader)->Read(bytes, sizeof(bytes));
      text.append(bytes, read);
    }
    EXPECT_EQ(text, "{\"n\":1}\n{\"n\":2}\n") << compression;
  }
}

TEST_F(FileSinkTest, WhatTheCommitHasAndTheFolderHasNotIsDataLoss) {
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Prepare(**sink, *writer);
  writer = nullptr;
  sink->reset();
  const std::string hidden = Path("out/.part-i1-0-000000.jsonl.tmp");
  std::filesystem::resize_file(hidden, 5);
  Status status = Make({{"path", Value::String(Path("out"))}}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), testing::HasSubstr(hidden + " has 5 bytes"));
  std::filesystem::remove(hidden);
  status = Make({{"path", Value::String(Path("out"))}}).status();
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), testing::HasSubstr("part-i1-0-000000.jsonl is gone"));
}

/// A run without a state folder that is killed while a part is open.
void RunAndDie(const std::function<void()>& run) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    run();
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status));
}

TEST_F(FileSinkTest, PartsOfAKilledRunGoAtTheNextStart) {
  request_.resumable = false;
  incarnation_ = "dead";
  Write("out/.part-kept-0-000000.jsonl.tmp", "of a run with a state folder");
  RunAndDie([this] {
    Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
    std::unique_ptr<SinkWriter> writer = Writer(**sink);
    if (!writer->Append(Rows(1, 2)).ok()) ::_exit(1);
    // The two survive the writer only if nobody cleans up.
    new std::unique_ptr<SinkWriter>(std::move(writer));
    new std::unique_ptr<SinkConnector>(*std::move(sink));
  });
  EXPECT_EQ(Parts("out"),
            (std::vector<std::string>{".part-dead-0-000000.jsonl.tmp",
                                      ".part-kept-0-000000.jsonl.tmp", ".weir-dead.lock"}));
  incarnation_ = "next";
  testing::internal::CaptureStderr();
  {
    Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
    ASSERT_TRUE(sink.ok()) << sink.status().ToString();
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                testing::HasSubstr("removed 1 unfinished part of run dead"));
    EXPECT_EQ(Parts("out"),
              (std::vector<std::string>{".part-kept-0-000000.jsonl.tmp", ".weir-next.lock"}));
  }
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{".part-kept-0-000000.jsonl.tmp"}));
}

TEST_F(FileSinkTest, PartsOfARunningRunStay) {
  request_.resumable = false;
  incarnation_ = "running";
  Result<std::unique_ptr<SinkConnector>> first = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**first);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  // As another process sees the folder.
  RemoveAbandonedParts(Path("out"));
  EXPECT_EQ(Parts("out"),
            (std::vector<std::string>{".part-running-0-000000.jsonl.tmp", ".weir-running.lock"}));
  ASSERT_TRUE(writer->Close().ok());
  writer = nullptr;
  first->reset();
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{"part-running-0-000000.jsonl"}));
}

TEST_F(FileSinkTest, ABatchClauseDecidesUnits) {
  request_.batch_rows = 3;
  request_.batch_time = 10 * kMicrosPerSecond;
  Result<std::unique_ptr<SinkConnector>> sink = Make({{"path", Value::String(Path("out"))}});
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  ASSERT_TRUE(writer->Append(Rows(1, 2)).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{".part-i1-0-000000.jsonl.tmp"}));
  ASSERT_TRUE(writer->Append(Rows(3, 1)).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(Parts("out"), (std::vector<std::string>{"part-i1-0-000000.jsonl"}));
  ASSERT_TRUE(writer->Append(Rows(4, 1)).ok());
  clock_.AdvanceTo(11 * kMicrosPerSecond);
  ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  Commit(**sink, *writer);
  EXPECT_EQ(ReadAll("out/part-i1-0-000001.jsonl"), "{\"n\":4}\n");
}

TEST_F(FileSinkTest, PackedPartsReadBack) {
  for (const auto& [compression, suffix] : {std::pair{"gzip", ".gz"}, std::pair{"zstd", ".zst"}}) {
    epoch_ = 0;
    state_.clear();
    const std::string folder = std::string("out-") + compression;
    Result<std::unique_ptr<SinkConnector>> sink =
        Make({{"path", Value::String(Path(folder))}, {"compression", Value::String(compression)}});
    std::unique_ptr<SinkWriter> writer = Writer(**sink);
    ASSERT_TRUE(writer->Append(Rows(1, 3)).ok());
    Commit(**sink, *writer);
    const std::string file = folder + "/part-i1-0-000000.jsonl" + suffix;
    Result<std::unique_ptr<ByteReader>> reader = OpenByteReader(Path(file));
    ASSERT_TRUE(reader.ok());
    std::string text(1000, '\0');
    text.resize(*(*reader)->Read(text.data(), text.size()));
    EXPECT_EQ(text, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
  }
}

TEST_F(FileSinkTest, ProblemsNameTheirPlace) {
  Write("file", "x");
  const Status status = Make({{"path", Value::String(Path("file/out"))}}).status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find(Path("file/out")), std::string::npos) << status.message();
  Result<std::unique_ptr<SinkConnector>> first = Make({{"path", Value::String(Path("out"))}});
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Make({{"path", Value::String(Path("out") + "/")}}).status().code(),
            StatusCode::kAlreadyExists);
}

}  // namespace
}  // namespace weir
