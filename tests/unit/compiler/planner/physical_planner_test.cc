#include "compiler/planner/physical_planner.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/planner/plan_builder.h"

namespace weir::planner {
namespace {

using Exchange = plan::PhysicalInput::Exchange;

const plan::PhysicalNode& Find(const plan::PhysicalPlan& plan, const std::string& name) {
  for (const plan::PhysicalNode& node : plan.nodes) {
    if (node.logical->name == name && !node.is_partial) return node;
  }
  ADD_FAILURE() << "no node " << name;
  return plan.nodes.front();
}

TEST(PhysicalPlanner, KeysNeedAnExchangeOnce) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto first = b.Dedupe("x/first", source, {0});
  auto second = b.Dedupe("x/second", first, {0});
  auto other = b.Dedupe("x/other", second, {1});
  b.Sink("out", {{other, 0}});
  auto plan = PlanPhysical(b.plan);
  EXPECT_EQ(Find(*plan, "x/first").inputs[0].exchange, Exchange::kHash);
  EXPECT_EQ(Find(*plan, "x/first").inputs[0].keys.size(), 1U);
  EXPECT_EQ(Find(*plan, "x/second").inputs[0].exchange, Exchange::kForward);
  EXPECT_EQ(Find(*plan, "x/other").inputs[0].exchange, Exchange::kHash);
  EXPECT_EQ(plan->num_chains, 3);
  EXPECT_EQ(Find(*plan, "x/other").chain, Find(*plan, "out").chain);
}

TEST(PhysicalPlanner, KeysSurviveAProjectionThatKeepsThem) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto first = b.Dedupe("x/first", source, {0});
  auto swapped = b.Project("x/select", first, {1, 0});
  auto node = std::make_unique<plan::DedupeNode>();
  node->keys = {plan::MakeColumn(1, "user", DataType::Int64())};
  node->schema = b.plan->at(swapped).schema;
  auto second = b.Add(std::move(node), "x/second", {{swapped, 0}});
  b.Sink("out", {{second, 0}});
  auto plan = PlanPhysical(b.plan);
  EXPECT_EQ(Find(*plan, "x/second").inputs[0].exchange, Exchange::kForward);
}

TEST(PhysicalPlanner, KeysThatAreDroppedNeedAnotherExchange) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto first = b.Dedupe("x/first", source, {0});
  auto page = b.Project("x/select", first, {1});
  auto node = std::make_unique<plan::DedupeNode>();
  node->keys = {plan::MakeColumn(0, "page", DataType::String())};
  node->schema = b.plan->at(page).schema;
  auto second = b.Add(std::move(node), "x/second", {{page, 0}});
  b.Sink("out", {{second, 0}});
  auto plan = PlanPhysical(b.plan);
  EXPECT_EQ(Find(*plan, "x/second").inputs[0].exchange, Exchange::kHash);
}

TEST(PhysicalPlanner, WithoutKeysAllRowsMeetOnOneWorker) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto node = std::make_unique<plan::AggregateNode>();
  node->schema = Schema::Make({{"n", DataType::Int64(), {}}});
  auto total = b.Add(std::move(node), "x/aggregate", {{source, 0}});
  b.Sink("out", {{total, 0}});
  auto plan = PlanPhysical(b.plan);
  EXPECT_EQ(Find(*plan, "x/aggregate").inputs[0].exchange, Exchange::kSingleton);
}

TEST(PhysicalPlanner, WhatLeadsNowhereIsLeftOut) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto unread = b.Dedupe("x/unread", source, {0});
  b.Sink("out", {{source, 0}});
  b.plan->streams["x"] = {unread, 0};
  EXPECT_EQ(PlanPhysical(b.plan)->nodes.size(), 2U);
  EXPECT_EQ(PlanPhysical(b.plan, {.keep_streams = true})->nodes.size(), 3U);
}

TEST(PhysicalPlanner, NoChainFeedsItself) {
  // The junction is reached directly from the source and, behind an exchange, from the dedupe.
  PlanBuilder b;
  auto source = b.Source("s");
  auto dedupe = b.Dedupe("x/dedupe", source, {0});
  auto junction = b.Union("both", {{source, 0}, {dedupe, 0}});
  b.Sink("out", {{junction, 0}});
  auto plan = PlanPhysical(b.plan);
  EXPECT_NE(Find(*plan, "s").chain, Find(*plan, "x/dedupe").chain);
  EXPECT_EQ(Find(*plan, "both").chain, Find(*plan, "x/dedupe").chain);
}

TEST(PhysicalPlanner, PreAggregationComesBeforeTheExchange) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto node = std::make_unique<plan::AggregateNode>();
  node->keys = {b.Column(1)};
  node->pre_aggregate = true;
  node->schema = Schema::Make({{"page", DataType::String(), {}}});
  auto counts = b.Add(std::move(node), "x/aggregate", {{source, 0}});
  b.Sink("out", {{counts, 0}});
  auto plan = PlanPhysical(b.plan, {.pre_aggregate = true});
  ASSERT_EQ(plan->nodes.size(), 4U);
  EXPECT_TRUE(plan->nodes[1].is_partial);
  EXPECT_EQ(plan->nodes[1].inputs[0].exchange, Exchange::kForward);
  const plan::PhysicalInput& after = plan->nodes[2].inputs[0];
  EXPECT_EQ(after.exchange, Exchange::kHash);
  EXPECT_EQ(after.keys[0]->index, 0);
}

}  // namespace
}  // namespace weir::planner
