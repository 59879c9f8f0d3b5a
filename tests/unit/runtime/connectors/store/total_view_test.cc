// Which materialized views need no rehearsal: those that plainly have a result for every row.
#include "runtime/connectors/store/total_view.h"

#include <gmock/gmock.h>

#include "tests/unit/runtime/connectors/store/store_fixture.h"

namespace weir {
namespace {

class TotalViewTest : public StoreFixture {
 protected:
  void SetUp() override {
    StoreFixture::SetUp();
    if (IsSkipped()) return;
    Ask("CREATE TABLE things (n Int64, t DateTime64(6), s String, e LowCardinality(String), d "
        "Decimal(10, 2), m Nullable(Int64)) ENGINE = MergeTree ORDER BY n");
  }

  bool IsTotal(const std::string& target_columns, const std::string& select) {
    Ask("DROP TABLE IF EXISTS feed");
    Ask("DROP TABLE IF EXISTS target");
    Ask("CREATE TABLE target (" + target_columns + ") ENGINE = MergeTree ORDER BY tuple()");
    // As the engine shows it, as in a rehearsal.
    const std::string made = Ask("CREATE MATERIALIZED VIEW feed TO target AS " + select);
    EXPECT_EQ(made, "") << select;
    Result<std::shared_ptr<ChdbDatabase>> database = ChdbDatabase::Open(Folder());
    if (!database.ok()) return false;
    const std::string shown =
        *(*database)->Query("SELECT as_select FROM system.tables WHERE name = 'feed'", "TSVRaw");
    const Result<bool> total =
        IsTotalView(**database, shown, {"default", "things", "default", "target"});
    EXPECT_TRUE(total.ok()) << total.status().ToString();
    return total.ok() && *total;
  }
};

TEST_F(TotalViewTest, CountsStatesAndTimesOfColumnsAreTotal) {
  EXPECT_TRUE(
      IsTotal("day Date, e LowCardinality(String), c SimpleAggregateFunction(sum, UInt64), "
              "u AggregateFunction(uniq, Int64)",
              "SELECT toDate(t) AS day, e, countIf(s = 'a') AS c, uniqState(n) AS u FROM "
              "things WHERE things.m IS NOT NULL GROUP BY day, e"));
  EXPECT_TRUE(IsTotal("a Float64",
                      "SELECT avg(toFloat64OrZero(JSONExtractString(s, 'x'))) AS a "
                      "FROM things"));
}

TEST_F(TotalViewTest, WhatMayFailIsNot) {
  EXPECT_FALSE(IsTotal("x UInt8", "SELECT throwIf(n = 7) AS x FROM things"));
  EXPECT_FALSE(IsTotal("x Int32", "SELECT toInt32(s) AS x FROM things"));
  EXPECT_FALSE(IsTotal("day Date", "SELECT toDate(s) AS day FROM things"));
  EXPECT_FALSE(IsTotal("day Date", "SELECT toDate(t) AS day FROM (SELECT s AS t FROM things)"));
  EXPECT_FALSE(IsTotal("x Int64", "SELECT intDiv(n, n) AS x FROM things"));
  EXPECT_FALSE(IsTotal("x Decimal(18, 4)", "SELECT d * d AS x FROM things"));
  EXPECT_FALSE(IsTotal("x Int64", "SELECT s::Int64 AS x FROM things"));
  EXPECT_FALSE(IsTotal("x Int64", "SELECT CAST(s, 'Int64') AS x FROM things"));
  EXPECT_FALSE(
      IsTotal("n Int64", "SELECT a.n AS n FROM things AS a JOIN things AS b ON a.n = b.n"));
}

TEST_F(TotalViewTest, ATargetThatMayRefuseIsNot) {
  // The value has to become another type, which a text or a null can't always.
  EXPECT_FALSE(IsTotal("s Int64", "SELECT s FROM things"));
  EXPECT_FALSE(IsTotal("m Int64", "SELECT m FROM things"));
  EXPECT_FALSE(IsTotal("n Int64, CONSTRAINT few CHECK n != 150", "SELECT n FROM things"));
  EXPECT_FALSE(IsTotal("n Int64, x Int64 MATERIALIZED intDiv(n, n)", "SELECT n FROM things"));
  EXPECT_TRUE(IsTotal("n Int64", "SELECT n FROM things"));
}

TEST_F(TotalViewTest, WithoutNeedThereAreNoCopies) {
  SinkRequest request = Request(Schema::Make({{"n", DataType::Int64(), {}}}));
  Ask("CREATE TABLE plain (n Int64) ENGINE = MergeTree ORDER BY tuple()");
  Ask("CREATE TABLE counts (c UInt64) ENGINE = MergeTree ORDER BY c");
  Ask("CREATE MATERIALIZED VIEW counted TO counts AS SELECT count() AS c FROM plain");
  options_->Set("table", Value::String("plain"));
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  EXPECT_EQ(Ask("SELECT count() FROM system.databases WHERE name LIKE '_weir%'"), "0\n");
  CloseSink();
  Ask("CREATE MATERIALIZED VIEW failing TO counts AS SELECT intDiv(1, n) AS c FROM plain");
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  EXPECT_EQ(Ask("SELECT count() FROM system.databases WHERE name LIKE '_weir%'"), "1\n");
}

}  // namespace
}  // namespace weir
