#include "runtime/exec/test_job.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "tests/unit/runtime/exec/sample_plan.h"

namespace weir {
namespace {

std::vector<std::string> SortedRows(const TestJob& job, const std::string& stream) {
  std::vector<std::string> rows;
  for (const RecordBatch& batch : job.capture().Batches(stream)) {
    std::string text = batch.ToJsonLines();
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      rows.push_back(text.substr(at, end - at));
      at = end + 1;
    }
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

const Ledger& LedgerOf(const std::vector<NamedLedger>& ledgers, const std::string& name) {
  return std::find_if(ledgers.begin(), ledgers.end(),
                      [&](const NamedLedger& named) { return named.name == name; })
      ->ledger;
}

void GiveMany(TestJob& job, int64_t first, int64_t count) {
  for (int64_t i = first; i < first + count; ++i) {
    job.Give("events", i % 11 == 0 ? "broken" : SampleRecord(i % 17, i % 5 - 1, i / 10));
  }
}

/// Workers, batch rows, partitions, bytes of a channel.
class TestJobMatrix
    : public testing::TestWithParam<std::tuple<uint32_t, uint32_t, size_t, size_t>> {
 protected:
  static TestJob::Options Options() {
    const auto [workers, batch_rows, partitions, channel_bytes] = GetParam();
    TestJob::Options options;
    options.workers = workers;
    options.batch_rows = batch_rows;
    options.partitions = partitions;
    options.channel_bytes = channel_bytes;
    return options;
  }
};

TEST_P(TestJobMatrix, RowsAndLedgersDoNotDependOnHowItRuns) {
  TestJob job(SamplePlan(), Options());
  job.StartClockAt(1000 * kMicrosPerSecond);
  GiveMany(job, 0, 1100);
  ASSERT_TRUE(job.Run().ok());
  EXPECT_EQ(job.CheckLedgers(), "");
  const Status ended = job.End();
  ASSERT_TRUE(ended.ok()) << ended.ToString();
  EXPECT_EQ(job.CheckLedgers(), "");
  const auto ledgers = job.Ledgers();
  EXPECT_EQ(LedgerOf(ledgers, "events").records_read, 1100);
  EXPECT_EQ(LedgerOf(ledgers, "events").discarded.at("bad"), 100);
  EXPECT_EQ(LedgerOf(ledgers, "kept").rows_in, 1000);
  EXPECT_EQ(LedgerOf(ledgers, "kept").passed, 800);
  EXPECT_EQ(LedgerOf(ledgers, "out").absorbed, 800);
  EXPECT_EQ(SortedRows(job, "keyed").size(), 800u);
}

TEST_P(TestJobMatrix, GoesOnAfterRestartsAtOtherWorkerCounts) {
  TestJob job(SamplePlan(), Options());
  job.StartClockAt(1000 * kMicrosPerSecond);
  GiveMany(job, 0, 550);
  const uint32_t workers = Options().workers;
  ASSERT_TRUE(job.Restart(workers == 1 ? 3 : 1).ok());
  EXPECT_EQ(job.CheckLedgers(), "");
  GiveMany(job, 550, 550);
  ASSERT_TRUE(job.Run().ok());
  ASSERT_TRUE(job.Restart(2).ok());
  const Status ended = job.End();
  ASSERT_TRUE(ended.ok()) << ended.ToString();
  EXPECT_EQ(job.CheckLedgers(), "");
  EXPECT_EQ(LedgerOf(job.Ledgers(), "out").absorbed, 800);
  EXPECT_EQ(SortedRows(job, "keyed").size(), 800u);
}

INSTANTIATE_TEST_SUITE_P(Runs, TestJobMatrix,
                         testing::Combine(testing::Values(1u, 2u, 7u),
                                          testing::Values(1u, 3u, 2048u),
                                          testing::Values(size_t{1}, size_t{3}),
                                          testing::Values(size_t{1}, size_t{4} << 20)));

TEST(TestJob, StampsRowsWithTheWatermarkBeforeThem) {
  for (uint32_t batch_rows : {1u, 3u, 2048u}) {
    TestJob::Options options;
    options.batch_rows = batch_rows;
    TestJob job(SamplePlan(), options);
    job.StartClockAt(1000 * kMicrosPerSecond);
    for (int64_t second : {10, 11, 11, 5, 20, 21}) job.Give("events", SampleRecord(1, 1, second));
    ASSERT_TRUE(job.Run().ok());
    std::vector<Micros> stamps;
    for (const RecordBatch& batch : job.capture().Batches("events")) {
      const ColumnView<Micros> view(*batch.hidden().watermark);
      batch.rows().ForEach([&](RowIndex row) { stamps.push_back(view[row]); });
    }
    const Micros second = kMicrosPerSecond;
    EXPECT_EQ(stamps, (std::vector<Micros>{kMinTimestamp, 8 * second, 9 * second, 9 * second,
                                           9 * second, 18 * second}))
        << batch_rows;
  }
}

TEST(TestJob, RowsFromTheFutureTakeTheErrorRoute) {
  TestJob job(SamplePlan(), {});
  job.StartClockAt(100 * kMicrosPerSecond);
  job.Give("events", SampleRecord(1, 1, 99));
  job.Give("events", SampleRecord(1, 1, 100'000));
  ASSERT_TRUE(job.Run().ok());
  EXPECT_EQ(job.capture().num_rows("events"), 1);
  EXPECT_EQ(LedgerOf(job.Ledgers(), "events").discarded.at("bad"), 1);
  EXPECT_EQ(job.CheckLedgers(), "");
}

TEST(TestJob, TheSameSeedGivesTheSameOrder) {
  const auto run = [](uint64_t seed) {
    TestJob::Options options;
    options.workers = 3;
    options.partitions = 3;
    options.batch_rows = 3;
    options.seed = seed;
    TestJob job(SamplePlan(), options);
    job.StartClockAt(1000 * kMicrosPerSecond);
    GiveMany(job, 0, 300);
    EXPECT_TRUE(job.Run().ok());
    std::string rows;
    for (const RecordBatch& batch : job.capture().Batches("keyed")) rows += batch.ToJsonLines();
    return rows;
  };
  EXPECT_EQ(run(5), run(5));
  EXPECT_NE(run(5), run(6));
}

}  // namespace
}  // namespace weir
