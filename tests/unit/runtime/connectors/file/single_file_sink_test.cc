#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <sstream>
#include <thread>

#include "runtime/connectors/file/file_lock.h"
#include "tests/unit/runtime/connectors/file/file_sink_fixture.h"

namespace weir {
namespace {

class SingleFileSinkTest : public FileSinkTest {};

/// What a child process says of the path while this one writes it.
int OpenElsewhere(const std::function<Status()>& open) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(open().code() == StatusCode::kAlreadyExists ? 1 : 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

TEST_F(SingleFileSinkTest, OneFileForSeveralWriters) {
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

TEST_F(SingleFileSinkTest, AFailedRunLeavesNoSingleFile) {
  request_.resumable = false;
  {
    Result<std::unique_ptr<SinkConnector>> sink =
        Make({{"path", Value::String(Path("out.jsonl"))}, {"single", Value::Bool(true)}});
    ASSERT_TRUE(sink.ok());
  }
  EXPECT_TRUE(Names().empty());
}

TEST_F(SingleFileSinkTest, AFullDiskIsAnErrorThatMayPass) {
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

TEST_F(SingleFileSinkTest, AnotherProcessMayNotWriteTheSameSingleFile) {
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

TEST_F(SingleFileSinkTest, WhatAKilledRunLeftOfASingleFileIsWrittenAnew) {
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
