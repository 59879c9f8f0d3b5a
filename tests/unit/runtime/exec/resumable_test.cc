// Operators that emit many times what they take in, over channels of one batch: nothing piles up,
// nothing stands still, nothing is lost (guarantees.md rule 18).
#include "runtime/operators/resumable.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/state/state_backend.h"
#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/api/function_registry.h"
#include "tests/unit/runtime/operators/plan_exprs.h"

namespace weir {
namespace {

using namespace plan;

/// What stands behind the fan-out and has a row for every key at once.
enum class Stage : uint8_t { kWindows, kUpdates, kSessions, kSessionWindows, kTimers };

struct Shape {
  uint32_t workers;
  Stage stage;
  int64_t keys;     ///< elements of each record
  int64_t records;  ///< a second apart
};

std::string NameOf(const testing::TestParamInfo<Shape>& info) {
  static constexpr const char* kNames[] = {"windows", "updates", "sessions", "session_windows",
                                           "timers"};
  return fmt::format("{}_{}", kNames[static_cast<size_t>(info.param.stage)], info.param.workers);
}

const AggregateDef* Count() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterAggregates(*made);
    return made;
  }();
  return registry->FindAggregate("count");
}

template <typename Node>
NodeId AddNode(LogicalPlan& plan, std::unique_ptr<Node> node, const std::string& name, NodeId input,
               std::vector<Field> fields) {
  node->name = node->stream = name;
  if (!fields.empty()) node->schema = Schema::Make(std::move(fields));
  if (input >= 0) node->inputs = {{input, 0}};
  return plan.Add(std::move(node));
}

/// x, start, end, closed, n: as windows have it.
std::vector<Field> ResultFields() {
  return {{"x", DataType::Int64(), {}},
          {"window_start", DataType::Timestamp(), {}},
          {"window_end", DataType::Timestamp(), {}},
          {"window_closed", DataType::Bool(), {}},
          {"n", DataType::Int64(), {}}};
}

const std::vector<ExprPtr>& Keys() {
  static const std::vector<ExprPtr> keys = {MakeColumn(0, "x", DataType::Int64())};
  return keys;
}

std::unique_ptr<LogicalNode> AggregateStage(Stage stage) {
  auto aggregate = std::make_unique<AggregateNode>();
  aggregate->keys = Keys();
  AggregateCall count;
  count.name = "n";
  count.function = Count();
  count.overload = &count.function->overloads[0];
  count.type = DataType::Int64();
  aggregate->aggregates = {count};
  aggregate->window.kind =
      stage == Stage::kSessionWindows ? WindowKind::kSession : WindowKind::kTumbling;
  aggregate->window.size = aggregate->window.slide = 10 * kMicrosPerSecond;
  aggregate->window.gap = 10 * kMicrosPerSecond;
  aggregate->emit.on_close = true;
  aggregate->emit.on_update = stage == Stage::kUpdates;
  aggregate->late.kind = Route::Kind::kFail;
  return aggregate;
}

/// state { n } on event { n += 1 }, with registers for an input {x, at}.
StateProgram CountingProgram() {
  StateProgram program;
  program.keys = Keys();
  program.fields = {{"n", DataType::Int64(), Value::Int64(0), MergeRule::kSum, {}}};
  program.registers = {2, 1, 1, 0};
  const int n = program.registers.state(0);
  program.on_event = {Assign(n, Add(Col(n, DataType::Int64()), Lit(Value::Int64(1))))};
  return program;
}

std::unique_ptr<LogicalNode> SessionStage() {
  auto session = std::make_unique<SessionNode>();
  session->program = CountingProgram();
  const RegisterLayout& r = session->program.registers;
  session->program.output = {
      Col(r.key(0), DataType::Int64()), Col(r.session_start(), DataType::Timestamp()),
      Col(r.session_last_event(), DataType::Timestamp()), Col(r.session_closed(), DataType::Bool()),
      Col(r.state(0), DataType::Int64())};
  session->gap = 10 * kMicrosPerSecond;
  session->emit.on_close = session->emit.on_update = true;
  session->error.kind = session->late.kind = Route::Kind::kFail;
  return session;
}

/// on event { set timer t = at + 10s } on timer t { emit {x, …, n} n = 0 }
std::unique_ptr<LogicalNode> TimerStage() {
  auto process = std::make_unique<ProcessNode>();
  process->program = CountingProgram();
  StateProgram& program = process->program;
  const RegisterLayout& r = program.registers;
  Statement set;
  set.kind = Statement::Kind::kSetTimer;
  set.value = MakeArith(ArithOp::kAdd, DataType::Timestamp(), Col(1, DataType::Timestamp()),
                        Lit(Value::Duration(10 * kMicrosPerSecond)));
  program.on_event.push_back(set);
  const ExprPtr never = Lit(Value::Timestamp(0));
  Statement emit;
  emit.kind = Statement::Kind::kEmit;
  emit.row = {Col(r.key(0), DataType::Int64()), never, never, Lit(Value::Bool(true)),
              Col(r.state(0), DataType::Int64())};
  program.timers = {"t"};
  program.on_timer = {{emit, Assign(r.state(0), Lit(Value::Int64(0)))}};
  process->ttl = 3600 * kMicrosPerSecond;
  process->error.kind = Route::Kind::kFail;
  return process;
}

std::unique_ptr<LogicalNode> MakeStage(Stage stage) {
  if (stage == Stage::kSessions) return SessionStage();
  return stage == Stage::kTimers ? TimerStage() : AggregateStage(stage);
}

/// source {xs, at} |> flatten xs as x |> select x, at |> (by hash) stage |> (one worker) sink
std::shared_ptr<const PhysicalPlan> FanOutPlan(Stage stage) {
  auto logical = std::make_shared<LogicalPlan>();
  const std::vector<Field> row = {{"xs", DataType::List(DataType::Int64()), {}},
                                  {"at", DataType::Timestamp(), {}}};
  auto source = std::make_unique<SourceNode>();
  source->source = "events";
  for (int i = 0; i < 2; ++i) {
    DecodedField field;
    field.name = row[static_cast<size_t>(i)].name;
    field.type = row[static_cast<size_t>(i)].type;
    field.output = i;
    source->decode.fields.push_back(std::move(field));
  }
  source->time.time = MakeColumn(1, "at", DataType::Timestamp());
  source->time.watermark = WatermarkKind::kLag;
  source->dead_letter.kind = Route::Kind::kFail;
  const NodeId events = AddNode(*logical, std::move(source), "events", -1, row);
  auto flatten = std::make_unique<FlattenNode>();
  flatten->list = MakeColumn(0, "xs", row[0].type);
  std::vector<Field> flat = row;
  flat.push_back({"x", DataType::Int64(), {}});
  const NodeId elements = AddNode(*logical, std::move(flatten), "elements", events, flat);
  auto project = std::make_unique<ProjectNode>();
  project->exprs = {MakeColumn(2, "x", DataType::Int64()),
                    MakeColumn(1, "at", DataType::Timestamp())};
  const NodeId xs = AddNode(*logical, std::move(project), "xs", elements, {flat[2], flat[1]});
  const NodeId counts = AddNode(*logical, MakeStage(stage), "counts", xs, ResultFields());
  auto sink = std::make_unique<SinkNode>();
  sink->sink = "out";
  sink->connector.connector = "discard";
  sink->row = logical->at(counts).schema;
  sink->fills.assign(5, SinkFill::kNone);
  const NodeId out = AddNode(*logical, std::move(sink), "out", counts, {});
  logical->streams = {{"counts", {counts, 0}}};

  auto physical = std::make_shared<PhysicalPlan>();
  physical->logical = logical;
  using Exchange = PhysicalInput::Exchange;
  for (NodeId id : {events, elements, xs, counts, out}) {
    PhysicalNode node;
    node.id = static_cast<NodeId>(physical->nodes.size());
    node.logical = std::shared_ptr<const LogicalNode>(logical, &logical->at(id));
    node.chain = std::max(0, static_cast<int>(node.id) - 2);
    if (id != events) {
      PhysicalInput input;
      input.node = node.id - 1;
      if (id == counts) input.keys = Keys();
      if (id == counts) input.exchange = Exchange::kHash;
      if (id == out) input.exchange = Exchange::kSingleton;
      node.inputs.push_back(std::move(input));
    }
    physical->nodes.push_back(std::move(node));
  }
  physical->num_chains = 3;
  return physical;
}

/// Sums what final rows say, by element.
class Sums final : public Output {
 public:
  explicit Sums(std::map<int64_t, int64_t>* sums) : sums_(sums) {}
  void Batch(const RecordBatch& batch) override {
    const ColumnView<int64_t> xs(*batch.column(0));
    const ColumnView<uint8_t> closed(*batch.column(3));
    const ColumnView<int64_t> counts(*batch.column(4));
    batch.rows().ForEach([&](RowIndex row) {
      if (closed[row] != 0) (*sums_)[xs[row]] += counts[row];
    });
  }
  void Send(const Control&) override {}

 private:
  std::map<int64_t, int64_t>* sums_;
};

class ResumableTest : public testing::TestWithParam<Shape> {
 protected:
  void Start() {
    std::string list;
    for (int64_t x = 0; x < GetParam().keys; ++x) list += fmt::format("{}{}", x == 0 ? "" : ",", x);
    for (int64_t i = 0; i < GetParam().records; ++i) {
      memory_.Give("events",
                   fmt::format(R"({{"xs": [{}], "at": "1970-01-01T00:00:{:02}Z"}})", list, i));
    }
    memory_.End();
    clock_.AdvanceTo(3600 * kMicrosPerSecond);
    options_.workers = GetParam().workers;
    options_.channel_bytes = 1;
    options_.clock = &clock_;
    options_.connectors = &memory_;
    options_.state = state_.get();
    options_.checkpoint_every = 0;
    options_.make_tap = [this](const std::string&, uint32_t) {
      return std::make_unique<Sums>(&sums_);
    };
    auto job = Job::Build(FanOutPlan(GetParam().stage), options_);
    ASSERT_TRUE(job.ok()) << job.status().ToString();
    job_ = std::move(*job);
    ASSERT_TRUE(job_->Start().ok());
  }

  /// Rows that `from` has emitted and `to` has not got, over all workers.
  int64_t InFlight(const std::string& from, const std::string& to) const {
    int64_t rows = 0;
    for (const auto& worker : job_->workers()) {
      for (const auto& task : worker->tasks()) {
        if (task->name() == from) rows += task->op().ledger().rows_out;
        if (task->name() == to) rows -= task->op().ledger().rows_in;
      }
    }
    return rows;
  }

  MemoryConnectors memory_{3};
  ManualClock clock_;
  std::unique_ptr<StateBackend> state_ = MakeMemoryStateBackend();
  std::map<int64_t, int64_t> sums_;
  JobOptions options_;
  std::unique_ptr<Job> job_;
};

TEST_P(ResumableTest, NothingPilesUpAndNothingIsLost) {
  Start();
  std::mt19937_64 random(GetParam().workers);
  int64_t most = 0;
  int64_t idle_rounds = 0;
  for (int64_t round = 0; !job_->coordinator().done(); ++round) {
    bool worked = false;
    for (const auto& worker : job_->workers()) {
      for (uint64_t steps = 1 + random() % 4; steps > 0; --steps) {
        worked |= worker->Step(clock_.Now(), &random).worked;
        most = std::max({most, InFlight("xs", "counts"), InFlight("counts", "out")});
      }
    }
    if (round % 5 == 2) job_->coordinator().RequestCheckpoint();
    worked |= job_->coordinator().Advance(clock_.Now());
    idle_rounds = worked ? 0 : idle_rounds + 1;
    ASSERT_LT(idle_rounds, 3) << "stuck";
  }
  ASSERT_TRUE(job_->coordinator().failure().ok()) << job_->coordinator().failure().ToString();
  ASSERT_TRUE(job_->Close().ok());
  EXPECT_EQ(job_->CheckLedgers(), "");
  EXPECT_EQ(sums_.size(), static_cast<size_t>(GetParam().keys));
  for (const auto& [x, n] : sums_) ASSERT_EQ(n, GetParam().records) << x;
  // Per pair of workers one batch in the channel, one on its way into it and one being gathered.
  const int64_t pairs = int64_t{GetParam().workers} * GetParam().workers;
  EXPECT_LT(most, pairs * 3 * int64_t{kBatchRows} + int64_t{kBatchRows});
  // One while rows waited, and the last.
  EXPECT_GE(job_->coordinator().committed(), 2);
}

INSTANTIATE_TEST_SUITE_P(FewKeys, ResumableTest,
                         testing::Values(Shape{1, Stage::kWindows, 10'000, 24},
                                         Shape{2, Stage::kWindows, 10'000, 24},
                                         Shape{5, Stage::kWindows, 10'000, 24}),
                         NameOf);

/// All keys close at once, with a barrier on its way.
INSTANTIATE_TEST_SUITE_P(
    ManyKeys, ResumableTest,
    testing::Values(Shape{1, Stage::kSessions, 100'000, 2}, Shape{2, Stage::kSessions, 100'000, 2},
                    Shape{7, Stage::kSessions, 100'000, 2},
                    Shape{1, Stage::kSessionWindows, 100'000, 2},
                    Shape{2, Stage::kSessionWindows, 100'000, 2},
                    Shape{7, Stage::kSessionWindows, 100'000, 2},
                    Shape{1, Stage::kUpdates, 100'000, 2}, Shape{2, Stage::kUpdates, 100'000, 2},
                    Shape{7, Stage::kUpdates, 100'000, 2}, Shape{1, Stage::kTimers, 100'000, 2},
                    Shape{2, Stage::kTimers, 100'000, 2}, Shape{7, Stage::kTimers, 100'000, 2}),
    NameOf);

}  // namespace
}  // namespace weir
