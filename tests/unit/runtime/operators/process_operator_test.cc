#include "runtime/operators/process_operator.h"

#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/runtime/operators/cold_keys_check.h"
#include "tests/unit/runtime/operators/operator_harness.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

constexpr Micros kSecond = kMicrosPerSecond;

SchemaPtr PaymentSchema() {
  return Schema::Make({{"card", DataType::String(), {}},
                       {"amount", DataType::String(), {}},
                       {"at", DataType::Timestamp(), {}}});
}

plan::Statement Timer(int timer, plan::ExprPtr at) {
  plan::Statement statement;
  statement.kind =
      at == nullptr ? plan::Statement::Kind::kCancelTimer : plan::Statement::Kind::kSetTimer;
  statement.timer = timer;
  statement.value = std::move(at);
  return statement;
}

plan::Statement EmitRow(std::vector<plan::ExprPtr> row, int port = 0) {
  plan::Statement statement;
  statement.kind = plan::Statement::Kind::kEmit;
  statement.row = std::move(row);
  statement.port = port;
  return statement;
}

plan::ExprPtr Later(plan::ExprPtr time, Micros by) {
  return plan::MakeArith(plan::ArithOp::kAdd, DataType::Timestamp(), std::move(time),
                         Lit(Value::Duration(by)));
}

/// on event: sum += amount; timer quiet = at + 10 s; above 100: emit {card, sum}.
/// on timer quiet: emit {card, -sum}; sum = 0.
plan::ProcessNode MakeNode() {
  plan::ProcessNode node;
  node.name = "p/process";
  plan::StateProgram& program = node.program;
  program.keys = {Col(0, DataType::String(), "card")};
  program.fields = {{"sum", DataType::Int64(), Value::Int64(0), {}, {}},
                    {"last",
                     DataType::String().AsOptional(),
                     Value::Null(DataType::String().AsOptional()),
                     {},
                     {}}};
  program.registers = {3, 1, 2, 0};
  const plan::RegisterLayout& r = program.registers;
  const plan::ExprPtr sum = Col(r.state(0), DataType::Int64());
  program.on_event = {
      Assign(r.state(1), Col(1, DataType::String())),
      Timer(0, Later(Col(2, DataType::Timestamp()), 10 * kSecond)),
      Assign(r.state(0), Add(sum, ToInt(Col(1, DataType::String())))),
      If(Compare(plan::CompareOp::kGreater, sum, Lit(Value::Int64(100))),
         {EmitRow({Col(0, DataType::String()), sum}), Timer(0, nullptr),
          Assign(r.state(0), Lit(Value::Int64(0)))}),
  };
  program.timers = {"quiet"};
  program.on_timer = {{EmitRow({Col(r.key(0), DataType::String()),
                                plan::MakeUnary(plan::ExprKind::kNegate, DataType::Int64(), sum)}),
                       Assign(r.state(0), Lit(Value::Int64(0)))}};
  node.schema = Schema::Make({{"card", DataType::String(), {}}, {"sum", DataType::Int64(), {}}});
  node.ttl = 3600 * kSecond;
  node.error = Discard("bad");
  return node;
}

TestRow Payment(std::string card, std::string amount, Micros at, Micros stamp) {
  return {{Value::String(std::move(card)), Value::String(std::move(amount)), Value::Timestamp(at)},
          at,
          stamp};
}

std::map<std::string, std::vector<int64_t>> ByCard(const std::vector<EmittedRow>& rows) {
  std::map<std::string, std::vector<int64_t>> cards;
  for (const EmittedRow& row : rows) {
    cards[row.values[0].as_string()].push_back(row.values[1].as_int64());
  }
  return cards;
}

OperatorHarness::Make Maker(const plan::ProcessNode& node) {
  return [&node] { return std::make_unique<ProcessOperator>(node); };
}

void ExpectNoTimerIsLate(const std::vector<EmittedRow>& rows) {
  for (const EmittedRow& row : rows) {
    if (row.values[1].as_int64() > 0) continue;  // of an event: as late as that was
    EXPECT_GE(row.time, row.told) << row.json;
    EXPECT_GE(row.time, row.stamp) << row.json;
  }
}

void RandomRowsAndTimers(bool evicts) {
  size_t evicted = 0;
  for (unsigned seed = 1; seed <= 6; ++seed) {
    for (const uint32_t batch : {1U, 3U, 2048U}) {
      SCOPED_TRACE(fmt::format("seed {} batch {}", seed, batch));
      std::mt19937 random(seed);
      const plan::ProcessNode node = MakeNode();
      OperatorHarness harness(Maker(node), PaymentSchema(), batch, evicts);
      struct Card {
        int64_t sum = 0;
        Micros timer = kMaxTimestamp;
      };
      std::map<std::string, Card> cards;
      std::map<std::string, std::vector<int64_t>> expected;
      const auto fire = [&](const std::string& name, Micros limit) {
        Card& card = cards[name];
        if (card.timer > limit) return;
        expected[name].push_back(-card.sum);
        card = Card();
      };
      Micros clock = 0;
      for (int step = 0; step < 40; ++step) {
        std::vector<TestRow> rows;
        for (size_t i = 0; i < 1 + random() % 40; ++i) {
          clock += static_cast<Micros>(random() % 2000) * 1000;
          const std::string name = "card-number-that-is-long-" + std::to_string(random() % 9);
          const bool bad = random() % 12 == 0;
          const int64_t amount = static_cast<int64_t>(random() % 50);
          const Micros at = clock - static_cast<Micros>(random() % 3) * kSecond;
          rows.push_back(
              Payment(name, bad ? "x" : std::to_string(amount), at, clock - 5 * kSecond));
          fire(name, clock - 5 * kSecond);
          if (bad) continue;
          Card& card = cards[name];
          card.timer = at + 10 * kSecond;
          card.sum += amount;
          if (card.sum > 100) {
            expected[name].push_back(card.sum);
            card = Card();
          }
        }
        harness.Process(rows);
        if (random() % 2 == 0) harness.Watermark(clock - 5 * kSecond);
        if (random() % 4 == 0) {
          harness.Snapshot();
          harness.Restore();
        }
      }
      harness.Watermark(kMaxTimestamp);
      for (auto& [name, card] : cards) {
        if (card.timer != kMaxTimestamp) expected[name].push_back(-card.sum);
      }
      std::erase_if(expected, [](const auto& entry) { return entry.second.empty(); });
      EXPECT_EQ(ByCard(harness.emitted()), expected);
      ExpectNoTimerIsLate(harness.emitted());
      evicted += harness.evicted();
      if (testing::Test::HasFailure()) return;
    }
  }
  EXPECT_EQ(evicted > 100'000, evicts) << evicted;
}

TEST(ProcessOperatorTest, RandomRowsAndTimersAsARowAtATime) { RandomRowsAndTimers(false); }

TEST(ProcessOperatorTest, KeysOutsideMemoryBehaveAsThoseInside) { RandomRowsAndTimers(true); }

TEST(ProcessOperatorTest, KeysWithTimersLeaveMemory) {
  const plan::ProcessNode node = MakeNode();
  ExpectKeysLeave(
      Maker(node), PaymentSchema(),
      [](int64_t i) {
        return Payment("card " + std::to_string(i), "7", i % 600 * kSecond, kMinTimestamp);
      },
      1000 * kSecond);
}

/// A watermark held back is no reason to hold the end back.
TEST(ProcessOperatorTest, AtTheEndOfInputTimersOfKeysOutsideMemoryFire) {
  const plan::ProcessNode node = MakeNode();
  OperatorHarness harness(Maker(node), PaymentSchema(), 2048, /*evicts=*/true);
  std::vector<TestRow> rows;
  for (int64_t i = 0; i < 5000; ++i) {
    rows.push_back(Payment("card " + std::to_string(i), "7", i * kSecond, kMinTimestamp));
  }
  harness.Process(rows);
  harness.EvictAll();
  harness.Watermark(1000 * kSecond);
  harness.EvictAll();
  harness.Watermark(kMaxTimestamp);
  harness.Finish();
  EXPECT_EQ(harness.emitted().size(), 5000U);
  EXPECT_EQ(ByCard(harness.emitted()).size(), 5000U);
}

TEST(ProcessOperatorTest, KeysEndAfterTheirTtl) {
  plan::ProcessNode node = MakeNode();
  node.ttl = 60 * kSecond;
  OperatorHarness harness(Maker(node), PaymentSchema());
  harness.Process({Payment("a", "1", 0, kMinTimestamp), Payment("b", "x", 0, kMinTimestamp)});
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("keys"), 1U) << "a row that fails leaves no key";
  harness.Watermark(30 * kSecond);
  harness.Take();
  // For this row the life of "a" is over, whether or not the watermark has come here.
  harness.Process({Payment("a", "5", 70 * kSecond, 65 * kSecond)});
  harness.Watermark(100 * kSecond);
  EXPECT_EQ(ByCard(harness.Take()).at("a"), std::vector<int64_t>{-5});
  harness.Watermark(200 * kSecond);
  harness.Snapshot();
  EXPECT_EQ(harness.StateRows("keys"), 0U);
}

TEST(ProcessOperatorTest, ATimerSetToThePastFiresOncePerWatermark) {
  plan::ProcessNode node = MakeNode();
  const plan::RegisterLayout& r = node.program.registers;
  node.program.on_timer[0].push_back(Timer(0, Lit(Value::Timestamp(1))));
  OperatorHarness harness(Maker(node), PaymentSchema());
  harness.Process({Payment("a", "1", 0, kMinTimestamp)});
  harness.Watermark(11 * kSecond);
  EXPECT_EQ(harness.Take().size(), 1U);
  harness.Watermark(12 * kSecond);
  EXPECT_EQ(harness.Take().size(), 1U);
  harness.Snapshot();
  harness.Restore();
  harness.Watermark(kMaxTimestamp);
  const std::vector<EmittedRow> last = harness.Take();
  ASSERT_EQ(last.size(), 1U);
  EXPECT_GE(last[0].time, 12 * kSecond) << "not late for the stages behind";
  (void)r;
}

TEST(ProcessOperatorTest, AFailingTimerUndoesItsBlock) {
  plan::ProcessNode node = MakeNode();
  const plan::RegisterLayout& r = node.program.registers;
  node.program.on_timer[0] = {Assign(r.state(0), Lit(Value::Int64(7))),
                              Assign(r.state(0), ToInt(Col(r.state(1), DataType::String())))};
  node.program.on_event = {
      Assign(r.state(1), Col(1, DataType::String())),
      Timer(0, Later(Col(2, DataType::Timestamp()), kSecond)),
      EmitRow({Col(0, DataType::String()), Col(r.state(0), DataType::Int64())})};
  OperatorHarness harness(Maker(node), PaymentSchema());
  harness.Process({Payment("a", "x", 0, kMinTimestamp), Payment("b", "12", 0, kMinTimestamp)});
  harness.Watermark(5 * kSecond);
  harness.Take();
  EXPECT_EQ(harness.op().ledger().gauges.at("failed timers"), 1);
  harness.Process(
      {Payment("a", "x", 6 * kSecond, 5 * kSecond), Payment("b", "12", 6 * kSecond, 5 * kSecond)});
  const auto cards = ByCard(harness.Take());
  EXPECT_EQ(cards.at("a"), std::vector<int64_t>{0});
  EXPECT_EQ(cards.at("b"), std::vector<int64_t>{12});
}

TEST(ProcessOperatorTest, OutputIsAnUpsertStreamThatEndsWithTheKey) {
  plan::ProcessNode node = MakeNode();
  const plan::RegisterLayout& r = node.program.registers;
  node.program.on_event = {Assign(r.state(0), ToInt(Col(1, DataType::String())))};
  node.program.timers.clear();
  node.program.on_timer.clear();
  node.program.output = {Col(r.key(0), DataType::String()), Col(r.state(0), DataType::Int64())};
  node.emit.on_update = true;
  node.ttl = 60 * kSecond;
  OperatorHarness harness(Maker(node), PaymentSchema());
  harness.Process({Payment("a", "1", 0, kMinTimestamp), Payment("a", "2", 0, kMinTimestamp),
                   Payment("b", "3", 0, kMinTimestamp)});
  harness.Snapshot();
  harness.Restore();
  harness.Flush();
  EXPECT_EQ(ByCard(harness.Take()),
            (std::map<std::string, std::vector<int64_t>>{{"a", {2}}, {"b", {3}}}));
  harness.Watermark(100 * kSecond);
  const std::vector<EmittedRow> ends = harness.Take();
  ASSERT_EQ(ends.size(), 2U);
  EXPECT_TRUE(ends[0].deleted && ends[1].deleted);
}

}  // namespace
}  // namespace weir
