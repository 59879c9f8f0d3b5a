// Materialized views of a DDL file that fail for a row: the row is refused, its neighbours are
// stored once, in the table and in every view.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/runtime/connectors/store/store_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class StoreViewTest : public StoreFixture {
 protected:
  Status Open(const std::string& ddl) {
    const SinkRequest request = Request(schema_);
    std::filesystem::create_directories(Folder("ddl"));
    const std::string path = Folder("ddl") + "/t.sql";
    std::ofstream(path) << ddl;
    options_->Set("ddl", Value::String(path));
    return OpenSink(request);
  }
  /// Stores 0 to 299; what was refused.
  std::vector<std::string> Store300() {
    std::vector<std::vector<Value>> rows;
    for (int64_t i = 0; i < 300; ++i) rows.push_back({Value::Int64(i)});
    EXPECT_TRUE(writer_->Append(Batch(schema_, rows)).ok());
    std::vector<std::string> found;
    for (const RefusedRow& row : DeliverAll()) {
      found.push_back(row.code + " " + row.batch.column(0)->ValueAt(row.row).ToString());
      messages_ += row.message;
    }
    return found;
  }

  const SchemaPtr schema_ = Schema::Make({{"n", DataType::Int64(), {}}});
  std::string messages_;
};

constexpr const char* kTable = "CREATE TABLE things (n Int64) ENGINE = MergeTree ORDER BY n;";

TEST_F(StoreViewTest, ARowForWhichAViewFailsIsRefusedAndTheOthersAreStoredOnce) {
  ASSERT_EQ(Open(std::string(kTable) +
                 "CREATE TABLE a (tens Int64, c UInt64) ENGINE = SummingMergeTree ORDER BY tens;"
                 "CREATE TABLE b (tens Int64, c UInt64) ENGINE = SummingMergeTree ORDER BY tens;"
                 "CREATE MATERIALIZED VIEW a_feed TO a AS SELECT intDiv(n, 10) AS tens, count() AS "
                 "c FROM things GROUP BY tens;"
                 "CREATE MATERIALIZED VIEW b_feed TO b AS SELECT intDiv(n, 10) AS tens, "
                 "sum(throwIf(things.n % 100 = 7, 'seven') + 1) AS c FROM things GROUP BY tens;")
                .ToString(),
            "ok");
  EXPECT_THAT(Store300(), UnorderedElementsAre("refused_by_table 7", "refused_by_table 107",
                                               "refused_by_table 207"));
  EXPECT_THAT(messages_, HasSubstr("seven"));
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "297\t297\n");
  EXPECT_EQ(Ask("SELECT sum(c) FROM a"), "297\n");
  EXPECT_EQ(Ask("SELECT sum(c) FROM b"), "297\n");
  // The next run, with views that are there already.
  CloseSink();
  ASSERT_EQ(OpenSink([&] {
              SinkRequest request = Request(schema_);
              options_->Set("ddl", Value::String(Folder("ddl") + "/t.sql"));
              return request;
            }())
                .ToString(),
            "ok");
  EXPECT_THAT(Store300(), testing::SizeIs(3));
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "594\t297\n");
  EXPECT_EQ(Ask("SELECT sum(c) FROM b"), "594\n");
}

/// A view over what another view stores, one with a table of its own, one that reads another table,
/// and a target with a constraint.
TEST_F(StoreViewTest, ViewsBehindViewsAreTriedToo) {
  ASSERT_EQ(
      Open(
          std::string(kTable) +
          "CREATE TABLE names (n Int64, name String) ENGINE = MergeTree ORDER BY n;"
          "CREATE TABLE a (n Int64, name String, CONSTRAINT few CHECK n != 150) ENGINE = MergeTree "
          "ORDER BY n;"
          "CREATE MATERIALIZED VIEW a_feed TO a AS WITH picked AS (SELECT n FROM things) SELECT "
          "picked.n AS n, names.name AS name FROM picked LEFT JOIN names USING (n);"
          "CREATE MATERIALIZED VIEW b ENGINE = MergeTree ORDER BY x AS SELECT toInt32(name) AS x "
          "FROM a WHERE name != '';")
          .ToString(),
      "ok");
  Ask("INSERT INTO names VALUES (5, '55'), (6, 'six')");
  EXPECT_THAT(Store300(), UnorderedElementsAre("refused_by_table 6", "refused_by_table 150"));
  EXPECT_THAT(messages_, HasSubstr("six"));
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "298\t298\n");
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM a"), "298\t298\n");
  EXPECT_EQ(Ask("SELECT x FROM b"), "55\n");
}

/// What only fails when it is really stored: the table has the rows then, and nothing repeats them.
TEST_F(StoreViewTest, AViewThatFailsAfterTheTableTookTheRowsEndsTheSink) {
  ASSERT_EQ(Open(std::string(kTable) +
                 "CREATE TABLE a (n Int64) ENGINE = MergeTree ORDER BY n PARTITION BY "
                 "throwIf(n = 7, 'no partition');"
                 "CREATE MATERIALIZED VIEW a_feed TO a AS SELECT n FROM things;")
                .ToString(),
            "ok");
  std::vector<std::vector<Value>> rows;
  for (int64_t i = 0; i < 20; ++i) rows.push_back({Value::Int64(i)});
  ASSERT_TRUE(writer_->Append(Batch(schema_, rows)).ok());
  ASSERT_TRUE(writer_->Freeze(1).ok());
  std::vector<RefusedRow> refused;
  Status status;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (status.ok() && std::chrono::steady_clock::now() < deadline) {
    status = writer_->Deliver(refused);
    std::this_thread::yield();
  }
  EXPECT_EQ(status.code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(status.message(), HasSubstr("a_feed"));
  EXPECT_THAT(status.message(), HasSubstr("no partition"));
  EXPECT_TRUE(refused.empty());
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "20\t20\n");
}

}  // namespace
}  // namespace weir
