#include "runtime/operators/window_aggregate_operator.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "runtime/operators/running_aggregate_operator.h"
#include "runtime/operators/session_window_operator.h"
#include "tests/unit/runtime/operators/cold_keys_check.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"
#include "tests/unit/runtime/operators/small_aggregates.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

SchemaPtr InputSchema() {
  return Schema::Make({{"k", DataType::String(), {}}, {"v", DataType::Int64(), {}}});
}

plan::AggregateNode MakeNode(plan::WindowKind kind, Micros size, Micros slide, Micros lateness) {
  plan::AggregateNode node;
  node.name = "w/aggregate";
  node.keys = {Col(0, DataType::String(), "k")};
  const plan::ExprPtr value = Col(1, DataType::Int64());
  node.aggregates = {ValuesOf(value), ValuesOf(value, Compare(plan::CompareOp::kGreater, value,
                                                              Lit(Value::Int64(500))))};
  node.window.kind = kind;
  node.window.size = size;
  node.window.slide = slide;
  node.emit.on_close = true;
  node.lateness = lateness;
  node.late = Discard("late");
  std::vector<Field> fields = {{"k", DataType::String(), {}}};
  if (kind != plan::WindowKind::kNone) {
    fields.push_back({"window_start", DataType::Timestamp(), {}});
    fields.push_back({"window_end", DataType::Timestamp(), {}});
    fields.push_back({"window_closed", DataType::Bool(), {}});
  }
  fields.push_back({"all", DataType::String(), {}});
  fields.push_back({"some", DataType::String(), {}});
  node.schema = Schema::Make(std::move(fields));
  return node;
}

TestRow Row(std::string key, int64_t value, Micros time, Micros stamp) {
  return {{Value::String(std::move(key)), Value::Int64(value)}, time, stamp};
}

std::vector<TestRow> RandomRows(std::mt19937& random, size_t count) {
  std::vector<TestRow> rows;
  Micros clock = -20 * kSecond;
  Micros stamps[2] = {kMinTimestamp, kMinTimestamp};
  for (size_t i = 0; i < count; ++i) {
    clock += static_cast<Micros>(random() % 1500) * 1000;
    const size_t partition = random() % 2;
    const Micros now = clock - (partition == 1 ? 9 * kSecond : 0);
    Micros time = now - static_cast<Micros>(random() % 8000) * 1000;
    if (random() % 15 == 0) time -= static_cast<Micros>(random() % 60) * kSecond;
    if (random() % 3 == 0) stamps[partition] = std::max(stamps[partition], now - 4 * kSecond);
    rows.push_back(Row("a-key-longer-than-small-strings-" + std::to_string(random() % 7),
                       static_cast<int64_t>(i), time, stamps[partition]));
  }
  return rows;
}

using Window = std::tuple<Micros, Micros, std::string>;  ///< start, end, key

std::string Text(const std::multiset<int64_t>& values, int64_t above) {
  std::string text;
  for (int64_t value : values) {
    if (value > above) text += std::to_string(value) + ",";
  }
  return text;
}

/// Windows that hold `time`, enumerated from the definition.
std::vector<std::pair<Micros, Micros>> WindowsOf(const plan::WindowSpec& window, Micros time) {
  std::vector<std::pair<Micros, Micros>> windows;
  const Micros step = window.kind == plan::WindowKind::kTumbling ? window.size : window.slide;
  const Micros base = -1000 * window.size + window.offset;
  for (Micros start = base; start <= time; start += step) {
    if (window.kind == plan::WindowKind::kCumulating) {
      if ((start - window.offset) % window.size != 0) continue;
      for (Micros end = start + step; end <= start + window.size; end += step) {
        if (time >= start && time < end) windows.emplace_back(start, end);
      }
    } else if (time < start + window.size) {
      windows.emplace_back(start, start + window.size);
    }
  }
  return windows;
}

/// Rows leave memory and come back at random; the bytes that left.
size_t MoveRows(OperatorHarness& harness, std::mt19937& random) {
  if (random() % 8 == 0) harness.Sweep(/*take_all=*/random() % 4 == 0);
  for (int i = 0; random() % 2 == 0 && i < 2; ++i) harness.Snapshot();  // the second commits one
  return random() % 2 == 0 ? harness.Evict(random() % 20'000) : 0;
}

size_t Drive(OperatorHarness& harness, const std::vector<TestRow>& rows, std::mt19937& random,
             bool early, bool cold = false) {
  size_t left = 0;
  Micros lowest = kMinTimestamp;
  for (size_t at = 0; at < rows.size();) {
    const size_t count = std::min<size_t>(1 + random() % (cold ? 20 : 80), rows.size() - at);
    harness.Process({rows.begin() + static_cast<ptrdiff_t>(at),
                     rows.begin() + static_cast<ptrdiff_t>(at + count)});
    at += count;
    Micros floor = kMaxTimestamp;
    for (size_t i = at; i < rows.size(); ++i) floor = std::min(floor, rows[i].stamp);
    if (random() % 2 == 0 && floor != kMaxTimestamp && floor > lowest) {
      lowest = floor;
      harness.Watermark(floor);
    }
    if (early) harness.Time(harness.clock().Now() + 2 * kSecond);
    if (cold) left += MoveRows(harness, random);
    if (random() % 3 == 0) harness.Snapshot();
    if (random() % 4 == 0) {
      harness.Snapshot();
      harness.Restore();
    }
  }
  harness.Watermark(kMaxTimestamp);
  harness.Finish();
  return left;
}

void RunWindows(unsigned seed, uint32_t batch, plan::WindowSpec window, bool early, bool cold) {
  SCOPED_TRACE(fmt::format("seed {} batch {} kind {} early {} cold {}", seed, batch,
                           static_cast<int>(window.kind), early, cold));
  std::mt19937 random(seed);
  plan::AggregateNode node = MakeNode(window.kind, window.size, window.slide, 2 * kSecond);
  node.window = window;
  if (early) node.emit.every = 5 * kSecond;
  const std::vector<TestRow> rows = RandomRows(random, 500);
  std::map<Window, std::multiset<int64_t>> expected;
  int64_t late = 0;
  for (const TestRow& row : rows) {
    bool counted = false;
    for (const auto& [start, end] : WindowsOf(window, row.time)) {
      if (row.stamp != kMinTimestamp && end + node.lateness <= row.stamp) continue;
      counted = true;
      expected[{start, end, row.values[0].as_string()}].insert(row.values[1].as_int64());
    }
    late += counted ? 0 : 1;
  }
  OperatorHarness harness([&node] { return std::make_unique<WindowAggregateOperator>(node); },
                          InputSchema(), batch);
  if (cold) harness.LetRowsLeave();
  EXPECT_EQ(Drive(harness, rows, random, early, cold) > 1000, cold) << "rows did leave";
  std::map<Window, bool> closed;
  for (const EmittedRow& row : harness.emitted()) {
    const Window id{row.values[1].as_int64(), row.values[2].as_int64(), row.values[0].as_string()};
    EXPECT_FALSE(closed[id]) << "a window after its end";
    if (!row.values[3].as_bool()) continue;
    closed[id] = true;
    EXPECT_EQ(row.values[4].as_string(), Text(expected[id], INT64_MIN));
    EXPECT_EQ(row.values[5].as_string(), Text(expected[id], 500));
    EXPECT_EQ(row.time, std::get<1>(id) - 1);
    EXPECT_LE(row.stamp, row.time);
  }
  for (const auto& [id, values] : expected) {
    EXPECT_TRUE(closed[id]) << std::get<0>(id) << " " << std::get<1>(id) << " never closed";
  }
  const Ledger& ledger = harness.op().ledger();
  EXPECT_EQ(ledger.discarded.contains("late") ? ledger.discarded.at("late") : 0, late);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("groups"), 0U) << "closed windows leave no state";
}

TEST(WindowAggregateTest, RandomRowsGiveTheWindowsOfTheDefinition) {
  plan::WindowSpec tumbling;
  tumbling.kind = plan::WindowKind::kTumbling;
  tumbling.size = tumbling.slide = 10 * kSecond;
  tumbling.offset = 3 * kSecond;
  plan::WindowSpec sliding;
  sliding.kind = plan::WindowKind::kSliding;
  sliding.size = 12 * kSecond;
  sliding.slide = 4 * kSecond;
  plan::WindowSpec cumulating;
  cumulating.kind = plan::WindowKind::kCumulating;
  cumulating.size = 15 * kSecond;
  cumulating.slide = 5 * kSecond;
  for (unsigned seed = 1; seed <= 4; ++seed) {
    for (const uint32_t batch : {1U, 3U, 2048U}) {
      for (const plan::WindowSpec& window : {tumbling, sliding, cumulating}) {
        for (const bool cold : {false, true}) RunWindows(seed, batch, window, seed % 2 == 0, cold);
        if (testing::Test::HasFailure()) return;
      }
    }
  }
}

/// Far more groups than are in memory, restarted in between; the windows against a plain sum.
TEST(WindowAggregateTest, GroupsLeaveMemoryAndFireFromDisk) {
  constexpr int64_t kKeys = 3000;
  for (const Micros slide : {10 * kSecond, 5 * kSecond}) {
    const auto kind =
        slide == 10 * kSecond ? plan::WindowKind::kTumbling : plan::WindowKind::kSliding;
    const plan::AggregateNode node = MakeNode(kind, 10 * kSecond, slide, 0);
    OperatorHarness harness([&node] { return std::make_unique<WindowAggregateOperator>(node); },
                            InputSchema(), 100);
    harness.LetRowsLeave();
    std::map<Window, std::multiset<int64_t>> expected;
    size_t most = 0;
    const auto process = [&](int64_t first, Micros time) {
      std::vector<TestRow> rows;
      for (int64_t key = 0; key < kKeys; ++key) {
        const std::string name = "key " + std::to_string(key * 7919 % kKeys);
        rows.push_back(Row(name, first + key, time, kMinTimestamp));
        for (const auto& [start, end] : WindowsOf(node.window, time)) {
          expected[{start, end, name}].insert(first + key);
        }
      }
      harness.Process(rows);
      most = std::max(most, harness.op().Memory().total);
      harness.Snapshot();
      harness.Snapshot();  // the first one is committed
      while (harness.Evict(SIZE_MAX) > 0) {
      }
    };
    process(0, kSecond);
    process(kKeys, 6 * kSecond);
    process(2 * kKeys, 6 * kSecond);
    const StateMemory left = harness.op().Memory();
    EXPECT_EQ(left.fixed, 0U);
    EXPECT_LT(left.total, most / 100) << "of " << most;
    const size_t panes = kind == plan::WindowKind::kSliding ? 2 : 1;
    EXPECT_EQ(harness.StateRows("groups"), panes * kKeys);

    harness.Restore();
    EXPECT_LT(harness.op().Memory().total, most / 100) << "nothing is loaded by a restart";
    process(3 * kKeys, kSecond);
    harness.Watermark(11 * kSecond);
    harness.Watermark(kMaxTimestamp);
    EXPECT_LE(harness.most_at_once(), 200U) << "a batch at a time";
    std::map<Window, std::string> got, wanted;
    for (const EmittedRow& row : harness.emitted()) {
      const Window id{row.values[1].as_int64(), row.values[2].as_int64(),
                      row.values[0].as_string()};
      EXPECT_TRUE(got.emplace(id, row.values[4].as_string()).second) << "twice";
    }
    for (const auto& [id, values] : expected) wanted[id] = Text(values, INT64_MIN);
    EXPECT_EQ(got, wanted);
    harness.Snapshot();
    EXPECT_EQ(harness.StateRows("groups"), 0U);
  }
}

TEST(WindowAggregateTest, StateWithoutAListOfPanesIsRead) {
  const plan::AggregateNode node =
      MakeNode(plan::WindowKind::kSliding, 10 * kSecond, 5 * kSecond, 0);
  OperatorHarness harness([&node] { return std::make_unique<WindowAggregateOperator>(node); },
                          InputSchema());
  harness.LetRowsLeave();
  harness.Process({Row("a", 1, kSecond, kMinTimestamp), Row("b", 2, 6 * kSecond, kMinTimestamp)});
  harness.Snapshot();
  harness.Forget("panes", "0");
  harness.Restore();
  harness.Watermark(kMaxTimestamp);
  std::multiset<std::string> windows;
  for (const EmittedRow& row : harness.emitted()) {
    windows.insert(fmt::format("{} {} {}", row.values[0].as_string(),
                               row.values[1].as_int64() / kSecond, row.values[4].as_string()));
  }
  EXPECT_EQ(windows, (std::multiset<std::string>{"a -5 1,", "a 0 1,", "b 0 2,", "b 5 2,"}));
}

TEST(WindowAggregateTest, EarlyResultsShowOnlyKeysThatChanged) {
  for (const bool cold : {false, true}) {
    plan::AggregateNode node = MakeNode(plan::WindowKind::kTumbling, 10 * kSecond, 10 * kSecond, 0);
    node.emit.every = 5 * kSecond;
    OperatorHarness harness([&node] { return std::make_unique<WindowAggregateOperator>(node); },
                            InputSchema());
    if (cold) harness.LetRowsLeave();
    harness.Process({Row("a", 1, kSecond, kMinTimestamp), Row("b", 2, kSecond, kMinTimestamp)});
    harness.Time(4 * kSecond);
    EXPECT_TRUE(harness.emitted().empty());
    harness.Time(5 * kSecond);
    EXPECT_EQ(harness.Take().size(), 2U);
    harness.Process({Row("a", 3, 2 * kSecond, kMinTimestamp)});
    harness.Snapshot();
    harness.Restore();
    harness.Time(10 * kSecond);
    const std::vector<EmittedRow> changed = harness.Take();
    ASSERT_EQ(changed.size(), 1U);
    EXPECT_EQ(changed[0].values[4].as_string(), "1,3,");
    harness.Time(100 * kSecond);
    EXPECT_TRUE(harness.emitted().empty());
  }
}

TEST(RunningAggregateTest, LatestValuePerKeyAndItsEnd) {
  plan::AggregateNode node = MakeNode(plan::WindowKind::kNone, 0, 0, 0);
  node.emit = {};
  node.emit.on_update = true;
  node.ttl = 60 * kSecond;
  for (const uint32_t batch : {1U, 3U, 2048U}) {
    std::mt19937 random(batch);
    OperatorHarness harness([&node] { return std::make_unique<RunningAggregateOperator>(node); },
                            InputSchema(), batch);
    std::map<std::string, std::multiset<int64_t>> expected;
    std::map<std::string, std::string> known;
    Micros clock = 0;
    for (int64_t i = 0; i < 300; ++i) {
      clock += kSecond / 4;
      const std::string key = "k" + std::to_string(random() % 5);
      harness.Process({Row(key, i, clock, clock - kSecond)});
      expected[key].insert(i);
      if (random() % 7 == 0) harness.Watermark(clock - kSecond);
      if (random() % 5 == 0) harness.Flush();
      if (random() % 9 == 0) {
        harness.Snapshot();
        harness.Restore();
      }
    }
    harness.Flush();
    for (const EmittedRow& row : harness.Take()) {
      known[row.values[0].as_string()] = row.values[1].as_string();
    }
    for (const auto& [key, values] : expected) EXPECT_EQ(known[key], Text(values, INT64_MIN));
    harness.Watermark(clock + 200 * kSecond);
    std::set<std::string> ended;
    for (const EmittedRow& row : harness.Take()) {
      if (row.deleted) ended.insert(row.values[0].as_string());
    }
    EXPECT_EQ(ended.size(), expected.size());
    harness.Snapshot();
    EXPECT_EQ(harness.StateRows("groups"), 0U);
  }
}

/// Sessions over the rows of one key as the definition has them, when no row is late: connected by
/// distances of at most the gap.
void RandomSessionsByDistance(bool evicts) {
  size_t evicted = 0;
  for (unsigned seed = 1; seed <= 8; ++seed) {
    for (const uint32_t batch : {1U, 3U, 2048U}) {
      SCOPED_TRACE(fmt::format("seed {} batch {}", seed, batch));
      std::mt19937 random(seed);
      plan::AggregateNode node = MakeNode(plan::WindowKind::kSession, 0, 0, 60 * kSecond);
      node.window.gap = 3 * kSecond;
      const bool early = seed % 2 == 0;
      if (early) node.emit.every = 5 * kSecond;
      std::vector<TestRow> rows;
      Micros clock = 0;
      for (int64_t i = 0; i < 400; ++i) {
        clock += static_cast<Micros>(random() % 2000) * 1000;
        const Micros time = clock - static_cast<Micros>(random() % 20) * kSecond;
        rows.push_back(Row("k" + std::to_string(random() % 6), i, time, clock - 30 * kSecond));
      }
      std::map<std::string, std::multimap<Micros, int64_t>> by_key;
      for (const TestRow& row : rows) {
        by_key[row.values[0].as_string()].emplace(row.time, row.values[1].as_int64());
      }
      std::map<Window, std::multiset<int64_t>> expected;
      for (const auto& [key, events] : by_key) {
        Micros start = 0, last = kMinTimestamp;
        std::multiset<int64_t> values;
        for (const auto& [time, value] : events) {
          if (!values.empty() && time - last > node.window.gap) {
            expected[{start, last + node.window.gap, key}] = std::exchange(values, {});
          }
          if (values.empty()) start = time;
          last = time;
          values.insert(value);
        }
        expected[{start, last + node.window.gap, key}] = values;
      }
      OperatorHarness harness([&node] { return std::make_unique<SessionWindowOperator>(node); },
                              InputSchema(), batch, evicts);
      Drive(harness, rows, random, early);
      evicted += harness.evicted();
      std::map<std::pair<std::string, Micros>, EmittedRow> readers;
      for (const EmittedRow& row : harness.emitted()) {
        const std::pair<std::string, Micros> id{row.values[0].as_string(),
                                                row.values[1].as_int64()};
        if (row.deleted) {
          EXPECT_EQ(readers.erase(id), 1U);
        } else {
          EXPECT_FALSE(readers.contains(id) && readers[id].values[3].as_bool());
          readers[id] = row;
        }
      }
      std::map<Window, std::string> got, wanted;
      for (const auto& [id, row] : readers) {
        EXPECT_TRUE(row.values[3].as_bool());
        got[{id.second, row.values[2].as_int64(), id.first}] = row.values[4].as_string();
      }
      for (const auto& [id, values] : expected) wanted[id] = Text(values, INT64_MIN);
      EXPECT_EQ(got, wanted);
      harness.Snapshot();
      EXPECT_EQ(harness.StateRows("sessions"), 0U);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_EQ(evicted > 100'000, evicts) << evicted;
}

TEST(SessionWindowTest, RandomRowsGiveSessionsByDistance) { RandomSessionsByDistance(false); }

TEST(SessionWindowTest, SessionsOutsideMemoryAreAsThoseInside) { RandomSessionsByDistance(true); }

TEST(SessionWindowTest, SessionsLeaveMemory) {
  plan::AggregateNode node = MakeNode(plan::WindowKind::kSession, 0, 0, 0);
  node.window.gap = 30 * kSecond;
  ExpectKeysLeave([&node] { return std::make_unique<SessionWindowOperator>(node); }, InputSchema(),
                  [](int64_t i) {
                    return Row("key " + std::to_string(i), i, i % 600 * kSecond, kMinTimestamp);
                  },
                  1000 * kSecond);
}

TEST(SessionWindowTest, MaxAndLateRows) {
  plan::AggregateNode node = MakeNode(plan::WindowKind::kSession, 0, 0, 0);
  node.window.gap = 5 * kSecond;
  node.window.max = 8 * kSecond;
  OperatorHarness harness([&node] { return std::make_unique<SessionWindowOperator>(node); },
                          InputSchema());
  harness.Process({Row("a", 1, 0, kMinTimestamp), Row("a", 2, 4 * kSecond, kMinTimestamp),
                   Row("a", 3, 8 * kSecond, kMinTimestamp), Row("a", 4, 9 * kSecond, kMinTimestamp),
                   Row("b", 5, 0, 30 * kSecond)});
  EXPECT_EQ(harness.op().ledger().discarded.at("late"), 1);
  harness.Watermark(60 * kSecond);
  ASSERT_EQ(harness.emitted().size(), 2U);
  EXPECT_EQ(harness.emitted()[0].values[4].as_string(), "1,2,3,");
  EXPECT_EQ(harness.emitted()[1].values[4].as_string(), "4,");
}

}  // namespace
}  // namespace weir
