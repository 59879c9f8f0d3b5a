#include "compiler/planner/plan_validator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/compiler/planner/plan_builder.h"

namespace weir::planner {
namespace {

using testing::HasSubstr;

TEST(PlanValidator, AcceptsASoundPlan) {
  PlanBuilder b;
  auto source = b.Source("s");
  b.Sink("out", {{b.Dedupe("x/dedupe", source, {0}), 0}});
  EXPECT_EQ(ValidateLogical(*b.plan).ToString(), "ok");
}

TEST(PlanValidator, RefusesColumnsOutsideTheInput) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto page = b.Project("x/select", source, {1});
  b.Sink("out", {{b.Dedupe("x/dedupe", page, {1}), 0}});
  EXPECT_THAT(ValidateLogical(*b.plan).message(), HasSubstr("x/dedupe reads column 1"));
}

TEST(PlanValidator, RefusesAPortThatIsNotThere) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto node = std::make_unique<plan::UnionNode>();
  b.Add(std::move(node), "both", {{source, 3}});
  EXPECT_THAT(ValidateLogical(*b.plan).message(), HasSubstr("port 3 of s"));
}

TEST(PlanValidator, RefusesTwoStatesOfOneName) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto first = b.Dedupe("x/dedupe", source, {0});
  b.Sink("out", {{b.Dedupe("x/dedupe", first, {1}), 0}});
  EXPECT_THAT(ValidateLogical(*b.plan).message(), HasSubstr("called x/dedupe"));
}

TEST(PlanValidator, RefusesInputsOfOtherColumns) {
  PlanBuilder b;
  auto source = b.Source("s");
  auto page = b.Project("x/select", source, {1});
  b.Union("both", {{source, 0}, {page, 0}});
  EXPECT_THAT(ValidateLogical(*b.plan).message(), HasSubstr("both takes"));
}

}  // namespace
}  // namespace weir::planner
