#include "runtime/operators/top_operator.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

TEST(TopOperatorTest, TheBestOfEachWindowOnce) {
  plan::TopNode node;
  node.name = "t/top";
  node.count = 3;
  node.by = {Col(1, DataType::Int64())};
  node.per = {Col(0, DataType::Timestamp())};
  node.schema = Schema::Make({{"window_start", DataType::Timestamp(), {}},
                              {"views", DataType::Int64(), {}},
                              {"page", DataType::String(), {}}});
  for (const uint32_t batch : {1U, 3U, 2048U}) {
    std::mt19937 random(batch);
    OperatorHarness harness([&node] { return std::make_unique<TopOperator>(node); }, node.schema,
                            batch);
    using Row = std::pair<int64_t, std::string>;  ///< -views, page
    std::map<Micros, std::vector<Row>> expected;
    for (Micros window = 0; window < 20; ++window) {
      std::vector<TestRow> rows;
      for (size_t i = 0; i < 1 + random() % 12; ++i) {
        // Of this window and the next.
        const Micros start = (window + static_cast<Micros>(random() % 2)) * 10 * kSecond;
        const auto views = static_cast<int64_t>(random() % 6);
        const std::string page = "page-" + std::to_string(random() % 100);
        rows.push_back({{Value::Timestamp(start), Value::Int64(views), Value::String(page)},
                        start + 10 * kSecond - 1,
                        kMinTimestamp});
        expected[start].emplace_back(-views, page);
      }
      harness.Process(rows);
      if (random() % 3 == 0) {
        harness.Snapshot();
        harness.Restore();
      }
      harness.Watermark((window + 1) * 10 * kSecond);
    }
    harness.Watermark(kMaxTimestamp);
    std::map<Micros, std::vector<Row>> got;
    for (const EmittedRow& row : harness.emitted()) {
      got[row.values[0].as_int64()].emplace_back(-row.values[1].as_int64(),
                                                 row.values[2].as_string());
      EXPECT_LE(row.stamp, row.time);
    }
    for (auto& [start, rows] : expected) {
      std::sort(rows.begin(), rows.end());
      if (rows.size() > 3) rows.resize(3);
    }
    EXPECT_EQ(got, expected);
    harness.Snapshot();
    EXPECT_EQ(harness.StateRows("groups"), 0U);
  }
}

}  // namespace
}  // namespace weir
