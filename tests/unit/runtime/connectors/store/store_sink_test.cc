// The connector on the real engine: shapes of tables, units, refusals, what does not fit.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/runtime/connectors/store/store_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;

SchemaPtr Things() {
  return Schema::Make({{"at", DataType::Timestamp(), {}},
                       {"name", DataType::String(), {}},
                       {"price", DataType::Decimal(10, 2).AsOptional(), {}}});
}

std::vector<Value> Thing(int64_t second, const std::string& name, int64_t cents = -1) {
  return {Value::Timestamp(second * kMicrosPerSecond), Value::String(name),
          cents < 0 ? Value::Null() : Value::Decimal(cents, 10, 2)};
}

class StoreSinkTest : public StoreFixture {
 protected:
  std::string Ddl(const std::string& text) {
    std::filesystem::create_directories(Folder("ddl"));
    const std::string path = Folder("ddl") + "/t.sql";
    std::ofstream(path) << text;
    return path;
  }
};

TEST_F(StoreSinkTest, RowsPileUpInATableMadeFromTheRow) {
  const SchemaPtr schema = Things();
  ASSERT_EQ(OpenSink(Request(schema)).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(2, "b", 150), Thing(1, "a")})).ok());
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(3, "c")}).WithSelection(RowIndices{0})).ok());
  EXPECT_TRUE(DeliverAll().empty());
  EXPECT_EQ(Ask("SELECT * FROM things ORDER BY name"),
            "1970-01-01 00:00:01.000000\ta\t\\N\n1970-01-01 00:00:02.000000\tb\t1.5\n"
            "1970-01-01 00:00:03.000000\tc\t\\N\n");
  EXPECT_EQ(Ask("SELECT engine, sorting_key FROM system.tables WHERE name = 'things'"),
            "MergeTree\t(at)\n");
  CloseSink();
  // The next run goes on with the same table.
  ASSERT_EQ(OpenSink(Request(schema)).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(4, "d")})).ok());
  DeliverAll();
  EXPECT_EQ(Ask("SELECT count() FROM things"), "4\n");
}

TEST_F(StoreSinkTest, ADdlFileMakesTablesAndViewsForOneServer) {
  const SchemaPtr schema = Things();
  const SinkRequest request = Request(schema);
  options_->Set("table", Value::String("sold"));
  options_->Set(
      "ddl",
      Value::String(Ddl(
          "-- sold; things\n"
          "CREATE TABLE sold (name LowCardinality(String), at DateTime64(3), price "
          "Nullable(Decimal(10, 2)), stored DateTime DEFAULT now(), note Nullable(String))\n"
          "ENGINE = ReplicatedMergeTree('/t/{shard}', '{replica}') ORDER BY at;\n"
          "CREATE TABLE sums (day Date, sold SimpleAggregateFunction(sum, UInt64)) ENGINE = "
          "ReplicatedAggregatingMergeTree ORDER BY day SETTINGS replicated_deduplication_window = "
          "7;\n"
          "CREATE MATERIALIZED VIEW feed TO sums AS SELECT toDate(at) AS day, count() AS sold FROM "
          "sold GROUP BY day;")));
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(86'399, "a", 5), Thing(86'400, "b", 6)})).ok());
  DeliverAll();
  EXPECT_EQ(Ask("SELECT name, at, price, stored > '2020-01-01', note FROM sold ORDER BY at"),
            "a\t1970-01-01 23:59:59.000\t0.05\t1\t\\N\nb\t1970-01-02 00:00:00.000\t0.06\t1\t\\N\n");
  EXPECT_EQ(Ask("SELECT * FROM sums FINAL ORDER BY day"), "1970-01-01\t1\n1970-01-02\t1\n");
  // Both know repeats, the first because the store said so.
  EXPECT_EQ(Ask("SELECT count() FROM system.tables WHERE name IN ('sold', 'sums') AND "
                "create_table_query LIKE '%non_replicated_deduplication_window%'"),
            "2\n");
  CloseSink();
  EXPECT_EQ(OpenSink(request).ToString(), "ok");  // what is there stays
}

TEST_F(StoreSinkTest, ADdlThatTheEngineRefusesIsNamedWithItsLine) {
  const SinkRequest request = Request(Things());
  options_->Set("ddl", Value::String(Ddl("CREATE TABLE ok (a Int8) ENGINE = Log;\n\n"
                                         "CREATE TABLE things (a Strin) ENGINE = Log;")));
  const std::string message = OpenSink(request).message();
  EXPECT_THAT(message, HasSubstr("t.sql:3: CREATE things: "));
  EXPECT_THAT(message, HasSubstr("Strin"));
  options_->Set("ddl", Value::String(Ddl("DROP TABLE things")));
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("t.sql:1: the store runs CREATE statements"));
  options_->Set("ddl", Value::String("/nowhere.sql"));
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("the file /nowhere.sql of `ddl`"));
  options_->Set("ddl", Value::String(Ddl("CREATE TABLE other (a Int8) ENGINE = Log")));
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("there is no table things in"));
}

TEST_F(StoreSinkTest, ARowThatDoesNotFitTheTableIsShownBesideIt) {
  const SinkRequest request = Request(Things());
  options_->Set("ddl",
                Value::String(Ddl(
                    "CREATE TABLE things (at DateTime64(6), name UUID, extra Int8) ENGINE = Log")));
  const std::string message = OpenSink(request).message();
  EXPECT_THAT(message, HasSubstr("the table has no column price"));
  EXPECT_THAT(message, HasSubstr("column name: string can't be stored as UUID"));
  EXPECT_THAT(message, HasSubstr("the row has no extra, which has no DEFAULT"));
  EXPECT_THAT(message, HasSubstr("row:   at: timestamp, name: string, price: decimal(10, 2)?"));
  EXPECT_THAT(message, HasSubstr("table: at DateTime64(6), name UUID, extra Int8"));
}

TEST_F(StoreSinkTest, ATableOfAnotherProgramIsNotUsed) {
  ASSERT_EQ(OpenSink(Request(Things())).ToString(), "ok");
  CloseSink();
  SinkRequest request = Request(Things());
  request.upsert = true;
  request.key = {1};
  EXPECT_THAT(OpenSink(request).message(),
              HasSubstr("the table things is there already, as MergeTree ORDER BY (at); this "
                        "pipeline needs ReplacingMergeTree ORDER BY (name): drop it"));
}

TEST_F(StoreSinkTest, RowsOfAKeyReplaceEachOtherAlsoInTheNextRun) {
  SchemaPtr schema = Schema::Make({{"user", DataType::String(), {}}, {"n", DataType::Int64(), {}}});
  SinkRequest request = Request(schema);
  request.row_options = {{"key", 2, DataType::String()}};
  options_->Set("ttl", Value::Duration(3600 * kMicrosPerSecond));
  // The engine's own clock decides what has expired, and this must not have.
  ManualClock future(3'800'000'000 * kMicrosPerSecond);
  request.clock = &future;
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  const SchemaPtr given = Schema::Make({{"user", DataType::String(), {}},
                                        {"n", DataType::Int64(), {}},
                                        {"key", DataType::String(), {}}});
  const auto row = [](const char* user, int64_t n) {
    return std::vector<Value>{Value::String(user), Value::Int64(n),
                              Value::String(std::string("user:") + user)};
  };
  ASSERT_TRUE(writer_->Append(Batch(given, {row("a", 1), row("b", 1), row("a", 2)})).ok());
  ASSERT_TRUE(writer_->Append(Batch(given, {row("b", 7)})).ok());
  DeliverAll();
  const std::string select = "SELECT key, user, n, expires_at FROM things FINAL ORDER BY key";
  EXPECT_EQ(Ask(select),
            "user:a\ta\t2\t2090-06-01 12:33:20.000000\nuser:b\tb\t7\t2090-06-01 "
            "12:33:20.000000\n");
  CloseSink();
  ManualClock set_back(3'500'000'000 * kMicrosPerSecond);  // must not make new rows the older ones
  request.clock = &set_back;
  request.incarnation = "later";
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(given, {row("a", 3)})).ok());
  DeliverAll();
  EXPECT_EQ(Ask("SELECT n FROM things FINAL WHERE key = 'user:a'"), "3\n");
}

TEST_F(StoreSinkTest, AKeyClauseIsAKeyAlsoForRowsThatAreFinal) {
  const SchemaPtr schema = Things();
  SinkRequest request = Request(schema);
  request.key = {1};  // `key name`
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(1, "a", 100), Thing(2, "b", 200)})).ok());
  DeliverAll();
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(3, "a", 300)})).ok());
  DeliverAll();
  EXPECT_EQ(Ask("SELECT name, price FROM things FINAL ORDER BY name"), "a\t3\nb\t2\n");
  EXPECT_EQ(Ask("SELECT engine, sorting_key FROM system.tables WHERE name = 'things'"),
            "ReplacingMergeTree\t(name)\n");
}

TEST_F(StoreSinkTest, AnOlderVersionNeverReplacesANewerOne) {
  const SchemaPtr schema = Schema::Make({{"n", DataType::Int64(), {}}});
  SinkRequest request = Request(schema);
  request.row_options = {{"key", 1, DataType::String()},
                         {"version", 2, DataType::Timestamp()},
                         {"value", 3, DataType::Int64()}};
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  const SchemaPtr given = Schema::Make({{"n", DataType::Int64(), {}},
                                        {"key", DataType::String(), {}},
                                        {"version", DataType::Timestamp(), {}},
                                        {"value", DataType::Int64(), {}}});
  for (const int64_t version : {5, 3}) {
    ASSERT_TRUE(writer_
                    ->Append(Batch(given, {{Value::Int64(0), Value::String("k"),
                                            Value::Timestamp(version), Value::Int64(version)}}))
                    .ok());
    DeliverAll();
  }
  EXPECT_EQ(Ask("SELECT key, value FROM things FINAL"), "k\t5\n");
  EXPECT_EQ(Ask("SELECT name FROM system.columns WHERE table = 'things' ORDER BY position"),
            "key\nvalue\n_version\n");
}

TEST_F(StoreSinkTest, CopiesOfAViewFollowUpsertsAndDeletes) {
  const SchemaPtr schema =
      Schema::Make({{"day", DataType::Of(TypeKind::kDate), {}},
                    {"tier", DataType::Enum({"gold", "iron"}).AsOptional(), {}},
                    {"count", DataType::Int64(), {}}});
  SinkRequest request = Request(schema);
  request.upsert = true;
  request.key = {0, 1};
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  const DataType tier = DataType::Enum({"gold", "iron"});
  const auto row = [&](int64_t day, int code, int64_t count) {
    return std::vector<Value>{Value(DataType::Of(TypeKind::kDate), day),
                              code < 0 ? Value::Null() : Value(tier, static_cast<uint16_t>(code)),
                              Value::Int64(count)};
  };
  ASSERT_TRUE(writer_
                  ->Append(Batch(schema, {row(1, 0, 1), row(1, 1, 1), row(2, -1, 4)},
                                 {false, false, false}))
                  .ok());
  DeliverAll();
  ASSERT_TRUE(writer_->Append(Batch(schema, {row(1, 0, 2), row(1, 1, 0)}, {false, true})).ok());
  DeliverAll();
  const std::string rows = "1970-01-02\tgold\t2\n1970-01-03\t\\N\t4\n";
  EXPECT_EQ(Ask("SELECT * FROM things FINAL ORDER BY day, tier"), rows);  // without _version
  const std::string select =
      "SELECT day, tier, count FROM things ORDER BY day, tier SETTINGS final = 1";
  EXPECT_EQ(Ask(select), rows);
  Ask("OPTIMIZE TABLE things FINAL");
  EXPECT_EQ(Ask(select), rows);
  ASSERT_TRUE(writer_->Append(Batch(schema, {row(1, 1, 9)}, {false})).ok());
  DeliverAll();
  EXPECT_EQ(Ask("SELECT count FROM things FINAL WHERE tier = 'iron'"), "9\n");
}

TEST_F(StoreSinkTest, RowsThatTheTableRefusesAreFoundAndTheOthersStored) {
  const SchemaPtr schema = Schema::Make({{"n", DataType::Int64(), {}}});
  const SinkRequest request = Request(schema);
  options_->Set("ddl", Value::String(Ddl("CREATE TABLE things (n Int16, CONSTRAINT odd CHECK n % "
                                         "100 != 7) ENGINE = MergeTree ORDER "
                                         "BY n")));
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  std::vector<std::vector<Value>> rows;
  for (int64_t i = 0; i < 300; ++i) rows.push_back({Value::Int64(i)});
  rows[50] = {Value::Int64(40'000)};  // does not even fit the column
  ASSERT_TRUE(writer_->Append(Batch(schema, rows)).ok());
  const std::vector<RefusedRow> refused = DeliverAll();
  std::vector<std::string> found;
  for (const RefusedRow& row : refused) {
    found.push_back(row.code + " " + row.batch.column(0)->ValueAt(row.row).ToString());
    EXPECT_EQ(row.batch.num_columns(), 1);
  }
  EXPECT_THAT(found, testing::UnorderedElementsAre("does_not_fit 40000", "refused_by_table 7",
                                                   "refused_by_table 107", "refused_by_table 207"));
  EXPECT_THAT(refused.back().message, HasSubstr("Constraint `odd`"));
  EXPECT_EQ(Ask("SELECT count(), uniqExact(n) FROM things"), "296\t296\n");
}

TEST_F(StoreSinkTest, UnitsAreCutByRowsAndByTime) {
  const SchemaPtr schema = Things();
  SinkRequest request = Request(schema);
  request.batch_rows = 3;
  request.batch_time = 2 * kMicrosPerSecond;
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  std::vector<RefusedRow> refused;
  const auto barrier = [&] {
    EXPECT_TRUE(writer_->Freeze(1).ok());
    EXPECT_TRUE(writer_->Deliver(refused).ok());
  };
  const auto wait_for = [&](const std::string& count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline &&
           Ask("SELECT count() FROM things") != count + "\n") {
      std::this_thread::yield();
    }
    EXPECT_EQ(Ask("SELECT count() FROM things"), count + "\n");
  };
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(1, "a"), Thing(2, "b")})).ok());
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(3, "c"), Thing(4, "d")})).ok());
  EXPECT_EQ(Ask("SELECT count() FROM things"), "0\n");  // no barrier yet
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(5, "e")})).ok());
  EXPECT_EQ(writer_->undelivered_rows(), 5);
  barrier();
  wait_for("4");
  EXPECT_TRUE(writer_->HasUndelivered());  // e is frozen, its unit is not full
  EXPECT_LE(writer_->undelivered_rows(), 5);
  clock_.AdvanceTo(clock_.Now() + 2 * kMicrosPerSecond);
  barrier();
  wait_for("5");
  EXPECT_TRUE(DeliverAll().empty());  // which ends when nothing is left
  EXPECT_EQ(writer_->undelivered_rows(), 0);
}

TEST_F(StoreSinkTest, RowsBehindTheLastBarrierAreNotWaitedForButGoAtClose) {
  const SchemaPtr schema = Things();
  ASSERT_EQ(OpenSink(Request(schema)).ToString(), "ok");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(1, "before")})).ok());
  ASSERT_TRUE(writer_->Freeze(1).ok());
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(2, "behind")})).ok());
  std::vector<RefusedRow> refused;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (writer_->HasUndelivered() && std::chrono::steady_clock::now() < deadline) {
    ASSERT_TRUE(writer_->Deliver(refused).ok());
  }
  EXPECT_FALSE(writer_->HasUndelivered());
  EXPECT_EQ(Ask("SELECT name FROM things"), "before\n");
  CloseSink();
  EXPECT_EQ(Ask("SELECT name FROM things ORDER BY at"), "before\nbehind\n");
}

TEST_F(StoreSinkTest, OptionsThatDoNotGoTogetherAreRefused) {
  SinkRequest request = Request(Things());
  request.row_options = {{"version", 3, DataType::Timestamp()}};
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("`version` decides which row of a key"));
  request.row_options = {{"key", 3, DataType::Int64()}};
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("`key` is a int64"));
  request.row_options = {{"key", 3, DataType::String()}, {"version", 4, DataType::Float64()}};
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("`version` is a float64"));
  request.row_options = {{"key", 3, DataType::String()}};
  options_->Set("ddl", Value::String(Ddl("")));
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("`key` is for tables that the store makes"));
  request = Request(Schema::Make({{"key", DataType::String(), {}}}));
  request.row_options = {{"key", 1, DataType::String()}};
  EXPECT_THAT(OpenSink(request).message(), HasSubstr("the row has a column `key`"));
}

TEST_F(StoreSinkTest, ATableThatIsGoneEndsTheSinkWithAnError) {
  const SchemaPtr schema = Things();
  ASSERT_EQ(OpenSink(Request(schema)).ToString(), "ok");
  Ask("DROP TABLE things");
  ASSERT_TRUE(writer_->Append(Batch(schema, {Thing(1, "a")})).ok());
  ASSERT_TRUE(writer_->Freeze(1).ok());
  std::vector<RefusedRow> refused;
  Status status;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (status.ok() && std::chrono::steady_clock::now() < deadline) {
    status = writer_->Deliver(refused);
    std::this_thread::yield();
  }
  EXPECT_EQ(status.code(), StatusCode::kNotFound);
  EXPECT_THAT(status.message(), HasSubstr("things"));
  EXPECT_FALSE(writer_->Close().ok());
}

}  // namespace
}  // namespace weir
