// Operators that emit many times what they take in, over channels of one batch: nothing piles up,
// nothing stands still, nothing is lost (guarantees.md rule 18).
#include "runtime/operators/resumable.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/exec/job.h"
#include "runtime/exec/memory_connectors.h"
#include "runtime/state/state_backend.h"
#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/api/function_registry.h"

namespace weir {
namespace {

using namespace plan;

constexpr int64_t kFanOut = 10'000;
constexpr int64_t kRecords = 24;  ///< in windows of ten seconds

const AggregateDef* Count() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterAggregates(*made);
    return made;
  }();
  return registry->FindAggregate("count");
}

template <typename Node>
NodeId Add(LogicalPlan& plan, std::unique_ptr<Node> node, const std::string& name, NodeId input,
           std::vector<Field> fields) {
  node->name = node->stream = name;
  if (!fields.empty()) node->schema = Schema::Make(std::move(fields));
  if (input >= 0) node->inputs = {{input, 0}};
  return plan.Add(std::move(node));
}

/// source {xs, at} |> flatten xs as x |> select x |> (by hash) count by x over tumbling 10s |> (one
/// worker) sink
std::shared_ptr<const PhysicalPlan> FanOutPlan() {
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
  const NodeId events = Add(*logical, std::move(source), "events", -1, row);
  auto flatten = std::make_unique<FlattenNode>();
  flatten->list = MakeColumn(0, "xs", row[0].type);
  std::vector<Field> flat = row;
  flat.push_back({"x", DataType::Int64(), {}});
  const NodeId elements = Add(*logical, std::move(flatten), "elements", events, flat);
  auto project = std::make_unique<ProjectNode>();
  project->exprs = {MakeColumn(2, "x", DataType::Int64())};
  const NodeId xs = Add(*logical, std::move(project), "xs", elements, {flat.back()});
  auto aggregate = std::make_unique<AggregateNode>();
  const std::vector<ExprPtr> keys = {MakeColumn(0, "x", DataType::Int64())};
  aggregate->keys = keys;
  AggregateCall count;
  count.name = "n";
  count.function = Count();
  count.overload = &count.function->overloads[0];
  count.type = DataType::Int64();
  aggregate->aggregates = {count};
  aggregate->window.kind = WindowKind::kTumbling;
  aggregate->window.size = aggregate->window.slide = 10 * kMicrosPerSecond;
  aggregate->emit.on_close = true;
  aggregate->late.kind = Route::Kind::kFail;
  const NodeId counts = Add(*logical, std::move(aggregate), "counts", xs,
                            {{"x", DataType::Int64(), {}},
                             {"window_start", DataType::Timestamp(), {}},
                             {"window_end", DataType::Timestamp(), {}},
                             {"window_closed", DataType::Bool(), {}},
                             {"n", DataType::Int64(), {}}});
  auto sink = std::make_unique<SinkNode>();
  sink->sink = "out";
  sink->connector.connector = "discard";
  sink->row = logical->at(counts).schema;
  sink->fills.assign(5, SinkFill::kNone);
  const NodeId out = Add(*logical, std::move(sink), "out", counts, {});
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
      if (id == counts) input.keys = keys;
      if (id == counts) input.exchange = Exchange::kHash;
      if (id == out) input.exchange = Exchange::kSingleton;
      node.inputs.push_back(std::move(input));
    }
    physical->nodes.push_back(std::move(node));
  }
  physical->num_chains = 3;
  return physical;
}

/// Sums what passes, by element.
class Sums final : public Output {
 public:
  explicit Sums(std::map<int64_t, int64_t>* sums) : sums_(sums) {}
  void Batch(const RecordBatch& batch) override {
    const ColumnView<int64_t> xs(*batch.column(0));
    const ColumnView<int64_t> counts(*batch.column(4));
    batch.rows().ForEach([&](RowIndex row) { (*sums_)[xs[row]] += counts[row]; });
  }
  void Send(const Control&) override {}

 private:
  std::map<int64_t, int64_t>* sums_;
};

class ResumableTest : public testing::TestWithParam<uint32_t> {
 protected:
  void Start() {
    std::string list;
    for (int64_t x = 0; x < kFanOut; ++x) list += fmt::format("{}{}", x == 0 ? "" : ",", x);
    for (int64_t i = 0; i < kRecords; ++i) {
      memory_.Give("events",
                   fmt::format(R"({{"xs": [{}], "at": "1970-01-01T00:00:{:02}Z"}})", list, i));
    }
    memory_.End();
    clock_.AdvanceTo(3600 * kMicrosPerSecond);
    options_.workers = GetParam();
    options_.channel_bytes = 1;
    options_.clock = &clock_;
    options_.connectors = &memory_;
    options_.state = state_.get();
    options_.checkpoint_every = 0;
    options_.make_tap = [this](const std::string&, uint32_t) {
      return std::make_unique<Sums>(&sums_);
    };
    auto job = Job::Build(FanOutPlan(), options_);
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
  std::mt19937_64 random(GetParam());
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
  EXPECT_EQ(sums_.size(), static_cast<size_t>(kFanOut));
  for (const auto& [x, n] : sums_) ASSERT_EQ(n, kRecords) << x;
  // Per pair of workers one batch in the channel, one on its way into it and one being gathered.
  const int64_t pairs = int64_t{GetParam()} * GetParam();
  EXPECT_LT(most, pairs * 3 * int64_t{kBatchRows} + int64_t{kBatchRows});
  // One while rows waited, and the last.
  EXPECT_GE(job_->coordinator().committed(), 2);
}

INSTANTIATE_TEST_SUITE_P(Workers, ResumableTest, testing::Values(1, 2, 5));

}  // namespace
}  // namespace weir
