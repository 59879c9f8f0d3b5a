#include "runtime/operators/anomaly_operator.h"

#include <cmath>
#include <deque>
#include <map>
#include <random>

#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

plan::AnomalyNode MakeNode() {
  plan::AnomalyNode node;
  node.name = "a/anomaly";
  node.value = Col(1, DataType::Float64());
  node.keys = {Col(0, DataType::String())};
  node.history = 8;
  node.warmup = 3;
  node.threshold = 2.0;
  node.forget_after = 100 * kSecond;
  node.schema = Schema::Make({{"k", DataType::String(), {}},
                              {"v", DataType::Float64(), {}},
                              {"a",
                               DataType::Struct({{"score", DataType::Float64()},
                                                 {"expected", DataType::Float64()},
                                                 {"is_anomaly", DataType::Bool()}}),
                               {}}});
  return node;
}

SchemaPtr InputSchema() {
  return Schema::Make({{"k", DataType::String(), {}}, {"v", DataType::Float64(), {}}});
}

TestRow Row(std::string key, double value, Micros time) {
  return {{Value::String(std::move(key)), Value::Float64(value)}, time, time - kSecond};
}

TEST(AnomalyOperatorTest, ScoresAgainstTheLastValuesOfTheKey) {
  const plan::AnomalyNode node = MakeNode();
  for (const uint32_t batch : {1U, 3U, 2048U}) {
    std::mt19937 random(batch);
    OperatorHarness harness([&node] { return std::make_unique<AnomalyOperator>(node); },
                            InputSchema(), batch);
    std::map<std::string, std::deque<double>> history;
    for (int step = 0; step < 30; ++step) {
      std::vector<TestRow> rows;
      for (size_t i = 0; i < 1 + random() % 20; ++i) {
        rows.push_back(Row("k" + std::to_string(random() % 3),
                           static_cast<double>(random() % 10) + (random() % 20 == 0 ? 90 : 0),
                           step * kSecond));
      }
      harness.Process(rows);
      const std::vector<EmittedRow> out = harness.Take();
      ASSERT_EQ(out.size(), rows.size());
      for (size_t i = 0; i < rows.size(); ++i) {
        std::deque<double>& known = history[rows[i].values[0].as_string()];
        const double value = rows[i].values[1].as_float64();
        double mean = 0, squares = 0;
        for (double one : known) mean += one / static_cast<double>(known.size());
        for (double one : known) squares += (one - mean) * (one - mean);
        const double deviation = std::sqrt(squares / static_cast<double>(known.size()));
        const double score = known.size() < 3 || value == mean ? 0
                             : deviation == 0
                                 ? std::copysign(AnomalyOperator::kMaxScore, value - mean)
                                 : (value - mean) / deviation;
        const Value::List& got = out[i].values[2].as_list();
        EXPECT_NEAR(got[0].as_float64(), score, 1e-6);
        EXPECT_NEAR(got[1].as_float64(), known.empty() ? value : mean, 1e-9);
        EXPECT_EQ(got[2].as_bool(), std::abs(got[0].as_float64()) >= 2.0);
        known.push_back(value);
        if (known.size() > 8) known.pop_front();
      }
      if (random() % 3 == 0) {
        harness.Snapshot();
        harness.Restore();
      }
    }
  }
}

TEST(AnomalyOperatorTest, KeysAreForgotten) {
  const plan::AnomalyNode node = MakeNode();
  OperatorHarness harness([&node] { return std::make_unique<AnomalyOperator>(node); },
                          InputSchema());
  for (int i = 0; i < 5; ++i) harness.Process({Row("k", i, i * kSecond)});
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("history"), 1U);
  harness.Take();
  harness.Process({Row("k", 1000, 500 * kSecond)});  // judged by its own stamp
  EXPECT_EQ(harness.Take()[0].values[2].as_list()[0].as_float64(), 0.0);
  harness.Watermark(700 * kSecond);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("history"), 0U);
}

}  // namespace
}  // namespace weir
