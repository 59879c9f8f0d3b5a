#include <sys/wait.h>

#include <csignal>

#include "runtime/connector/record_headers.h"
#include "runtime/connectors/log/journal_cursor.h"
#include "runtime/connectors/log/segment_format.h"
#include "tests/unit/runtime/connectors/log/log_fixture.h"

namespace weir {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;

const LogOptions kOnePartition = {{"partitions", Value::Int64(1)}};

class LogDamageTest : public LogTest {
 protected:
  Status ReadStatus() {
    auto source = OpenSource();
    if (!source.ok()) return source.status();
    auto reader = (*source)->MakeReader(0);
    WEIR_TRY((*reader)->Open(""));
    return Drain(**reader).status;
  }
  void Copy(const std::string& from, const std::string& to) {
    std::filesystem::remove_all(folder_ / to);
    std::filesystem::copy(folder_ / from, folder_ / to, std::filesystem::copy_options::recursive);
  }
};

TEST(SegmentFormatTest, RecordsComeBack) {
  LogBatchBuilder builder;
  std::string headers;
  AppendRecordHeader("routed_from", "x", headers);
  builder.Append({.key = "k", .headers = headers, .value = "v", .has_key = true, .has_value = true},
                 100);
  builder.Append({.has_value = true}, 250);
  builder.Append({.key = "", .has_key = true}, 50);  // the clock went back
  const std::string bytes(builder.Finish(7));
  const auto header = DecodeLogBatchHeader(bytes);
  ASSERT_TRUE(header.ok());
  EXPECT_EQ((*header).first, 7U);
  EXPECT_EQ((*header).time, 100);
  EXPECT_EQ((*header).count, 3U);
  std::string_view rest = std::string_view(bytes).substr(kBatchHeaderBytes);
  LogRecord record;
  ASSERT_TRUE(NextRecord(rest, record));
  EXPECT_EQ(record.key, "k");
  EXPECT_EQ(record.value, "v");
  EXPECT_EQ(record.headers, headers);
  ASSERT_TRUE(NextRecord(rest, record));
  EXPECT_FALSE(record.has_key);
  EXPECT_TRUE(record.has_value);
  EXPECT_EQ(record.time_delta, 150U);
  ASSERT_TRUE(NextRecord(rest, record));
  EXPECT_TRUE(record.has_key);
  EXPECT_FALSE(record.has_value);
  EXPECT_EQ(record.time_delta, 0U);
  EXPECT_FALSE(NextRecord(rest, record));
}

TEST_F(LogDamageTest, EveryFlippedBitOfASegmentIsFound) {
  WriteRows(0, 3, kOnePartition);
  ASSERT_EQ(Segments().size(), 1U);
  const std::string path = Segments()[0];
  const std::string good = Slurp(path);
  for (size_t byte = 0; byte < good.size(); ++byte) {
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (byte % 8)));
    Spill(path, bad);
    const Status status = ReadStatus();
    ASSERT_EQ(status.code(), StatusCode::kDataLoss) << byte << " " << status.ToString();
    EXPECT_THAT(status.message(), HasSubstr(path));
    EXPECT_THAT(status.message(), HasSubstr("damaged at byte"));
    EXPECT_THAT(status.message(), HasSubstr("restore this file from a copy"));
  }
}

TEST_F(LogDamageTest, ACutSegmentIsAnErrorNotAnEnd) {
  WriteRows(0, 3, kOnePartition);
  const std::string path = Segments()[0];
  const std::string good = Slurp(path);
  for (size_t size = 0; size < good.size(); ++size) {
    Spill(path, good.substr(0, size));
    const Status status = ReadStatus();
    ASSERT_EQ(status.code(), StatusCode::kDataLoss) << size << " " << status.ToString();
  }
  std::filesystem::remove(path);
  EXPECT_THAT(ReadStatus().message(), HasSubstr("is missing: restore this file"));
}

TEST_F(LogDamageTest, AFlippedBitInTheJournalNeverHidesRecordsBehindIt) {
  WriteRows(0, 3, kOnePartition);
  const size_t last_entry = std::filesystem::file_size(Journal());
  WriteRows(3, 3, kOnePartition);
  const std::string good = Slurp(Journal());
  for (size_t byte = 0; byte < last_entry; ++byte) {
    std::string bad = good;
    bad[byte] = static_cast<char>(bad[byte] ^ (1 << (byte % 8)));
    Spill(Journal(), bad);
    const Status status = ReadStatus();
    ASSERT_EQ(status.code(), StatusCode::kDataLoss) << byte << " " << status.ToString();
    EXPECT_THAT(status.message(), HasSubstr("journal-0000000001"));
    // A writer must not take it for a torn tail either.
    EXPECT_FALSE(OpenSink().ok()) << byte;
  }
}

/// Whatever was the last byte that reached the disk: the topic opens, whole units are there.
TEST_F(LogDamageTest, RecoversAtEveryByteOfATornTail) {
  WriteRows(0, 3, kOnePartition);
  // The disk is not what is tested: what is written counts as written.
  LogOptions unsynced = kOnePartition;
  unsynced.emplace_back("fsync", Value::String("never"));
  const size_t journal_before = std::filesystem::file_size(Journal());
  const size_t segment_before = std::filesystem::file_size(Segments()[0]);
  // Written behind each commit: a crash before its end leaves the one before.
  const std::string head = Slurp(Dir() + "/t/head");
  WriteRows(3, 3, kOnePartition);
  const std::string journal = Slurp(Journal());
  const std::string segment = Slurp(Segments()[0]);
  const std::string segment_path = Segments()[0];
  for (size_t size = journal_before; size <= journal.size(); ++size) {
    Spill(Journal(), journal.substr(0, size));
    Spill(Dir() + "/t/head", head);
    // Without its commit the unit's bytes may be there as a whole, in part or not at all.
    const bool whole = size == journal.size();
    const size_t cut = segment_before + (segment.size() - segment_before) *
                                            (size - journal_before) /
                                            (journal.size() - journal_before);
    Spill(segment_path, whole ? segment : segment.substr(0, cut));
    EXPECT_EQ(ReadAll(), Expected(0, whole ? 6 : 3)) << size;
    WriteRows(100, 2, unsynced);
    std::vector<std::string> expected = Expected(0, whole ? 6 : 3);
    for (const std::string& row : Expected(100, 2)) expected.push_back(row);
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(ReadAll(), expected) << size;
  }
}

TEST_F(LogDamageTest, GarbageBehindTheJournalIsCutOffOnlyWhenItCanBeATornTail) {
  WriteRows(0, 3, kOnePartition);
  const std::string journal = Slurp(Journal());
  Spill(Journal(), journal + std::string(4096, '\0'));  // a grown file after a power cut
  EXPECT_EQ(ReadAll(), Expected(0, 3));
  WriteRows(3, 3, kOnePartition);
  EXPECT_EQ(ReadAll(), Expected(0, 6));
  Spill(Journal(), Slurp(Journal()) + "this is no entry of a journal");
  EXPECT_FALSE(OpenSink().ok());
  EXPECT_EQ(ReadStatus().code(), StatusCode::kDataLoss);
}

TEST_F(LogDamageTest, AnotherTopicsSegmentIsNotTakenForItsOwn) {
  WriteRows(0, 3, kOnePartition);
  WriteRows(0, 3, {{"partitions", Value::Int64(1)}, {"topic", Value::String("u")}});
  std::filesystem::copy_file(folder_ / "u/0/0000000001.log", folder_ / "t/0/0000000001.log",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(ReadStatus().message(), HasSubstr("belongs to another topic"));
  Spill(Segments()[0], "GARBAGE!" + std::string(200, 'x'));
  EXPECT_THAT(ReadStatus().message(), HasSubstr("no segment of a log"));
}

/// Killed at any moment: what was delivered is there, units are whole, the next run writes on.
TEST_F(LogDamageTest, SurvivesKillAtAnyMoment) {
  constexpr int64_t kRows = 50;
  int64_t next = 0;
  for (int round = 0; round < 12; ++round) {
    int channel[2];
    ASSERT_EQ(::pipe(channel), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto sink = OpenSink();
      if (!sink.ok()) ::_exit(2);
      const auto writer = Writer(**sink);
      std::vector<RefusedRow> refused;
      for (int64_t unit = next / kRows;; ++unit) {
        if (!writer->Append(Rows(unit * kRows, kRows)).ok() || !writer->Freeze(1).ok() ||
            !writer->Deliver(refused).ok()) {
          ::_exit(3);
        }
        if (::write(channel[1], &unit, sizeof(unit)) != sizeof(unit)) ::_exit(4);
      }
    }
    ::close(channel[1]);
    int64_t acknowledged = -1, unit = 0;
    // A different moment each round, by how much was heard of.
    for (int heard = 0; heard < 3 + round * 2; ++heard) {
      if (::read(channel[0], &unit, sizeof(unit)) == sizeof(unit)) acknowledged = unit;
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    while (::read(channel[0], &unit, sizeof(unit)) == sizeof(unit)) acknowledged = unit;
    ::close(channel[0]);
    const std::vector<std::string> all = ReadAll();
    ASSERT_EQ(all.size() % kRows, 0U) << "a unit is there in part";
    ASSERT_GE(static_cast<int64_t>(all.size()), (acknowledged + 1) * kRows);
    next = static_cast<int64_t>(all.size());
    ASSERT_EQ(all, Expected(0, next));
  }
}

}  // namespace
}  // namespace weir
