#include "runtime/operators/dedupe_operator.h"

#include <map>
#include <random>

#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

void RunRandom(unsigned seed, uint32_t batch, bool uuids) {
  SCOPED_TRACE(fmt::format("seed {} batch {} uuids {}", seed, batch, uuids));
  std::mt19937 random(seed);
  const DataType type = uuids ? DataType::Uuid() : DataType::String();
  plan::DedupeNode node;
  node.name = "d/dedupe";
  node.keys = {Col(0, type)};
  node.within = 20 * kSecond;
  node.duplicate = Discard("duplicate");
  node.error = Discard("old");
  node.schema = Schema::Make({{"id", type, {}}, {"n", DataType::Int64(), {}}});
  std::vector<TestRow> rows;
  std::vector<int64_t> expected;
  std::map<uint64_t, std::vector<Micros>> seen;
  int64_t old = 0;
  Micros clock = 0;
  Micros stamp = kMinTimestamp;
  for (int64_t i = 0; i < 600; ++i) {
    clock += static_cast<Micros>(random() % 500) * 1000;
    const uint64_t id = random() % 120;
    Micros time = clock - static_cast<Micros>(random() % 15) * kSecond;
    if (random() % 20 == 0) time -= 20 * kSecond;
    if (random() % 4 == 0) stamp = clock - 10 * kSecond;
    Value key = uuids ? Value(type, Fixed16{id * 0x9E3779B97F4A7C15ULL, id})
                      : Value::String("an-identifier-that-is-long-" + std::to_string(id));
    rows.push_back({{std::move(key), Value::Int64(i)}, time, stamp});
    if (stamp != kMinTimestamp && time < stamp - node.within) {
      ++old;
      continue;
    }
    bool duplicate = false;
    for (Micros first : seen[id]) duplicate |= std::abs(time - first) < node.within;
    if (duplicate) continue;
    seen[id].push_back(time);
    expected.push_back(i);
  }
  OperatorHarness harness([&node] { return std::make_unique<DedupeOperator>(node); }, node.schema,
                          batch);
  for (size_t at = 0; at < rows.size();) {
    const size_t count = std::min<size_t>(1 + random() % 50, rows.size() - at);
    harness.Process({rows.begin() + static_cast<ptrdiff_t>(at),
                     rows.begin() + static_cast<ptrdiff_t>(at + count)});
    at += count;
    if (random() % 2 == 0) harness.Watermark(rows[at - 1].stamp);
    if (random() % 3 == 0) harness.Snapshot();
    if (random() % 4 == 0) {
      harness.Snapshot();
      harness.Restore();
    }
  }
  std::vector<int64_t> passed;
  for (const EmittedRow& row : harness.emitted()) passed.push_back(row.values[1].as_int64());
  EXPECT_EQ(passed, expected);
  const Ledger& ledger = harness.op().ledger();
  EXPECT_EQ(ledger.discarded.contains("old") ? ledger.discarded.at("old") : 0, old);
  harness.Watermark(clock + 100 * kSecond);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("ids"), 0U) << "what can't match any more leaves no state";
}

TEST(DedupeOperatorTest, RandomRowsAsTheDefinitionSays) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    for (const uint32_t batch : {1U, 3U, 2048U}) RunRandom(seed, batch, seed % 2 == 0);
  }
}

}  // namespace
}  // namespace weir
