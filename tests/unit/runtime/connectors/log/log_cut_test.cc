// A journal that lost whole entries: what it told of must not go silently.
#include "runtime/connectors/log/journal_cursor.h"
#include "runtime/connectors/log/topic_head.h"
#include "tests/unit/runtime/connectors/log/log_fixture.h"

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const LogOptions kOnePartition = {{"partitions", Value::Int64(1)}};

class LogCutTest : public LogTest {
 protected:
  std::string Head() const { return Dir() + "/t/head"; }
  /// Ends of the journal's entries, the last one left out.
  std::vector<int64_t> Boundaries() {
    std::vector<int64_t> ends;
    JournalCursor cursor(Dir() + "/t", 1);
    while (true) {
      const auto record = cursor.Next();
      EXPECT_TRUE(record.ok());
      if (!record.ok() || !*record || cursor.number() > 1) break;
      ends.push_back(cursor.position());
    }
    ends.pop_back();
    return ends;
  }
  std::vector<std::string> SetAside() const {
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "t")) {
      const std::string path = entry.path().string();
      if (path.find(".uncommitted-") != std::string::npos) paths.push_back(path);
    }
    std::sort(paths.begin(), paths.end());
    return paths;
  }
  void ExpectRefused(size_t size) {
    const auto names_all = AllOf(HasSubstr("journal-0000000001"), HasSubstr("/t/head"),
                                 HasSubstr("from a copy"), HasSubstr("delete"));
    const auto source = OpenSource();
    ASSERT_FALSE(source.ok()) << size;
    EXPECT_EQ(source.status().code(), StatusCode::kDataLoss);
    EXPECT_THAT(source.status().message(), names_all) << size;
    const auto sink = OpenSink();
    ASSERT_FALSE(sink.ok()) << size;
    EXPECT_THAT(sink.status().message(), names_all) << size;
  }
};

TEST_F(LogCutTest, AJournalCutAtTheEndOfAnEntryIsRefused) {
  WriteRows(0, 3, kOnePartition);
  WriteRows(3, 3, kOnePartition);
  const std::string journal = Slurp(Journal());
  const std::string segment = Slurp(Segments()[0]);
  for (const int64_t size : Boundaries()) {
    Spill(Journal(), journal.substr(0, static_cast<size_t>(size)));
    ExpectRefused(static_cast<size_t>(size));
    // Whole pages of zeros behind it, as some file systems leave them.
    Spill(Journal(),
          journal.substr(0, static_cast<size_t>(size)) + std::string(journal.size(), '\0'));
    ExpectRefused(static_cast<size_t>(size));
  }
  EXPECT_EQ(Slurp(Segments()[0]), segment);
  Spill(Journal(), journal);
  EXPECT_EQ(ReadAll(), Expected(0, 6));
}

TEST_F(LogCutTest, ALostOrEmptyJournalIsRefused) {
  WriteRows(0, 3, kOnePartition);
  const std::string journal = Slurp(Journal());
  const std::string segment = Slurp(Segments()[0]);
  for (const std::string& bad : {std::string(), std::string(journal.size(), '\0')}) {
    Spill(Journal(), bad);
    EXPECT_THAT(OpenSource().status().message(), HasSubstr("from a copy"));
    EXPECT_THAT(OpenSink().status().message(), HasSubstr("from a copy"));
  }
  for (const bool with_head : {true, false}) {
    std::filesystem::remove(Journal());
    if (!with_head) std::filesystem::remove(Head());
    EXPECT_FALSE(OpenSource().ok());
    const auto sink = OpenSink();
    ASSERT_FALSE(sink.ok()) << with_head;
    EXPECT_THAT(sink.status().message(), AllOf(HasSubstr("journal"), HasSubstr("from a copy")));
  }
  EXPECT_EQ(Slurp(Segments()[0]), segment);
}

TEST_F(LogCutTest, AnotherJournalOfTheSameLengthIsRefused) {
  WriteRows(0, 3, kOnePartition);
  const std::string start = Slurp(Journal()).substr(0, static_cast<size_t>(Boundaries().front()));
  const std::string segment = Slurp(Segments()[0]);
  WriteRows(3, 3, kOnePartition);
  const std::string later_head = Slurp(Head());
  // The topic as it was before, written on differently.
  Spill(Journal(), start);
  std::filesystem::remove(Head());
  Spill(Segments()[0], segment.substr(0, 56));
  clock_.AdvanceTo(clock_.Now() + 1);
  WriteRows(10, 3, kOnePartition);
  WriteRows(13, 3, kOnePartition);
  Spill(Head(), later_head);
  EXPECT_EQ(OpenSource().status().code(), StatusCode::kDataLoss);
  EXPECT_EQ(OpenSink().status().code(), StatusCode::kDataLoss);
}

/// What one deletes to go on with what is left: nothing is removed then either.
TEST_F(LogCutTest, WithoutAHeadBytesThatNoEntryNamesAreSetAside) {
  WriteRows(0, 3, kOnePartition);
  const size_t first_unit = std::filesystem::file_size(Segments()[0]);
  const std::string journal = Slurp(Journal());
  WriteRows(3, 3, kOnePartition);
  const std::string segment = Slurp(Segments()[0]);
  Spill(Journal(), journal);
  std::filesystem::remove(Head());
  EXPECT_EQ(ReadAll(), Expected(0, 3));
  WriteRows(6, 3, kOnePartition);
  ASSERT_THAT(SetAside(), SizeIs(1));
  EXPECT_EQ(Slurp(SetAside()[0]), segment.substr(first_unit));
  std::vector<std::string> expected = Expected(0, 3);
  for (const std::string& row : Expected(6, 3)) expected.push_back(row);
  EXPECT_EQ(ReadAll(), expected);
  // The head is there again.
  Spill(Journal(), journal);
  ExpectRefused(journal.size());
}

TEST_F(LogCutTest, WithoutAHeadAWholeSegmentIsSetAside) {
  WriteRows(0, 3, kOnePartition);
  const std::string segment = Slurp(Segments()[0]);
  Spill(Journal(), Slurp(Journal()).substr(0, static_cast<size_t>(Boundaries().front())));
  std::filesystem::remove(Head());
  WriteRows(3, 3, kOnePartition);
  ASSERT_THAT(SetAside(), SizeIs(1));
  EXPECT_EQ(Slurp(SetAside()[0]), segment);
  EXPECT_EQ(ReadAll(), Expected(3, 3));
}

/// A crash can leave the head one commit behind, or half of one written.
TEST_F(LogCutTest, RecoversFromEveryHeadThatACrashCanLeave) {
  WriteRows(0, 3, kOnePartition);
  const std::string before = Slurp(Head());
  WriteRows(3, 3, kOnePartition);
  const std::string after = Slurp(Head());
  ASSERT_EQ(before.size(), after.size());
  ASSERT_NE(before, after);
  for (size_t size = 0; size <= after.size(); ++size) {
    if (size < after.size() && before[size] == after[size] && size % 512 != 0) continue;
    Spill(Head(), after.substr(0, size) + before.substr(size));
    ASSERT_EQ(ReadAll(), Expected(0, 6)) << size;
    ASSERT_TRUE(OpenSink().ok()) << size;
  }
}

TEST_F(LogCutTest, ADamagedHeadIsRefused) {
  WriteRows(0, 3, kOnePartition);
  Spill(Head(), std::string(std::filesystem::file_size(Head()), 'x'));
  EXPECT_THAT(OpenSource().status().message(), AllOf(HasSubstr(Head()), HasSubstr("delete")));
  EXPECT_THAT(OpenSink().status().message(), AllOf(HasSubstr(Head()), HasSubstr("delete")));
  std::filesystem::remove(Head());
  EXPECT_EQ(ReadAll(), Expected(0, 3));
}

/// The first of two journal files is cut: the second tells what is missing.
TEST_F(LogCutTest, ACutJournalBeforeAnotherIsRefused) {
  key_.clear();
  LogOptions unsynced = kOnePartition;
  unsynced.emplace_back("fsync", Value::String("never"));
  auto sink = Sink(unsynced);
  std::vector<RefusedRow> refused;
  int64_t unit = 0;
  auto writer = Writer(*sink);
  while (!std::filesystem::exists(Dir() + "/t/journal-0000000002")) {
    ASSERT_TRUE(writer->Append(Rows(unit++, 1)).ok());
    ASSERT_TRUE(writer->Freeze(static_cast<uint64_t>(unit)).ok());
    ASSERT_TRUE(writer->Deliver(refused).ok());
  }
  ASSERT_TRUE(writer->Append(Rows(unit++, 1)).ok());
  ASSERT_TRUE(writer->Close().ok());
  writer.reset();
  sink.reset();
  const std::vector<int64_t> boundaries = Boundaries();
  const int64_t middle = boundaries[boundaries.size() / 2];
  Spill(Journal(), Slurp(Journal()).substr(0, static_cast<size_t>(middle)));
  const auto source = OpenSource();
  ASSERT_TRUE(source.ok());  // it needs only the newest to know the ends
  const auto reader = Reader(**source, 0);
  EXPECT_EQ(Drain(*reader).status.code(), StatusCode::kDataLoss);
  EXPECT_EQ(OpenSink().status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace weir
