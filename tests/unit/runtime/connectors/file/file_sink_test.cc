#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <thread>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/file/byte_reader.h"
#include "runtime/connectors/file/file_connector.h"
#include "runtime/connectors/file/file_lock.h"
#include "runtime/connectors/file/part_lease.h"
#include "tests/unit/runtime/connectors/file/file_fixture.h"
#include "tests/unit/runtime/connectors/full_disk.h"

namespace weir {
namespace {

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

TEST_F(FileSinkTest, OneFileForSeveralWriters) {
  request_.resumable = false;
  Result<std::unique_ptr<SinkConnector>> sink =
      Make({{"path", Value::String(Path("deep/out.jsonl"))}, {"single", Value::Bool(true)}});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  std::vector<std::thread> threads;
  for (uint32_t worker = 0; worker < 4; ++worker) {
    threads.emplace_back([this, &sink, worker] {
      Result<std::unique_ptr<SinkWriter>> writer = (*sink)->MakeWriter(worker);
      for (int i = 0; i < 50; ++i)
        ASSERT_TRUE((*writer)->Append(Rows(worker * 100'000 + i * 1000, 1000)).ok());
      ASSERT_TRUE((*writer)->Close().ok());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Names("deep"), (std::vector<std::string>{".out.jsonl.tmp"}));
  ASSERT_TRUE((*sink)->Close().ok());
  EXPECT_EQ(Names("deep"), (std::vector<std::string>{"out.jsonl"}));
  std::istringstream text(ReadAll("deep/out.jsonl"));
  std::string line;
  size_t lines = 0;
  while (std::getline(text, line)) {
    ASSERT_TRUE(line.starts_with("{\"n\":") && line.ends_with("}")) << line;
    ++lines;
  }
  EXPECT_EQ(lines, 200'000u);
}

TEST_F(FileSinkTest, AFailedRunLeavesNoSingleFile) {
  request_.resumable = false;
  {
    Result<std::unique_ptr<SinkConnector>> sink =
        Make({{"path", Value::String(Path("out.jsonl"))}, {"single", Value::Bool(true)}});
    ASSERT_TRUE(sink.ok());
  }
  EXPECT_TRUE(Names().empty());
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

TEST_F(FileSinkTest, AFullDiskIsAnErrorThatMayPass) {
  request_.resumable = false;
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP();
  std::filesystem::create_symlink("/dev/full", Path(".full.tmp"));
  Result<std::unique_ptr<SinkConnector>> sink =
      Make({{"path", Value::String(Path("full"))}, {"single", Value::Bool(true)}});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  Result<std::unique_ptr<SinkWriter>> writer = (*sink)->MakeWriter(0);
  ASSERT_TRUE((*writer)->Append(Rows(1, 10)).ok());
  const Status status = (*writer)->Close();
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted) << status.ToString();
}

class FullDiskTest : public FileSinkTest, public ::testing::WithParamInterface<const char*> {
 protected:
  /// All rows that readers see in `folder`.
  std::string ReadAll(const std::string& folder) {
    std::string all;
    for (const std::string& name : Parts(folder)) {
      auto reader = OpenByteReader(folder + "/" + name);
      EXPECT_TRUE(reader.ok());
      std::vector<char> block(1 << 20);
      for (size_t n = 1; n > 0;) {
        auto read = (*reader)->Read(block.data(), block.size());
        EXPECT_TRUE(read.ok());
        n = read.ok() ? *read : 0;
        all.append(block.data(), n);
      }
    }
    return all;
  }
};

TEST_P(FullDiskTest, APartGoesOnWhenThereIsRoom) {
  const std::string folder = Path("full");
  Result<std::unique_ptr<SinkConnector>> sink =
      Make({{"path", Value::String(folder)}, {"compression", Value::String(GetParam())}});
  ASSERT_TRUE(sink.ok()) << sink.status().ToString();
  std::unique_ptr<SinkWriter> writer = Writer(**sink);
  std::string expected;
  int64_t next = 0;
  const auto append = [&] {
    ASSERT_TRUE(writer->Append(Rows(next, 2000)).ok());
    for (int i = 0; i < 2000; ++i) expected += fmt::format("{{\"n\":{}}}\n", next++);
  };
  {
    const FullDisk full(20'000);
    while ((*sink)->HasRoom()) append();
    append();  // rows that are inside the job come all the same
    ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
    EXPECT_FALSE((*sink)->HasRoom());
    ASSERT_TRUE(writer->Freeze(++epoch_).ok());
    EXPECT_EQ((*sink)->Prepare(epoch_).status().code(), StatusCode::kResourceExhausted);
    append();  // of the next checkpoint
    EXPECT_EQ((*sink)->Prepare(epoch_).status().code(), StatusCode::kResourceExhausted);
    EXPECT_THAT(Parts(folder), ::testing::Each(::testing::StartsWith(".")));
  }
  ASSERT_TRUE(writer->Tick(clock_.Now()).ok());
  EXPECT_TRUE((*sink)->HasRoom());
  Commit(**sink, *writer);
  EXPECT_TRUE(ReadAll(folder) == expected);
}

INSTANTIATE_TEST_SUITE_P(Packed, FullDiskTest, ::testing::Values("none", "gzip", "zstd"));

/// What a child process says of the path while this one writes it.
int OpenElsewhere(const std::function<Status()>& open) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(open().code() == StatusCode::kAlreadyExists ? 1 : 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(FileSinkTest, AnotherProcessMayNotWriteTheSameSingleFile) {
  request_.resumable = false;
  const std::string path = Path("shared.jsonl");
  FileLock other;
  ASSERT_TRUE(other.Take(Path(".shared.jsonl.tmp")).ok());
  EXPECT_EQ(OpenElsewhere([&] { return FileLock().Take(Path(".shared.jsonl.tmp")); }), 1);
  const Status refused =
      Make({{"path", Value::String(path)}, {"single", Value::Bool(true)}}).status();
  EXPECT_EQ(refused.code(), StatusCode::kAlreadyExists);
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("another run is writing it"));
  EXPECT_THAT(refused.message(), ::testing::HasSubstr(path));
}

TEST_F(FileSinkTest, WhatAKilledRunLeftOfASingleFileIsWrittenAnew) {
  request_.resumable = false;
  Write(".left.jsonl.tmp", "{\"n\":1}\n{\"n\":");
  {
    Result<std::unique_ptr<SinkConnector>> sink =
        Make({{"path", Value::String(Path("left.jsonl"))}, {"single", Value::Bool(true)}});
    ASSERT_TRUE(sink.ok()) << sink.status().ToString();
    std::unique_ptr<SinkWriter> writer = Writer(**sink);
    ASSERT_TRUE(writer->Append(Rows(7, 1)).ok());
    ASSERT_TRUE(writer->Close().ok());
    ASSERT_TRUE((*sink)->Close().ok());
    // Done: the next run may have the path, although this one still lives.
    EXPECT_EQ(OpenElsewhere([&] { return FileLock().Take(Path(".left.jsonl.tmp")); }), 0);
  }
  EXPECT_EQ(ReadAll("left.jsonl"), "{\"n\":7}\n");
}

}  // namespace
}  // namespace weir
