#include "compiler/semantic/declare_catalog.h"

#include <gtest/gtest.h>

#include "tests/unit/compiler/semantic/declare_checked_text.h"

namespace weir::semantic {
namespace {

TEST(DeclareCatalog, NamesOnceAndKnown) {
  CheckedText checked;
  checked.Build(R"(pipeline p
schema A { x: int64 x: string }
schema A { y: int64 }
source s: B from kafka(topic: "t")
stream s
fn f(a: int64) = g(a)
fn g(a: int64) = f(a)
type T = list<T>
)");
  EXPECT_EQ(checked.Codes(), "F0102 F0102 F0101 F0102 F0103 F0103") << checked.Report();
}

TEST(DeclareCatalog, SuggestsTypesOfOtherLanguages) {
  CheckedText checked;
  checked.Build("pipeline p\nschema A { x: varchar y: timestmp z: decimal w: decimal(50, 2) }\n");
  EXPECT_EQ(checked.Report(),
            "F0101 there is no type `varchar`\n  help: here it is called `string`\n"
            "F0101 there is no type `timestmp`\n  here: did you mean `timestamp`?\n"
            "F0218 `decimal` is no type: say how many digits: `decimal(10, 2)`\n"
            "F0218 `decimal(50, 2)` is no type: the precision is 1 to 38 digits\n");
}

TEST(DeclareCatalog, SchemaKnowsItsFields) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(R"(pipeline p
@ignore_case
type Kind = enum("a", "b")
type Money = decimal(10, 2) where value >= 0
schema Base { id: uuid @subject  ... reject }
/// An order.
schema Order extends Base {
  kind: Kind = "a"
  total: Money = 1.50 where value < 100
  /// Where from.
  ip: ipv4? @pii(truncate: 24)
  mail: string @pii(hash)
  rest: map<string, string> = {}
  ... into rest
}
)"),
            "");
  ASSERT_EQ(checked.Report(), "");
  SchemaInfoPtr order = checked.catalog().FindSchema("Order");
  ASSERT_NE(order, nullptr);
  EXPECT_EQ(order->row_type.ToString(), "Order");
  ASSERT_EQ(order->fields.size(), 6u);
  EXPECT_TRUE(order->Find("id")->subject);
  EXPECT_TRUE(order->Find("kind")->type.ignore_case());
  EXPECT_EQ(order->Find("kind")->default_value->as_code(), 0);
  EXPECT_EQ(order->Find("total")->constraint_text, "value >= 0 and value < 100");
  ASSERT_NE(order->Find("total")->constraint, nullptr);
  EXPECT_EQ(order->Find("ip")->pii.truncate_bits, 24);
  EXPECT_EQ(order->Find("ip")->doc, "Where from.");
  EXPECT_EQ(order->Find("mail")->pii.mask, PiiTag::Mask::kHash);
  EXPECT_EQ(order->unknown_keys, plan::UnknownKeys::kCollect);
  EXPECT_EQ(order->collect_field, 5);
}

TEST(DeclareCatalog, DefaultsSatisfyTheirConstraint) {
  CheckedText checked;
  checked.Build("pipeline p\nschema A { x: int64 = -1 where value > 0  y: uint8 = 300 }\n");
  EXPECT_EQ(checked.Codes(), "F0220 F0202") << checked.Report();
}

TEST(DeclareCatalog, ModulesBringTypesAndFunctions) {
  CheckedText checked;
  ASSERT_EQ(checked.Build(R"(pipeline p
use std.errors.{DeadLetter}
use ecommerce.events as ec
stream dead: DeadLetter
stream events: ec.UserEvent
schema R { props: json tier: ec.Tier }
)"),
            "");
  EXPECT_EQ(checked.Report(), "");
  EXPECT_NE(checked.catalog().FindStream("dead")->schema, nullptr);
  EXPECT_NE(checked.catalog().FindStream("events")->schema, nullptr);
  EXPECT_EQ(checked.Bind("ec.amount_of(props)", "R")->type.ToString(), "decimal(10, 2)");
}

TEST(DeclareCatalog, ModulesThatAreNotThere) {
  CheckedText checked;
  checked.modules().Add("loop", "module loop\nuse loop as again\n");
  checked.Build(R"(pipeline p
use std.error.{DeadLetter}
use std.errors.{DedLetter}
use loop
stream dead: DeadLetter
)");
  EXPECT_EQ(checked.Codes(), "F0104 F0105 F0103") << checked.Report();
}

TEST(DeclareParams, DefaultProfileAndCommandLine) {
  const char* text = R"(pipeline p
param brokers: string = "localhost:9092"
param gap: duration = 30m
param rate: int64 = 10 where value > 0
param url: string = env("URL")
profile a default { brokers = "a:1" }
profile b extends a { gap = 5m }
)";
  CheckedText checked;
  checked.options.profile = "b";
  checked.options.params["rate"] = "7";
  ASSERT_EQ(checked.Build(text), "") << checked.Report();
  const Catalog& catalog = checked.catalog();
  EXPECT_EQ(catalog.FindParam("brokers")->value->as_string(), "a:1");
  EXPECT_EQ(catalog.FindParam("gap")->value->as_int64(), 300000000);
  EXPECT_EQ(catalog.FindParam("rate")->value->as_int64(), 7);
  EXPECT_TRUE(catalog.FindParam("url")->stand_in);
  EXPECT_EQ(checked.Report(), "");
}

TEST(DeclareParams, MistakesOfTheCommandLine) {
  auto build = [](auto set) {
    CheckedText checked;
    set(checked.options);
    return checked.Build("pipeline p\nparam rate: int64 = 1\nprofile dev { rate = 2 }\n");
  };
  EXPECT_EQ(build([](CompileOptions& options) { options.profile = "dex"; }),
            "there is no profile `dex`: did you mean `dev`?");
  EXPECT_EQ(build([](CompileOptions& options) { options.params["rat"] = "1"; }),
            "there is no parameter `rat`: did you mean `rate`?");
  EXPECT_EQ(build([](CompileOptions& options) { options.params["rate"] = "x"; }),
            "--param rate=x: not an int64");
}

TEST(DeclareParams, WhereIsChecked) {
  CheckedText checked;
  checked.Build(
      "pipeline p\nparam n: int64 = 0 where value > 0\nparam a: int64 = $b\nparam b: int64 = $a\n");
  EXPECT_EQ(checked.Codes(), "F0220 F0103") << checked.Report();
}

}  // namespace
}  // namespace weir::semantic
