// µs CPU per row of dedupe, a tumbling count and the session of the speed layer:
// `ninja bench_operators && bin/bench_operators`; see the counter us_per_row.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "runtime/base/check.h"
#include "runtime/operators/operator_factory.h"
#include "stdlib/aggregate/all_aggregates.h"

namespace weir {
namespace {

constexpr uint32_t kBatch = 2048;
constexpr Micros kSecond = kMicrosPerSecond;

class Discarding final : public Collector {
 public:
  void Emit(int, RecordBatch batch) override { rows += batch.num_rows(); }
  int64_t rows = 0;
};

DataType EventType() {
  return DataType::Enum({"page_view", "product_view", "search", "add_to_cart", "purchase",
                         "remove_from_cart", "checkout_start", "login", "logout"});
}
DataType Tier() { return DataType::Enum({"bronze", "silver", "gold", "platinum", "unknown"}); }
DataType Money(int precision) { return DataType::Decimal(precision, 2); }

enum Columns { kEventId, kUser, kType, kDevice, kBrowser, kTier, kItems, kAmount, kPage };

SchemaPtr EventSchema() {
  static const SchemaPtr schema = Schema::Make({{"event_id", DataType::Uuid(), {}},
                                                {"user_id", DataType::Uuid(), {}},
                                                {"event_type", EventType(), {}},
                                                {"device_type", DataType::String(), {}},
                                                {"browser", DataType::String(), {}},
                                                {"user_tier", Tier(), {}},
                                                {"items", DataType::Int64(), {}},
                                                {"amount", Money(10), {}},
                                                {"page", DataType::Int64(), {}}});
  return schema;
}

/// Events of `users` active users, 10 000 a second of event time.
std::vector<RecordBatch> MakeBatches(size_t count, uint64_t users) {
  std::mt19937_64 random(42);
  std::vector<RecordBatch> batches;
  Micros clock = 1'767'225'600 * kSecond;
  for (size_t b = 0; b < count; ++b) {
    std::vector<MutableColumnPtr> columns;
    for (const Field& field : EventSchema()->fields()) {
      columns.push_back(Column::Make(field.type, kBatch));
    }
    MutableColumnPtr times = Column::Make(DataType::Timestamp(), kBatch);
    for (uint32_t i = 0; i < kBatch; ++i) {
      clock += 100;
      const uint64_t user = random() % users;
      columns[kEventId]->mutable_data<Fixed16>()[i] = {random(), random()};
      columns[kUser]->mutable_data<Fixed16>()[i] = {user * 0x9E3779B97F4A7C15ULL, user};
      columns[kType]->mutable_data<uint16_t>()[i] = static_cast<uint16_t>(random() % 9);
      columns[kDevice]->mutable_data<std::string_view>()[i] = "mobile";
      columns[kBrowser]->mutable_data<std::string_view>()[i] = "firefox";
      columns[kTier]->mutable_data<uint16_t>()[i] = static_cast<uint16_t>(random() % 5);
      columns[kItems]->mutable_data<int64_t>()[i] = static_cast<int64_t>(random() % 4);
      columns[kAmount]->mutable_data<int64_t>()[i] = static_cast<int64_t>(random() % 10'000);
      columns[kPage]->mutable_data<int64_t>()[i] = static_cast<int64_t>(random() % 1000);
      times->mutable_data<Micros>()[i] = clock - static_cast<Micros>(random() % 2) * kSecond;
    }
    HiddenColumns hidden;
    hidden.event_time = std::move(times);
    hidden.watermark = Column::Constant(Value::Timestamp(clock - 10 * kSecond), kBatch);
    batches.emplace_back(EventSchema(), std::vector<ColumnPtr>(columns.begin(), columns.end()),
                         kBatch, std::move(hidden));
  }
  return batches;
}

plan::ExprPtr Col(int index, DataType type) {
  return plan::MakeColumn(index, "c", std::move(type));
}

plan::Route Discard(std::string reason) {
  plan::Route route;
  route.kind = plan::Route::Kind::kDiscard;
  route.reason = std::move(reason);
  return route;
}

plan::Statement Assign(int target, plan::ExprPtr value) {
  plan::Statement statement;
  statement.target = target;
  statement.value = std::move(value);
  return statement;
}

plan::Statement If(plan::ExprPtr condition, plan::Block then_block, plan::Block else_block = {}) {
  plan::Statement statement;
  statement.kind = plan::Statement::Kind::kIf;
  statement.value = std::move(condition);
  statement.then_block = std::move(then_block);
  statement.else_block = std::move(else_block);
  return statement;
}

plan::ExprPtr Is(plan::ExprPtr a, plan::ExprPtr b) {
  return plan::MakeCompare(plan::CompareOp::kEqual, std::move(a), std::move(b));
}

/// `reg += value`, narrowed back to the register's type.
plan::Statement Increase(int reg, const DataType& type, plan::ExprPtr value) {
  const DataType wide =
      type.is_decimal() ? DataType::Decimal(type.precision() + 1, 2) : DataType::Int64();
  plan::ExprPtr old = Col(reg, type);
  if (!type.is_decimal()) {
    old = plan::MakeUnary(plan::ExprKind::kCast, wide, std::move(old));
  }
  return Assign(reg, plan::MakeUnary(plan::ExprKind::kCast, type,
                                     plan::MakeArith(plan::ArithOp::kAdd, wide, std::move(old),
                                                     std::move(value))));
}

/// The session of pipelines/speed_layer, its statements as the compiler lowers them.
plan::SessionNode SessionOfTheSpeedLayer() {
  plan::SessionNode node;
  node.name = "sessions/by_user";
  plan::StateProgram& program = node.program;
  program.keys = {Col(kUser, DataType::Uuid())};
  const DataType count = DataType::Of(TypeKind::kUInt32);
  const auto field = [&](const char* name, DataType type, Value initial, plan::MergeRule merge) {
    program.fields.push_back({name, std::move(type), std::move(initial), merge, {}});
  };
  field("device", DataType::String(), Value::String(""), plan::MergeRule::kFirstNonEmpty);
  field("browser", DataType::String(), Value::String(""), plan::MergeRule::kFirstNonEmpty);
  field("tier", Tier(), Value(Tier(), uint16_t{4}), plan::MergeRule::kLast);
  for (const char* name : {"views", "products", "searches", "carts", "purchases", "items"}) {
    field(name, count, Value(count, int64_t{0}), plan::MergeRule::kSum);
  }
  field("spent", Money(18), Value(Money(18), int64_t{0}), plan::MergeRule::kSum);
  plan::RegisterLayout& r = program.registers;
  r = {9, 1, 10, 0};
  const auto state = [&](int i) {
    return Col(r.state(i), program.fields[static_cast<size_t>(i)].type);
  };
  const auto text = [](const char* value) { return plan::MakeLiteral(Value::String(value)); };
  const auto one = plan::MakeLiteral(Value::Int64(1));
  program.on_event = {
      If(Is(state(0), text("")), {Assign(r.state(0), Col(kDevice, DataType::String()))}),
      If(Is(state(1), text("")), {Assign(r.state(1), Col(kBrowser, DataType::String()))}),
      If(plan::MakeCompare(plan::CompareOp::kNotEqual, Col(kTier, Tier()),
                           plan::MakeLiteral(Value(Tier(), uint16_t{4}))),
         {Assign(r.state(2), Col(kTier, Tier()))}),
  };
  plan::Block chain;
  for (uint16_t type = 5; type-- > 0;) {
    plan::Block arm;
    if (type == 4) {
      arm = {Increase(r.state(7), count, one),
             Increase(r.state(8), count, Col(kItems, DataType::Int64())),
             Increase(r.state(9), Money(18), Col(kAmount, Money(10)))};
    } else {
      arm = {Increase(r.state(3 + type), count, one)};
    }
    plan::Block next = {If(Is(Col(kType, EventType()), plan::MakeLiteral(Value(EventType(), type))),
                           std::move(arm), std::move(chain))};
    chain = std::move(next);
  }
  program.on_event.push_back(std::move(chain.front()));
  std::vector<Field> fields = {{"user_id", DataType::Uuid(), {}},
                               {"start", DataType::Timestamp(), {}}};
  program.output = {Col(r.key(0), DataType::Uuid()), Col(r.session_start(), DataType::Timestamp())};
  for (int i = 0; i < r.states; ++i) {
    program.output.push_back(state(i));
    fields.push_back({program.fields[static_cast<size_t>(i)].name,
                      program.fields[static_cast<size_t>(i)].type,
                      {}});
  }
  program.output.push_back(Col(r.session_closed(), DataType::Bool()));
  fields.push_back({"closed", DataType::Bool(), {}});
  node.schema = Schema::Make(std::move(fields));
  node.gap = 1800 * kSecond;
  node.max = 86'400 * kSecond;
  node.lateness = 300 * kSecond;
  node.emit.on_close = true;
  node.emit.every = 10 * kSecond;
  node.error = Discard("error");
  node.late = Discard("late");
  return node;
}

plan::DedupeNode DedupeOfEvents() {
  plan::DedupeNode node;
  node.name = "enriched/seen";
  node.keys = {Col(kEventId, DataType::Uuid())};
  node.within = 3600 * kSecond;
  node.duplicate = Discard("duplicate");
  node.error = Discard("error");
  node.schema = EventSchema();
  return node;
}

plan::AggregateNode TumblingCount() {
  static FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterAggregates(*made);
    return made;
  }();
  plan::AggregateNode node;
  node.name = "counts/aggregate";
  node.keys = {Col(kPage, DataType::Int64())};
  plan::AggregateCall call;
  call.name = "events";
  call.function = registry->FindAggregate("count");
  call.type = DataType::Int64();
  for (const AggregateOverload& overload : call.function->overloads) {
    if (overload.params.empty()) call.overload = &overload;
  }
  WEIR_CHECK(call.overload != nullptr, "count() without arguments");
  node.aggregates = {std::move(call)};
  node.window.kind = plan::WindowKind::kTumbling;
  node.window.size = node.window.slide = 300 * kSecond;
  node.emit.on_close = true;
  node.late = Discard("late");
  node.schema = Schema::Make({{"page", DataType::Int64(), {}},
                              {"window_start", DataType::Timestamp(), {}},
                              {"window_end", DataType::Timestamp(), {}},
                              {"window_closed", DataType::Bool(), {}},
                              {"events", DataType::Int64(), {}}});
  return node;
}

void Run(benchmark::State& state, const plan::LogicalNode& node, uint64_t users) {
  const std::vector<RecordBatch> batches = MakeBatches(500, users);
  ManualClock clock;
  OperatorContext context;
  context.clock = &clock;
  int64_t rows = 0;
  double seconds = 0;
  for (auto _ : state) {
    std::unique_ptr<Operator> op = *MakeOperator(node, OperatorResources{}, 0);
    WEIR_CHECK(op->Open(context).ok(), "open");
    Discarding out;
    const auto start = std::clock();
    for (const RecordBatch& batch : batches) {
      WEIR_CHECK(op->ProcessBatch(0, batch, out).ok(), "batch");
      const Micros stamp = ColumnView<Micros>(*batch.hidden().watermark)[0];
      WEIR_CHECK(op->ProcessWatermark(stamp, out).ok(), "watermark");
      clock.AdvanceTo(clock.Now() + 204'800);
      if (op->NextProcessingTime() <= clock.Now()) {
        WEIR_CHECK(op->ProcessTime(clock.Now(), out).ok(), "time");
      }
      rows += batch.num_rows();
    }
    seconds += static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  }
  state.counters["us_per_row"] = seconds * 1e6 / static_cast<double>(rows);
}

void BM_Dedupe(benchmark::State& state) { Run(state, DedupeOfEvents(), 5000); }
void BM_TumblingCount(benchmark::State& state) { Run(state, TumblingCount(), 5000); }
void BM_Session(benchmark::State& state) { Run(state, SessionOfTheSpeedLayer(), 5000); }

BENCHMARK(BM_Dedupe)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_TumblingCount)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Session)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
