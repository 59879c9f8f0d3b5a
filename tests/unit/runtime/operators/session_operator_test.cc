#include "runtime/operators/session_operator.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "tests/unit/runtime/operators/cold_keys_check.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

SchemaPtr EventSchema() {
  return Schema::Make({{"user", DataType::Int64(), {}},
                       {"amount", DataType::String(), {}},
                       {"name", DataType::String(), {}}});
}

enum OutputColumn { kUser, kStart, kLast, kCount, kTotal, kFirst, kName, kCounts, kClosed };

/// total += cast(e.amount), first = e.name once, name = e.name, counts[e.name] += 1.
plan::SessionNode MakeNode(Micros gap, std::optional<Micros> max, Micros lateness) {
  plan::SessionNode node;
  node.name = "s/session";
  const DataType counts = DataType::Map(DataType::String(), DataType::Int64());
  plan::StateProgram& program = node.program;
  program.keys = {Col(0, DataType::Int64(), "user")};
  program.fields = {
      {"total", DataType::Int64(), Value::Int64(0), plan::MergeRule::kSum, {}},
      {"first", DataType::String(), Value::String(""), plan::MergeRule::kFirstNonEmpty, {}},
      {"name", DataType::String(), Value::String(""), plan::MergeRule::kLast, {}},
      {"counts", counts, Value(counts, Value::List{}), plan::MergeRule::kUnion, {}},
  };
  program.registers = {3, 1, 4, 0};
  const plan::RegisterLayout& r = program.registers;
  const plan::ExprPtr name = Col(2, DataType::String());
  program.on_event = {
      Assign(r.state(2), name),
      CountIn(r.state(3), counts, name),
      If(Compare(plan::CompareOp::kEqual, Col(r.state(1), DataType::String()),
                 Lit(Value::String(""))),
         {Assign(r.state(1), name)}),
      Assign(r.state(0),
             Add(Col(r.state(0), DataType::Int64()), ToInt(Col(1, DataType::String())))),
  };
  program.output = {Col(r.key(0), DataType::Int64()),
                    Col(r.session_start(), DataType::Timestamp()),
                    Col(r.session_last_event(), DataType::Timestamp()),
                    Col(r.session_count(), DataType::Int64()),
                    Col(r.state(0), DataType::Int64()),
                    Col(r.state(1), DataType::String()),
                    Col(r.state(2), DataType::String()),
                    Col(r.state(3), counts),
                    Col(r.session_closed(), DataType::Bool())};
  node.schema = Schema::Make({{"user", DataType::Int64(), {}},
                              {"start", DataType::Timestamp(), {}},
                              {"last", DataType::Timestamp(), {}},
                              {"count", DataType::Int64(), {}},
                              {"total", DataType::Int64(), {}},
                              {"first", DataType::String(), {}},
                              {"name", DataType::String(), {}},
                              {"counts", counts, {}},
                              {"closed", DataType::Bool(), {}}});
  node.gap = gap;
  node.max = max;
  node.lateness = lateness;
  node.emit.on_close = true;
  node.error = Discard("bad");
  node.late = Discard("late");
  return node;
}

TestRow Event(int64_t user, Micros time, Micros stamp = kMinTimestamp, std::string amount = "1",
              std::string name = "n") {
  return {{Value::Int64(user), Value::String(std::move(amount)), Value::String(std::move(name))},
          time,
          stamp};
}

OperatorHarness::Make Maker(const plan::SessionNode& node) {
  return [&node] { return std::make_unique<SessionOperator>(node); };
}

/// Sessions as the rules have them, one row at a time, judged by the rows' own stamps only.
class Reference {
 public:
  struct Session {
    int64_t user = 0;
    Micros start = 0, last = 0;
    int64_t count = 0, total = 0;
    std::string first, name;
    std::map<std::string, int64_t> counts;
    bool merged = false;
  };

  explicit Reference(const plan::SessionNode& node) : node_(node) {}

  void Add(const TestRow& row) {
    const int64_t user = row.values[0].as_int64();
    const std::string& amount = row.values[1].as_string();
    const Micros hold = node_.gap + node_.lateness;
    const bool old = row.stamp != kMinTimestamp && row.time + hold <= row.stamp;
    std::vector<size_t> group;
    Micros start = row.time, last = row.time;
    for (bool grown = true; grown;) {
      grown = false;
      size_t best = sessions.size();
      for (size_t i = 0; i < sessions.size(); ++i) {
        const Session& s = sessions[i];
        if (s.merged || s.user != user || std::count(group.begin(), group.end(), i) > 0) continue;
        if (row.stamp != kMinTimestamp && s.last + hold <= row.stamp) continue;
        if (row.time < s.start - node_.gap || row.time > s.last + node_.gap) continue;
        if (old && group.empty() && row.time < s.start) continue;
        if (node_.max && std::max(last, s.last) - std::min(start, s.start) > *node_.max) continue;
        if (best == sessions.size() || s.start < sessions[best].start) best = i;
      }
      if (best == sessions.size()) break;
      group.push_back(best);
      start = std::min(start, sessions[best].start);
      last = std::max(last, sessions[best].last);
      grown = true;
    }
    if (group.empty() && old) {
      ++late;
      return;
    }
    if (amount == "x") {
      ++failed;
      return;
    }
    if (group.empty()) {
      Session made;
      made.user = user;
      made.start = made.last = row.time;
      sessions.push_back(made);
      group.push_back(sessions.size() - 1);
    }
    for (size_t i = 1; i < group.size(); ++i) Merge(sessions[group[0]], sessions[group[i]]);
    Session& s = sessions[group[0]];
    s.start = start;
    s.last = last;
    ++s.count;
    s.total += std::stoll(amount);
    s.name = row.values[2].as_string();
    if (s.first.empty()) s.first = s.name;
    ++s.counts[s.name];
  }

  std::vector<std::string> Finals() const {
    std::vector<std::string> rows;
    for (const Session& s : sessions) {
      if (s.merged) continue;
      std::string row = fmt::format("{} {} {} {} {} {} {}", s.user, s.start, s.last, s.count,
                                    s.total, s.first, s.name);
      for (const auto& [name, count] : s.counts) row += fmt::format(" {}={}", name, count);
      rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
  }

  std::vector<Session> sessions;
  int64_t late = 0, failed = 0;

 private:
  static void Merge(Session& earlier, Session& later) {
    earlier.count += later.count;
    earlier.total += later.total;
    if (earlier.first.empty()) earlier.first = later.first;
    earlier.name = later.name;
    for (const auto& [name, count] : later.counts) {
      // The union of two maps: equal entries once, others side by side; the sum of one name is
      // not formed. Names differ between sessions in these tests (see Names).
      earlier.counts[name] += count;
    }
    later.merged = true;
  }
  const plan::SessionNode& node_;
};

std::string Describe(const EmittedRow& row) {
  const auto& v = row.values;
  std::string text = fmt::format("{} {} {} {} {} {} {}", v[kUser].as_int64(), v[kStart].as_int64(),
                                 v[kLast].as_int64(), v[kCount].as_int64(), v[kTotal].as_int64(),
                                 v[kFirst].as_string(), v[kName].as_string());
  std::map<std::string, int64_t> counts;
  for (const Value& entry : v[kCounts].as_list()) {
    counts[entry.as_list()[0].as_string()] += entry.as_list()[1].as_int64();
  }
  for (const auto& [name, count] : counts) text += fmt::format(" {}={}", name, count);
  return text;
}

/// Applies an upsert stream; each id is closed once and never touched again.
struct Readers {
  using Id = std::pair<int64_t, Micros>;
  std::map<Id, std::string> rows;
  std::map<Id, bool> closed;

  void Apply(const EmittedRow& row) {
    const Id id{row.values[kUser].as_int64(), row.values[kStart].as_int64()};
    EXPECT_FALSE(closed[id]) << "id " << id.first << " " << id.second << " after its end";
    if (row.deleted) {
      EXPECT_EQ(rows.erase(id), 1U) << "a delete of an id that nobody knows";
      return;
    }
    rows[id] = Describe(row);
    closed[id] = row.values[kClosed].as_bool();
  }
  std::vector<std::string> Finals() const {
    std::vector<std::string> all;
    for (const auto& [id, row] : rows) {
      EXPECT_TRUE(closed.at(id)) << row << " never ended";
      all.push_back(row);
    }
    std::sort(all.begin(), all.end());
    return all;
  }
};

std::vector<TestRow> RandomRows(std::mt19937& random, size_t count) {
  std::vector<TestRow> rows;
  Micros clock = 0;
  Micros stamps[2] = {kMinTimestamp, kMinTimestamp};
  for (size_t i = 0; i < count; ++i) {
    clock += static_cast<Micros>(random() % 3) * kSecond / 2;
    const size_t partition = random() % 2;
    // The second partition is behind the first.
    const Micros now = clock - (partition == 1 ? 6 * kSecond : 0);
    Micros time = now - static_cast<Micros>(random() % 12) * kSecond / 2;
    if (random() % 20 == 0) time -= static_cast<Micros>(random() % 30) * kSecond;
    if (random() % 3 == 0) stamps[partition] = std::max(stamps[partition], now - 3 * kSecond);
    rows.push_back(Event(static_cast<int64_t>(random() % 6), time, stamps[partition],
                         random() % 15 == 0 ? "x" : std::to_string(random() % 100),
                         "name-longer-than-a-small-string-" + std::to_string(i)));
  }
  return rows;
}

struct Config {
  uint32_t batch;
  bool early;
  bool restarts;
  bool with_max;
  bool evicts;
};

/// That the random rows reach what they are there for.
struct Covered {
  int64_t late = 0, merged = 0, deleted = 0;
  size_t evicted = 0;
};

void RunRandom(unsigned seed, const Config& config, Covered& covered) {
  SCOPED_TRACE(fmt::format("seed {} batch {} early {} restarts {} max {} evicts {}", seed,
                           config.batch, config.early, config.restarts, config.with_max,
                           config.evicts));
  std::mt19937 random(seed);
  plan::SessionNode node =
      MakeNode(4 * kSecond, config.with_max ? std::optional<Micros>(10 * kSecond) : std::nullopt,
               2 * kSecond);
  if (config.early) node.emit.every = 5 * kSecond;
  const std::vector<TestRow> rows = RandomRows(random, 400);
  Reference reference(node);
  for (const TestRow& row : rows) reference.Add(row);

  OperatorHarness harness(Maker(node), EventSchema(), config.batch, config.evicts);
  Micros lowest = kMinTimestamp;
  for (size_t at = 0; at < rows.size();) {
    const size_t count = std::min<size_t>(1 + random() % 60, rows.size() - at);
    harness.Process({rows.begin() + static_cast<ptrdiff_t>(at),
                     rows.begin() + static_cast<ptrdiff_t>(at + count)});
    if (testing::Test::HasFatalFailure()) return;
    at += count;
    // The watermark of both: never beyond the stamp of any row that is still to come.
    Micros floor = kMaxTimestamp;
    for (size_t i = at; i < rows.size(); ++i) floor = std::min(floor, rows[i].stamp);
    if (random() % 2 == 0 && floor != kMaxTimestamp && floor > lowest) {
      lowest = floor;
      harness.Watermark(floor);
    }
    if (config.early) harness.Time(harness.clock().Now() + 2 * kSecond);
    if (random() % 3 == 0) harness.Snapshot();
    if (config.restarts && random() % 4 == 0) {
      harness.Snapshot();
      harness.Restore();
    }
  }
  harness.Watermark(kMaxTimestamp);
  harness.Finish();
  Readers readers;
  for (const EmittedRow& row : harness.emitted()) readers.Apply(row);
  EXPECT_EQ(readers.Finals(), reference.Finals());
  const Ledger& ledger = harness.op().ledger();
  EXPECT_EQ(ledger.rows_in, static_cast<int64_t>(rows.size()));
  EXPECT_EQ(ledger.discarded.contains("late") ? ledger.discarded.at("late") : 0, reference.late);
  EXPECT_EQ(ledger.discarded.contains("bad") ? ledger.discarded.at("bad") : 0, reference.failed);
  covered.late += reference.late;
  for (const Reference::Session& session : reference.sessions) covered.merged += session.merged;
  for (const EmittedRow& row : harness.emitted()) covered.deleted += row.deleted;
  covered.evicted += harness.evicted();
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("sessions"), 0U) << "closed sessions leave no state";
}

void RunAllRandom(bool evicts) {
  Covered covered;
  for (unsigned seed = 1; seed <= 12; ++seed) {
    for (const uint32_t batch : {1U, 3U, 2048U}) {
      RunRandom(seed, {batch, seed % 2 == 0, seed % 3 == 0, seed % 4 < 2, evicts}, covered);
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_GT(covered.late, 0);
  EXPECT_GT(covered.merged, 100);
  EXPECT_GT(covered.deleted, 50);
  EXPECT_EQ(covered.evicted > 100'000, evicts) << covered.evicted;
}

TEST(SessionOperatorTest, RandomRowsGiveTheSessionsOfTheRules) { RunAllRandom(false); }

TEST(SessionOperatorTest, SessionsOutsideMemoryAreAsThoseInside) { RunAllRandom(true); }

TEST(SessionOperatorTest, SessionsLeaveMemory) {
  const plan::SessionNode node = MakeNode(30 * kSecond, std::nullopt, 0);
  ExpectKeysLeave(
      Maker(node), EventSchema(), [](int64_t i) { return Event(i, i % 600 * kSecond); },
      1000 * kSecond);
}

TEST(SessionOperatorTest, TwoSessionsOfOneKeyCloseTogether) {
  const plan::SessionNode node = MakeNode(2 * kSecond, std::nullopt, 0);
  OperatorHarness harness(Maker(node), EventSchema());
  harness.Process({Event(1, 10 * kSecond), Event(1, 20 * kSecond), Event(2, 15 * kSecond)});
  harness.Watermark(60 * kSecond);
  ASSERT_EQ(harness.emitted().size(), 3U);
  EXPECT_EQ(harness.emitted()[0].values[kStart].as_int64(), 10 * kSecond);
  EXPECT_EQ(harness.emitted()[1].values[kUser].as_int64(), 2);
  EXPECT_EQ(harness.op().ledger().gauges.at("sessions"), 0);
}

TEST(SessionOperatorTest, AMergeDeletesTheIdsThatReadersKnow) {
  plan::SessionNode node = MakeNode(4 * kSecond, std::nullopt, 0);
  node.emit.on_update = true;
  OperatorHarness harness(Maker(node), EventSchema());
  harness.Process({Event(1, 10 * kSecond), Event(1, 17 * kSecond)});
  harness.Flush();
  EXPECT_EQ(harness.Take().size(), 2U);
  harness.Process({Event(1, 14 * kSecond)});
  const std::vector<EmittedRow> deletes = harness.Take();
  ASSERT_EQ(deletes.size(), 1U);
  EXPECT_TRUE(deletes[0].deleted);
  EXPECT_EQ(deletes[0].values[kStart].as_int64(), 17 * kSecond);
  harness.Flush();
  const std::vector<EmittedRow> merged = harness.Take();
  ASSERT_EQ(merged.size(), 1U);
  EXPECT_EQ(merged[0].values[kStart].as_int64(), 10 * kSecond);
  EXPECT_EQ(merged[0].values[kCount].as_int64(), 3);
}

TEST(SessionOperatorTest, AFailingRowThatWouldMergeLeavesNoTrace) {
  plan::SessionNode node = MakeNode(4 * kSecond, std::nullopt, 0);
  node.emit.on_update = true;
  OperatorHarness harness(Maker(node), EventSchema());
  harness.Process({Event(1, 10 * kSecond, kMinTimestamp, "5", "a"),
                   Event(1, 17 * kSecond, kMinTimestamp, "7", "b")});
  harness.Flush();
  harness.Take();
  harness.Process({Event(1, 14 * kSecond, kMinTimestamp, "x", "c"),
                   Event(3, 14 * kSecond, kMinTimestamp, "x", "c")});
  harness.Flush();
  EXPECT_TRUE(harness.emitted().empty());
  harness.Watermark(kMaxTimestamp);
  ASSERT_EQ(harness.emitted().size(), 2U);
  EXPECT_EQ(harness.emitted()[0].values[kTotal].as_int64(), 5);
  EXPECT_EQ(harness.emitted()[1].values[kTotal].as_int64(), 7);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("sessions"), 0U);
}

TEST(SessionOperatorTest, AnOldRowCannotBringBackTheIdOfAClosedSession) {
  plan::SessionNode node = MakeNode(5 * kSecond, std::nullopt, 0);
  node.emit.on_update = true;
  OperatorHarness harness(Maker(node), EventSchema());
  harness.Process({Event(1, 6 * kSecond)});
  harness.Watermark(11 * kSecond);  // closes [6, 6]
  harness.Process({Event(1, 12 * kSecond, 11 * kSecond), Event(1, 10 * kSecond, 11 * kSecond)});
  harness.Process({Event(1, 6 * kSecond, 11 * kSecond)});  // within the gap of [10, 12]
  harness.Watermark(kMaxTimestamp);
  Readers readers;
  for (const EmittedRow& row : harness.emitted()) readers.Apply(row);
  EXPECT_EQ(readers.Finals().size(), 2U);
  EXPECT_EQ(harness.op().ledger().discarded.at("late"), 1);
}

void ExpectResultsInTime(bool evicts) {
  std::mt19937 random(7);
  const plan::SessionNode node = MakeNode(4 * kSecond, std::nullopt, kSecond);
  OperatorHarness harness(Maker(node), EventSchema(), 2048, evicts);
  Micros clock = 0;
  int64_t held_back = 0;
  for (int i = 0; i < 600; ++i) {
    clock += static_cast<Micros>(random() % 700'000);
    harness.Process({Event(static_cast<int64_t>(random() % 20), clock, clock - kSecond)});
    harness.Watermark(clock - kSecond);
    held_back += harness.told() < clock - 8 * kSecond;
    for (const EmittedRow& row : harness.Take()) {
      EXPECT_GE(row.time, row.told);
      EXPECT_LE(row.stamp, row.time);
    }
  }
  EXPECT_EQ(held_back > 10, evicts) << held_back;
  harness.FinishSweeps();
  EXPECT_GE(harness.told(), clock - 8 * kSecond) << "as far as if all were in memory";
}

TEST(SessionOperatorTest, ResultsAreNeverBehindTheOutputWatermark) { ExpectResultsInTime(false); }

TEST(SessionOperatorTest, NorAreThoseOfSessionsOutsideMemory) { ExpectResultsInTime(true); }

}  // namespace
}  // namespace weir
