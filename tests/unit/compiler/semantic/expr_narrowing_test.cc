#include "compiler/semantic/expr_narrowing.h"

#include <gtest/gtest.h>

#include "compiler/semantic/expr_taint.h"
#include "tests/unit/compiler/semantic/declare_checked_text.h"

namespace weir::semantic {
namespace {

constexpr const char* kRow = R"(pipeline p
schema R {
  a: int64?  b: int64?  c: string
  geo: struct { country: string? }?
  ip: ipv4? @pii(truncate: 24)
  mail: string @pii(redact)
}
)";

class ExprNarrowing : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(checked_.Build(kRow), ""); }
  std::string Narrowed(const std::string& condition) {
    plan::ExprPtr bound = checked_.Bind(condition, "R");
    SchemaPtr schema =
        NarrowSchema(checked_.catalog().FindSchema("R")->schema, NarrowedBy(*bound, true));
    std::string names;
    for (const Field& field : schema->fields()) {
      if (field.type.optional()) names += field.name + " ";
    }
    return names;
  }
  CheckedText checked_;
};

TEST_F(ExprNarrowing, WhereMakesColumnsRequired) {
  EXPECT_EQ(Narrowed("a is not null"), "b geo ip ");
  EXPECT_EQ(Narrowed("a is not null and b is not null"), "geo ip ");
  EXPECT_EQ(Narrowed("a is not null or b is not null"), "a b geo ip ");
  EXPECT_EQ(Narrowed("not (a is null or b is null)"), "geo ip ");
  EXPECT_EQ(Narrowed("a == 5"), "b geo ip ");
  EXPECT_EQ(Narrowed("a == b"), "a b geo ip ");
  EXPECT_EQ(Narrowed("(a > 5) ?? false"), "b geo ip ");
  EXPECT_EQ(Narrowed("geo?.country is not null"), "a b ip ");
  EXPECT_EQ(checked_.Report(), "");
}

TEST_F(ExprNarrowing, MembersNarrowInsideTheirStruct) {
  plan::ExprPtr bound = checked_.Bind("geo?.country is not null", "R");
  SchemaPtr schema =
      NarrowSchema(checked_.catalog().FindSchema("R")->schema, NarrowedBy(*bound, true));
  EXPECT_FALSE(schema->field(3).type.optional());
  EXPECT_FALSE(schema->field(3).type.fields()[0].type.optional());
}

TEST_F(ExprNarrowing, AssignmentsForget) {
  Scope outer = checked_.ScopeOf("R");
  outer.Learn(NarrowedBy(*checked_.Bind("a is not null", "R"), true));
  EXPECT_EQ(checked_.BindIn("a", outer)->type.ToString(), "int64");
  Scope inner(&outer);
  inner.Forget(0);
  EXPECT_EQ(checked_.BindIn("a", inner)->type.ToString(), "int64?");
  EXPECT_EQ(checked_.BindIn("a", outer)->type.ToString(), "int64");
}

TEST_F(ExprNarrowing, TaintFollowsValues) {
  using Mask = PiiTag::Mask;
  auto mask = [&](const std::string& text) {
    return TaintOf(*checked_.Bind(text, "R"), checked_.ScopeOf("R")).mask;
  };
  EXPECT_EQ(mask("ip"), Mask::kTruncate);
  EXPECT_EQ(mask("f\"from {ip}\""), Mask::kRedact);
  EXPECT_EQ(mask("ip is null"), Mask::kNone);
  EXPECT_EQ(mask("upper(mail)"), Mask::kRedact);
  EXPECT_EQ(mask("sha256(mail)"), Mask::kNone);
  EXPECT_EQ(mask("if mail == 'x' then c else 'y'"), Mask::kNone);
  EXPECT_EQ(mask("if c == 'x' then mail else 'y'"), Mask::kRedact);
}

}  // namespace
}  // namespace weir::semantic
