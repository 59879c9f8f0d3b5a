#include "runtime/query/query_engine.h"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "runtime/chdb/chdb_database.h"
#include "tests/unit/runtime/chdb/chdb_fixture.h"

namespace weir {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

class QueryEngineTest : public ChdbTest {
 protected:
  void SetUp() override {
    ChdbTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    auto database = ChdbDatabase::Open(Folder());
    ASSERT_TRUE(database.ok()) << database.status().ToString();
    database_ = std::move(*database);
    Do("CREATE TABLE latest (k UInt32, v String) ENGINE = ReplacingMergeTree ORDER BY k");
    Do("INSERT INTO latest SETTINGS async_insert = 0 VALUES (1, 'old'), (2, 'b')");
    Do("INSERT INTO latest SETTINGS async_insert = 0 VALUES (1, 'new')");
  }
  void TearDown() override {
    database_.reset();
    ChdbTest::TearDown();
  }

  void Do(const std::string& sql) {
    const auto done = database_->Query(sql);
    ASSERT_TRUE(done.ok()) << done.status().ToString();
  }
  std::unique_ptr<QueryEngine> Engine(std::vector<MemoryView> views = {}) {
    return std::make_unique<QueryEngine>([this] { return Opened(); }, std::move(views));
  }
  Result<std::shared_ptr<ChdbDatabase>> Opened() { return database_; }
  static std::string Ask(QueryEngine& engine, const std::string& sql,
                         QueryFormat format = QueryFormat::kCsv) {
    const auto result = engine.Run({.sql = sql, .format = format});
    return result.ok() ? *result : result.status().ToString();
  }

  std::shared_ptr<ChdbDatabase> database_;
};

TEST_F(QueryEngineTest, UpsertTablesShowTheLatestRows) {
  const auto engine = Engine();
  EXPECT_EQ(Ask(*engine, "SELECT * FROM latest ORDER BY k"), "\"k\",\"v\"\n1,\"new\"\n2,\"b\"\n");
  EXPECT_EQ(Ask(*engine, "SELECT count() AS n FROM latest"), "\"n\"\n2\n");
}

TEST_F(QueryEngineTest, Formats) {
  const auto engine = Engine();
  const std::string sql =
      "SELECT 18446744073709551615 AS u, toDecimal64(1.5, 2) AS d, NULL AS n, "
      "toDateTime64('2026-01-01 10:00:00.25', 6) AS t, 'q\"x,\ny' AS s, nan AS f, [1, 2] AS l";
  EXPECT_EQ(
      Ask(*engine, sql, QueryFormat::kJson),
      "{\"u\":18446744073709551615,\"d\":1.50,\"n\":null,"
      "\"t\":\"2026-01-01T10:00:00.250000Z\",\"s\":\"q\\\"x,\\ny\",\"f\":null,\"l\":[1,2]}\n");
  EXPECT_EQ(Ask(*engine, sql, QueryFormat::kCsv),
            "\"u\",\"d\",\"n\",\"t\",\"s\",\"f\",\"l\"\n18446744073709551615,1.50,,"
            "\"2026-01-01T10:00:00.250000Z\",\"q\"\"x,\ny\",nan,\"[1,2]\"\n");
  EXPECT_EQ(Ask(*engine, sql, QueryFormat::kColumns),
            "u\td\tn\tt\ts\tf\tl\n"
            "UInt64\tDecimal(18, 2)\tNullable(Nothing)\tDateTime64(6)\tString\tFloat64\t"
            "Array(UInt8)\n"
            "18446744073709551615\t1.50\t\\N\t2026-01-01 10:00:00.250000\tq\"x,\\ny\tnan\t"
            "[1,2]\n");
  EXPECT_EQ(Ask(*engine, "SELECT 1 AS a WHERE 0"), "\"a\"\n") << "a header without rows too";
}

TEST_F(QueryEngineTest, NothingIsChangedAndNothingElseIsRead) {
  const auto engine = Engine();
  for (const char* sql :
       {"INSERT INTO latest VALUES (3, 'c')", "DROP TABLE latest", "SELECT 1 INTO OUTFILE 'x'",
        "SELECT file('/etc/passwd')", "KILL QUERY WHERE 1"}) {
    const auto result = engine->Run({.sql = sql});
    EXPECT_EQ(result.status().code(), StatusCode::kPermissionDenied) << sql;
  }
  // What the check lets through, the engine refuses.
  EXPECT_THAT(Ask(*engine, "SELECT 1 SETTINGS readonly = 0"), HasSubstr("only reads"));
  EXPECT_THAT(Ask(*engine, "SELECT * FROM latest SETTINGS max_threads = 1"),
              HasSubstr("can't change settings"));
  EXPECT_THAT(Ask(*engine, "WITH 1 AS x INSERT INTO latest SELECT 3, 'c'"), Not(HasSubstr("ok")));
  EXPECT_EQ(Ask(*engine, "SELECT count() AS n FROM latest"), "\"n\"\n2\n");
}

TEST_F(QueryEngineTest, LimitsHaveMessagesThatNameTheOption) {
  const auto engine = Engine();
  const auto late = engine->Run({.sql = "SELECT count() FROM numbers(100000000000) "
                                        "WHERE sipHash64(number) = 1",
                                 .timeout = milliseconds(300)});
  EXPECT_EQ(late.status().code(), StatusCode::kUnavailable);
  EXPECT_THAT(late.status().message(), HasSubstr("--timeout"));
  const auto wide = engine->Run({.sql = "SELECT * FROM numbers(2000)", .max_rows = 1000});
  EXPECT_THAT(wide.status().message(), HasSubstr("--max-rows"));
  EXPECT_EQ(
      engine->Run({.sql = "SELECT * FROM numbers(1000)", .max_rows = 1000}).status().ToString(),
      "ok");
  const auto large = engine->Run({.sql = "SELECT repeat('x', 1000000) FROM numbers(200)"});
  EXPECT_THAT(large.status().message(), HasSubstr("add a LIMIT"));
}

TEST_F(QueryEngineTest, ErrorsAreShort) {
  const auto engine = Engine();
  EXPECT_EQ(
      Ask(*engine, "SELECT * FROM lates"),
      "not found: Unknown table expression identifier 'lates'. Maybe you meant default.latest? "
      "(UNKNOWN_TABLE)");
  EXPECT_EQ(Ask(*engine, "SELECT vv FROM latest"),
            "not found: Unknown expression identifier `vv` (UNKNOWN_IDENTIFIER)");
  const std::string syntax = Ask(*engine, "SELECT 1 FRM latest x");
  EXPECT_THAT(syntax, HasSubstr("Syntax error"));
  EXPECT_THAT(syntax, Not(HasSubstr("Expected one of")));
}

TEST_F(QueryEngineTest, ViewsInMemoryAreTables) {
  const SchemaPtr schema = Schema::Make(
      {{"day", DataType::Of(TypeKind::kDate), {}},
       {"at", DataType::Timestamp(), {}},
       {"total", DataType::Decimal(18, 2), {}},
       {"n", DataType::Of(TypeKind::kUInt64), {}},
       {"ratio", DataType::Float64().AsOptional(), {}},
       {"tier", DataType::Enum({"gold", "silver"}), {}},
       {"ids", DataType::List(DataType::Uuid()), {}},
       {"per", DataType::Map(DataType::String(), DataType::Int64()), {}},
       {"geo",
        DataType::Struct({{"x", DataType::Float64()}, {"y", DataType::String().AsOptional()}}),
        {}},
       {"raw", DataType::Json(), {}},
       {"took", DataType::Duration(), {}},
       {"odd `name`", DataType::Bool(), {}}});
  const std::string id = "6fa459ea-ee8a-3ca4-894e-db77e160355e";
  MemoryView view{"tiers", schema, [&](const auto& visit) {
                    visit(
                        "{\"day\":\"2026-01-01\",\"at\":\"2026-01-01T10:00:00.000001Z\","
                        "\"total\":12345678901234.56,\"n\":18446744073709551615,\"ratio\":0.5,"
                        "\"tier\":\"gold\",\"ids\":[\"" +
                        id +
                        "\"],\"per\":{\"a\":1},"
                        "\"geo\":{\"x\":1.5},\"raw\":{\"a\":[1,\"b\\n\\nc\"]},\"took\":\"1h\","
                        "\"odd `name`\":true}");
                    visit(
                        "{\"day\":\"1960-01-02\",\"at\":\"2026-01-01T10:00:00.000000Z\","
                        "\"total\":0.00,\"n\":0,\"tier\":\"silver\",\"ids\":[],\"per\":{},"
                        "\"geo\":{\"x\":0.0,\"y\":\"ä\"},\"raw\":3,\"took\":\"0s\","
                        "\"odd `name`\":false}");
                  }};
  const auto engine = Engine({view});
  EXPECT_EQ(
      Ask(*engine, "SELECT * FROM tiers ORDER BY day DESC", QueryFormat::kJson),
      "{\"day\":\"2026-01-01\",\"at\":\"2026-01-01T10:00:00.000001Z\","
      "\"total\":12345678901234.56,\"n\":18446744073709551615,\"ratio\":0.5,"
      "\"tier\":\"gold\",\"ids\":[\"" +
          id +
          "\"],\"per\":{\"a\":1},"
          "\"geo\":{\"x\":1.5,\"y\":null},\"raw\":\"{\\\"a\\\":[1,\\\"b\\\\n\\\\nc\\\"]}\","
          "\"took\":\"1h\",\"odd `name`\":true}\n"
          "{\"day\":\"1960-01-02\",\"at\":\"2026-01-01T10:00:00.000000Z\","
          "\"total\":0.00,\"n\":0,\"ratio\":null,\"tier\":\"silver\",\"ids\":[],\"per\":{},"
          "\"geo\":{\"x\":0,\"y\":\"ä\"},\"raw\":\"3\",\"took\":\"0s\",\"odd `name`\":false}\n");
  EXPECT_EQ(Ask(*engine, "SELECT v AS x, sum(n) AS s FROM tiers JOIN latest ON k = 1 GROUP BY x"),
            "\"x\",\"s\"\n\"new\",18446744073709551615\n");
  // Nothing of it stays.
  EXPECT_EQ(Ask(*engine, "SELECT count() AS n FROM system.tables WHERE name = 'tiers'"),
            "\"n\"\n0\n");
  EXPECT_EQ(Ask(*Engine(), "SELECT * FROM tiers").substr(0, 9), "not found");
}

TEST_F(QueryEngineTest, LargeViewsComeWhole) {
  const SchemaPtr schema =
      Schema::Make({{"n", DataType::Int64(), {}}, {"s", DataType::String(), {}}});
  MemoryView view{"many", schema, [](const auto& visit) {
                    for (int i = 0; i < 200'000; ++i) {
                      visit(fmt::format("{{\"n\":{},\"s\":\"{:0>100}\"}}", i, i));
                    }
                  }};
  const auto engine = Engine({view});
  EXPECT_EQ(Ask(*engine, "SELECT count() AS c, sum(n) AS t, uniqExact(s) AS u FROM many"),
            "\"c\",\"t\",\"u\"\n200000,19999900000,200000\n");
}

TEST_F(QueryEngineTest, ManyAtOnce) {
  const auto engine = Engine();
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] {
      for (int n = 0; n < 3; ++n) {
        const std::string sql = fmt::format("SELECT count() + {} AS n FROM latest", i);
        if (Ask(*engine, sql) == fmt::format("\"n\"\n{}\n", i + 2)) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 150);
}

TEST_F(QueryEngineTest, StopEndsWhatRuns) {
  const auto engine = Engine();
  std::atomic<bool> begun{false};
  std::thread running([&] {
    begun = true;
    const auto result = engine->Run({.sql = "SELECT count() FROM numbers(1000000000000) "
                                            "WHERE sipHash64(number) = 1",
                                     .timeout = seconds(60)});
    EXPECT_FALSE(result.ok());
  });
  while (!begun) std::this_thread::yield();
  const auto start = std::chrono::steady_clock::now();
  engine->Stop();
  running.join();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
  EXPECT_EQ(engine->Run({.sql = "SELECT 1"}).status().code(), StatusCode::kCancelled);
}

}  // namespace
}  // namespace weir
