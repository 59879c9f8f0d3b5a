#include "runtime/dlq/replay_marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runtime/base/hash.h"
#include "runtime/dlq/dead_letter_entry.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

using State = ReplayMarks::State;
using ::testing::HasSubstr;

class ReplayMarksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("weir-marks-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(ReplayMarksTest, AreThereAfterARestart) {
  const std::vector<std::string> a = {"a\t0\t1\tx"}, b = {"b\t0\t1\tx"};
  {
    ReplayMarks marks;
    ASSERT_TRUE(marks.Open(folder_.string(), false).ok());
    ASSERT_TRUE(marks.MarkSending(a).ok());
    ASSERT_TRUE(marks.MarkSent(a).ok());
    ASSERT_TRUE(marks.MarkSending(b).ok());
    ReplayMarks second;
    EXPECT_THAT(second.Open(folder_.string(), false).message(), HasSubstr("another replay"));
  }
  ReplayMarks marks;
  ASSERT_TRUE(marks.Open(folder_.string(), false).ok());
  EXPECT_EQ(marks.Of(a[0]), State::kSent);
  EXPECT_EQ(marks.Of(b[0]), State::kSending);
  EXPECT_EQ(marks.Of("c"), State::kNew);
}

TEST_F(ReplayMarksTest, EveryCutOfTheFileIsReadAndWrittenOn) {
  const std::vector<std::string> letters = {"first", "second"};
  {
    ReplayMarks marks;
    ASSERT_TRUE(marks.Open(folder_.string(), false).ok());
    ASSERT_TRUE(marks.MarkSending(letters).ok());
    ASSERT_TRUE(marks.MarkSent(letters).ok());
  }
  const std::string path = (folder_ / "dlq.replayed").string();
  std::ifstream in(path);
  const std::string whole((std::istreambuf_iterator<char>(in)), {});
  for (size_t size = 0; size <= whole.size(); ++size) {
    std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
    const auto complete = [&](const std::string& line) {
      return whole.substr(0, size).find(line + "\n") != std::string::npos;
    };
    {
      ReplayMarks marks;
      ASSERT_TRUE(marks.Open(folder_.string(), false).ok()) << size;
      for (const std::string& letter : letters) {
        const State expected = complete("=" + letter)   ? State::kSent
                               : complete("+" + letter) ? State::kSending
                                                        : State::kNew;
        EXPECT_EQ(marks.Of(letter), expected) << size;
      }
      ASSERT_TRUE(marks.MarkSending(std::vector<std::string>{"third"}).ok());
    }
    ReplayMarks again;
    ASSERT_TRUE(again.Open(folder_.string(), true).ok()) << size;
    EXPECT_EQ(again.Of("third"), State::kSending) << size;
  }
}

TEST_F(ReplayMarksTest, DamageIsAnError) {
  std::filesystem::create_directories(folder_);
  std::ofstream(folder_ / "dlq.replayed") << "?first\n";
  ReplayMarks marks;
  EXPECT_EQ(marks.Open(folder_.string(), false).code(), StatusCode::kDataLoss);
}

DeadLetterEntry Entry(const std::string& bytes) {
  DeadLetterEntry entry;
  entry.source = "s";
  entry.payload = bytes;
  entry.payload_kind = "original";
  entry.payload_size = static_cast<int64_t>(bytes.size());
  entry.payload_hash = fmt::format("{:016x}", HashBytes(bytes));
  return entry;
}

TEST(DeadLetterEntryTest, OnlyUnchangedBytesAreReplayable) {
  EXPECT_EQ(Entry("{}").WhyNotReplayable(), "");
  DeadLetterEntry row = Entry("{}");
  row.payload_kind = "row";
  EXPECT_THAT(row.WhyNotReplayable(), HasSubstr("not the record"));
  DeadLetterEntry cut = Entry("{}");
  cut.payload_size = 100'000;
  EXPECT_THAT(cut.WhyNotReplayable(), HasSubstr("longer"));
  DeadLetterEntry masked = Entry("{}");
  masked.payload = "**";
  EXPECT_THAT(masked.WhyNotReplayable(), HasSubstr("masked"));
  DeadLetterEntry binary = Entry(std::string("\xff\0x", 3));
  binary.payload.clear();
  AppendBase64(std::string_view("\xff\0x", 3), binary.payload);
  binary.payload_kind = "base64";
  EXPECT_EQ(binary.WhyNotReplayable(), "");
  EXPECT_EQ(binary.Bytes(), std::string("\xff\0x", 3));
}

TEST(DeadLetterEntryTest, GroupsOfReasonsHaveNoValues) {
  DeadLetterEntry entry;
  entry.reason = "tags[17]: \"blue\" is not a Colour";
  EXPECT_EQ(entry.ReasonGroup(), "tags[]: … is not a Colour");
  entry.reason = "truncated JSON: ends after 12 bytes";
  entry.errors = {{"", entry.reason}};
  EXPECT_EQ(entry.ReasonGroup(), "truncated JSON");
  EXPECT_EQ(DeadLetterEntry().ReasonGroup(), "");
}

}  // namespace
}  // namespace weir
