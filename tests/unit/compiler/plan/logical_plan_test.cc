#include "compiler/plan/logical_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"

namespace weir::plan {
namespace {

using testing::ElementsAre;
using testing::Pair;

class LogicalPlanTest : public testing::Test {
 protected:
  LogicalPlanTest() {
    SchemaPtr schema = Schema::Make({{"a", DataType::Int64(), {}}});
    auto sink = std::make_unique<SinkNode>();
    sink->name = sink->sink = "out";
    sink->connector.connector = "console";
    sink->row = schema;
    sink_ = plan_.Add(std::move(sink));
    auto filter = std::make_unique<FilterNode>();
    filter->name = "big/where";
    filter->schema = schema;
    filter->condition = MakeCompare(CompareOp::kGreater, MakeColumn(0, "a", DataType::Int64()),
                                    MakeLiteral(Value::Int64(3)));
    filter_ = plan_.Add(std::move(filter));
    auto source = std::make_unique<SourceNode>();
    source->name = source->source = "in";
    source->connector.connector = "file";
    source->schema = schema;
    source->time.time = MakeColumn(0, "a", DataType::Timestamp());
    source->time.watermark = WatermarkKind::kLag;
    source->time.lag = 10 * kMicrosPerSecond;
    source_ = plan_.Add(std::move(source));
    plan_.at(filter_).inputs = {{source_, 0}};
    plan_.at(sink_).inputs = {{filter_, 0}, {source_, 0}};
    plan_.streams["big"] = {filter_, 0};
  }

  LogicalPlan plan_;
  NodeId sink_, filter_, source_;
};

TEST_F(LogicalPlanTest, InputsComeBeforeReaders) {
  EXPECT_THAT(plan_.TopologicalOrder(), ElementsAre(source_, filter_, sink_));
  auto readers = plan_.Readers();
  EXPECT_THAT(readers[static_cast<size_t>(source_)], ElementsAre(Pair(sink_, 1), Pair(filter_, 0)));
}

TEST_F(LogicalPlanTest, PrintsEachStageOnce) {
  EXPECT_EQ(plan_.ToString(),
            "out: into out (console, json)\n"
            "  big/where: where a > 3\n"
            "    in: source in from file format json time a watermark lag 10s\n"
            "  in (see above)\n");
}

TEST_F(LogicalPlanTest, ClonesAreIndependent) {
  auto copy = plan_.Clone();
  static_cast<FilterNode&>(copy->at(filter_)).condition = MakeLiteral(Value::Bool(true));
  copy->at(sink_).inputs.clear();
  EXPECT_EQ(plan_.at(filter_).Describe(), "where a > 3");
  EXPECT_EQ(plan_.at(sink_).inputs.size(), 2u);
  EXPECT_EQ(copy->streams["big"], (InputRef{filter_, 0}));
}

TEST_F(LogicalPlanTest, RemovedNodesAreSkipped) {
  plan_.at(sink_).inputs = {{source_, 0}};
  plan_.nodes[static_cast<size_t>(filter_)].reset();
  EXPECT_THAT(plan_.TopologicalOrder(), ElementsAre(source_, sink_));
}

TEST(Describe, AggregatesAsWritten) {
  AggregateDef sum{.name = "sum", .doc = "", .overloads = {}, .examples = {}};
  AggregateNode node;
  node.keys = {MakeColumn(0, "user", DataType::String())};
  AggregateCall call;
  call.name = "total";
  call.function = &sum;
  call.arguments = {MakeColumn(1, "amount", DataType::Int64())};
  call.filter = MakeCompare(CompareOp::kGreater, call.arguments[0], MakeLiteral(Value::Int64(0)));
  node.aggregates = {call};
  node.window.kind = WindowKind::kSliding;
  node.window.size = 600 * kMicrosPerSecond;
  node.window.slide = 60 * kMicrosPerSecond;
  node.emit.on_close = true;
  node.lateness = 60 * kMicrosPerSecond;
  node.late.kind = Route::Kind::kDiscard;
  node.late.reason = "late";
  EXPECT_EQ(node.Describe(),
            "aggregate total = sum(amount where amount > 0) by user over sliding 10m every 1m "
            "emit on close late after 1m discard \"late\"");
  EXPECT_EQ(node.partitioning().kind, Partitioning::Kind::kKey);
  node.keys.clear();
  EXPECT_EQ(node.partitioning().kind, Partitioning::Kind::kSingleton);
}

TEST(Describe, RouteArmsWithAndWithoutElse) {
  RouteNode node;
  RouteNode::Arm arm;
  arm.condition = MakeColumn(0, "vip", DataType::Bool());
  arm.route.kind = Route::Kind::kTo;
  arm.route.target = "gold";
  node.arms = {arm};
  EXPECT_EQ(node.Describe(), "route { when vip -> gold, }");
}

}  // namespace
}  // namespace weir::plan
