#include "runtime/delivery/outbox.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

namespace weir {
namespace {

namespace fs = std::filesystem;

class OutboxTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              fmt::format("weir-outbox-{}-{}", ::getpid(),
                          ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<Outbox> Open(int64_t file_bytes = 100) {
    auto outbox = std::make_unique<Outbox>(folder_.string(), file_bytes);
    EXPECT_TRUE(outbox->Open().ok());
    return outbox;
  }
  static OutboxChunk Append(Outbox& outbox, std::string_view bytes) {
    auto chunk = outbox.Append(bytes);
    EXPECT_TRUE(chunk.ok()) << chunk.status().ToString();
    return *chunk;
  }
  std::set<std::string> Names() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      names.insert(entry.path().filename().string());
    }
    return names;
  }

  fs::path folder_;
};

TEST_F(OutboxTest, WhatWasAppendedIsReadBack) {
  const auto outbox = Open();
  const OutboxChunk a = Append(*outbox, "first");
  const OutboxChunk empty = Append(*outbox, "");
  const OutboxChunk b = Append(*outbox, std::string(1000, 'b'));
  ASSERT_TRUE(outbox->Sync().ok());
  EXPECT_EQ(*outbox->Read(a), "first");
  EXPECT_EQ(*outbox->Read(empty), "");
  EXPECT_EQ(*outbox->Read(b), std::string(1000, 'b'));
  EXPECT_EQ(outbox->waiting_bytes(), 1005);
}

TEST_F(OutboxTest, ChunksHaveATextForm) {
  const OutboxChunk chunk{7, 123, 456, UINT64_MAX};
  const std::string text = chunk.ToText() + " rest";
  std::string_view left = text;
  EXPECT_EQ(*OutboxChunk::FromText(left), chunk);
  EXPECT_EQ(left, " rest");
  left = "7 x";
  EXPECT_EQ(OutboxChunk::FromText(left).status().code(), StatusCode::kDataLoss);
}

TEST_F(OutboxTest, AFileGoesWhenAllItsChunksAreReleased) {
  const auto outbox = Open();
  const OutboxChunk a = Append(*outbox, std::string(60, 'a'));
  const OutboxChunk b = Append(*outbox, std::string(60, 'b'));
  const OutboxChunk c = Append(*outbox, "c");  // in the next file
  EXPECT_NE(c.file, a.file);
  EXPECT_EQ(Names().size(), 2u);
  outbox->Release(a);
  EXPECT_EQ(Names().size(), 2u);
  outbox->Release(b);
  EXPECT_EQ(Names().size(), 1u);
  outbox->Release(c);
  EXPECT_EQ(Names().size(), 1u);  // chunks are still appended to it
  EXPECT_EQ(outbox->waiting_bytes(), 0);
}

TEST_F(OutboxTest, ALaterRunKeepsWhatItsCommitListsAndNoMore) {
  OutboxChunk listed, unlisted;
  {
    const auto outbox = Open();
    listed = Append(*outbox, std::string(200, 'l'));
    unlisted = Append(*outbox, std::string(200, 'u'));
    ASSERT_TRUE(outbox->Sync().ok());
  }
  const auto outbox = Open();
  outbox->Keep(listed);
  ASSERT_TRUE(outbox->RemoveUnlisted().ok());
  EXPECT_EQ(Names().size(), 1u);
  EXPECT_EQ(*outbox->Read(listed), std::string(200, 'l'));
  EXPECT_EQ(outbox->Read(unlisted).status().code(), StatusCode::kDataLoss);
  // A name never means two files.
  EXPECT_GT(Append(*outbox, "n").file, listed.file);
  outbox->Release(listed);
  EXPECT_EQ(Names().size(), 1u);
}

TEST_F(OutboxTest, DamageIsNamed) {
  const auto outbox = Open();
  const OutboxChunk chunk = Append(*outbox, "precious");
  ASSERT_TRUE(outbox->Sync().ok());
  const fs::path file = folder_ / *Names().begin();
  {
    std::fstream damaged(file, std::ios::in | std::ios::out | std::ios::binary);
    damaged.seekp(3);
    damaged.put('X');
  }
  const auto read = outbox->Read(chunk);
  EXPECT_EQ(read.status().code(), StatusCode::kDataLoss);
  EXPECT_THAT(read.status().message(), ::testing::HasSubstr(file.string()));
  fs::resize_file(file, 2);
  EXPECT_EQ(outbox->Read(chunk).status().code(), StatusCode::kDataLoss);
}

/// No file of this process may grow beyond `bytes`; what is written then fails as on a full disk.
class FileLimit {
 public:
  explicit FileLimit(rlim_t bytes) {
    former_handler_ = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &former_);
    const rlimit limit{bytes, former_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileLimit() {
    ::setrlimit(RLIMIT_FSIZE, &former_);
    std::signal(SIGXFSZ, former_handler_);
  }

 private:
  rlimit former_{};
  void (*former_handler_)(int) = nullptr;
};

TEST_F(OutboxTest, WhatTheDiskHasNoRoomForWaitsForRoom) {
  Outbox outbox(folder_, 10'000);
  ASSERT_TRUE(outbox.Open().ok());
  std::vector<std::string> texts;
  std::vector<OutboxChunk> chunks;
  const auto append = [&](char letter) {
    texts.emplace_back(3'000, letter);
    const Result<OutboxChunk> chunk = outbox.Append(texts.back());
    ASSERT_TRUE(chunk.ok()) << chunk.status().ToString();
    chunks.push_back(*chunk);
  };
  append('a');
  ASSERT_TRUE(outbox.Sync().ok());
  {
    const FileLimit limit(4'000);
    for (const char letter : {'b', 'c', 'd', 'e'}) append(letter);
    EXPECT_EQ(outbox.Sync().code(), StatusCode::kResourceExhausted);
    append('f');
    EXPECT_EQ(outbox.Sync().code(), StatusCode::kResourceExhausted);
    EXPECT_EQ(*outbox.Read(chunks[0]), texts[0]);
  }
  append('g');
  EXPECT_EQ(outbox.Sync().ToString(), "ok");
  append('h');  // the first file is beyond its size by now
  EXPECT_EQ(outbox.Sync().ToString(), "ok");
  for (size_t i = 0; i < chunks.size(); ++i) EXPECT_EQ(*outbox.Read(chunks[i]), texts[i]);
  EXPECT_EQ(chunks.back().file, chunks.front().file + 1);
}

/// A savepoint of a pipeline that does not run: nobody has said which chunks the commit lists.
TEST_F(OutboxTest, ACopyOfAnOutboxAtRestHasAllFilesAndLeavesThem) {
  const OutboxChunk chunk = Append(*Open(), "not delivered");
  const auto outbox = Open();
  EXPECT_EQ(outbox->Pin().size(), 1u);
  outbox->Unpin();
  EXPECT_EQ(*outbox->Read(chunk), "not delivered");
}

TEST_F(OutboxTest, FilesThatASnapshotCopiesStay) {
  const auto outbox = Open();
  ASSERT_TRUE(outbox->RemoveUnlisted().ok());
  const OutboxChunk a = Append(*outbox, std::string(200, 'a'));
  const OutboxChunk b = Append(*outbox, "b");
  const std::vector<std::string> pinned = outbox->Pin();
  EXPECT_EQ(pinned.size(), 2u);
  outbox->Release(a);
  EXPECT_TRUE(fs::exists(pinned[0]));
  outbox->Unpin();
  EXPECT_FALSE(fs::exists(pinned[0]));
  EXPECT_EQ(*outbox->Read(b), "b");
}

}  // namespace
}  // namespace weir
