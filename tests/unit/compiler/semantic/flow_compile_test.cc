#include "compiler/semantic/flow_compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/dead_letter_schema.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "tests/unit/compiler/semantic/compiled_text.h"

namespace weir::semantic {
namespace {

using plan::LogicalPlan;

constexpr const char* kHead = R"(pipeline shop { errors -> rejected }
use std.errors.{DeadLetter}
schema Click {
  at: timestamp
  user: string @pii(hash)
  page: string?
  millis: int64
}
source clicks: Click
  from file(path: "clicks.jsonl")
  time at watermark lag 1s
  on error -> rejected
stream rejected: DeadLetter
from rejected |> into console() pii masked
)";

class FlowCompile : public testing::Test {
 protected:
  const LogicalPlan& Compile(const std::string& body) {
    EXPECT_TRUE(compiled_.Compile("test.flow", kHead + body)) << compiled_.usage_error;
    EXPECT_NE(compiled_.pipeline().logical, nullptr) << compiled_.Report();
    static const LogicalPlan empty;
    return compiled_.pipeline().logical ? *compiled_.pipeline().logical : empty;
  }

  template <typename Node>
  static const Node* Find(const LogicalPlan& plan, const std::string& name) {
    for (const auto& node : plan.nodes) {
      if (node != nullptr && node->name == name) return dynamic_cast<const Node*>(node.get());
    }
    return nullptr;
  }

  CompiledText compiled_;
};

TEST_F(FlowCompile, TheModuleDeclaresTheRowsThatTheEngineMakes) {
  Compile("from clicks |> into console() pii masked\n");
  for (const auto& [name, schema] : {std::pair("DeadLetter", plan::DeadLetterSchema()),
                                     std::pair("FailedWrite", plan::FailedWriteSchema())}) {
    CompiledText module;
    module.Compile("m.flow",
                   std::string("use std.errors.{") + name + "}\nstream x: " + name + "\n");
    SchemaInfoPtr declared = module.pipeline().catalog->FindSchema(name);
    ASSERT_NE(declared, nullptr) << name;
    ASSERT_EQ(declared->schema->num_fields(), schema->num_fields());
    for (int i = 0; i < schema->num_fields(); ++i) {
      EXPECT_EQ(declared->schema->field(i).name, schema->field(i).name);
      EXPECT_EQ(declared->schema->field(i).type, schema->field(i).type) << schema->field(i).name;
    }
  }
}

TEST_F(FlowCompile, StagesAreNamedAfterTheirStream) {
  const LogicalPlan& plan = Compile(R"(
stream seen = from clicks |> once: dedupe by user within 1h else discard "seen" |> where millis > 1
from seen |> into console() pii masked
)");
  const auto* dedupe = Find<plan::DedupeNode>(plan, "seen/once");
  ASSERT_NE(dedupe, nullptr);
  EXPECT_EQ(dedupe->duplicate.kind, plan::Route::Kind::kDiscard);
  EXPECT_EQ(dedupe->error.kind, plan::Route::Kind::kTo);
  EXPECT_EQ(dedupe->error.shape, plan::Route::Shape::kDeadLetter);
  EXPECT_NE(Find<plan::FilterNode>(plan, "seen/where"), nullptr);
  EXPECT_EQ(plan.streams.at("seen").node, Find<plan::FilterNode>(plan, "seen/where")->id);
}

TEST_F(FlowCompile, WindowsGiveUpsertsUnlessOnlyFinalRowsLeave) {
  const LogicalPlan& plan = Compile(R"(
stream early = from clicks
  |> counts: aggregate n = count() by user over tumbling 1m emit on close, every 10s
     late after 1m -> rejected
stream final = from early |> where window_closed |> select user, n
from final |> into console() pii masked
from early |> into console() pii masked
)");
  const auto* counts = Find<plan::AggregateNode>(plan, "early/counts");
  ASSERT_NE(counts, nullptr);
  EXPECT_TRUE(counts->mode.upsert);
  EXPECT_EQ(counts->mode.key, (std::vector<int>{0, 1}));
  EXPECT_EQ(counts->mode.closed_column, 3);
  EXPECT_EQ(counts->late.kind, plan::Route::Kind::kTo);
  EXPECT_FALSE(Find<plan::FilterNode>(plan, "final/where")->mode.upsert);
}

TEST_F(FlowCompile, UntypedJunctionsTakeTheirRows) {
  const LogicalPlan& plan = Compile(R"(
stream slow
from clicks |> route {
  when millis > 1000 -> slow
  else discard "fast"
}
from slow |> select user, millis |> into console() pii masked
)");
  const auto* junction = Find<plan::UnionNode>(plan, "slow");
  ASSERT_NE(junction, nullptr);
  EXPECT_TRUE(junction->junction);
  EXPECT_EQ(junction->schema->num_fields(), 4);
  const auto* route = Find<plan::RouteNode>(plan, "clicks/route");
  ASSERT_NE(route, nullptr);
  EXPECT_EQ(route->arms[0].route.shape, plan::Route::Shape::kFields);
  EXPECT_EQ(route->arms[0].route.fields, (std::vector<int>{0, 1, 2, 3}));
}

TEST_F(FlowCompile, SessionProgramsAreLowered) {
  const LogicalPlan& plan = Compile(R"(
from clicks
  |> visit: session by user gap 30m max 12h
       state { n: int64 = 0 merge sum  first: string? merge first }
       on event e {
         n += 1
         first ?= e.page
         match e.millis { 0..10 -> n += 1  else -> {} }
       }
       output { user  n  first  started = session.start  done = session.closed }
       emit on close, every 10s
       late after 1m -> rejected
  |> into console() pii masked
)");
  const auto* session = Find<plan::SessionNode>(plan, "clicks/visit");
  ASSERT_NE(session, nullptr);
  EXPECT_EQ(session->program.registers.events, 4);
  EXPECT_EQ(session->program.on_event.size(), 3U);
  EXPECT_EQ(session->program.on_event[1].kind, plan::Statement::Kind::kIf);
  EXPECT_EQ(session->mode.key, (std::vector<int>{0, 3}));
  EXPECT_EQ(session->mode.closed_column, 4);
}

TEST_F(FlowCompile, MaskedSinksGetMaskedColumns) {
  const LogicalPlan& plan = Compile(R"(
sink out to file(path: "out.jsonl") pii masked
from clicks |> into out
)");
  const auto* sink = Find<plan::SinkNode>(plan, "out");
  ASSERT_NE(sink, nullptr);
  EXPECT_EQ(plan.at(sink->inputs[0].node).name, "out/mask");
  EXPECT_FALSE(sink->row->field(1).pii.is_set());
}

TEST_F(FlowCompile, TestsBecomeData) {
  Compile(R"(
stream seen = from clicks |> once: dedupe by user within 1h else discard "seen"
from seen |> into console() pii masked
fixture click: Click = { at: @2026-01-01T10:00:00Z, user: "a", millis: 5 }
test "twice" {
  given clicks [click, click with { millis: 7 }, '{"broken']
  advance by 1m
  expect seen [{ user: click.user, millis: 5 }]
  expect that seen.once.discarded == 1 and rejected.rows == 1
}
)");
  const plan::TestProgram& tests = compiled_.pipeline().tests;
  ASSERT_EQ(tests.tests.size(), 1U);
  const auto& steps = tests.tests[0].steps;
  ASSERT_EQ(steps.size(), 4U);
  ASSERT_EQ(steps[0].records.size(), 3U);
  EXPECT_EQ(steps[0].records[0].text,
            R"({"at":"2026-01-01T10:00:00.000000Z","user":"a","millis":5})");
  EXPECT_TRUE(steps[0].records[2].raw);
  EXPECT_EQ(steps[1].by, 60 * kMicrosPerSecond);
  EXPECT_EQ(steps[2].rows[0].columns, (std::vector<int>{1, 3}));
  ASSERT_EQ(steps[3].metrics.size(), 2U);
  EXPECT_EQ(steps[3].metrics[0].node, "seen/once");
}

}  // namespace
}  // namespace weir::semantic
