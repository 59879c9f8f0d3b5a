#include "runtime/chdb/chdb_database.h"

#include <gmock/gmock.h>
#include <sys/wait.h>

#include <cstdio>
#include <thread>

#include "tests/unit/runtime/chdb/chdb_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;

class ChdbDatabaseTest : public ChdbTest {
 protected:
  std::shared_ptr<ChdbDatabase> Open(const std::string& name = "store") {
    Result<std::shared_ptr<ChdbDatabase>> database = ChdbDatabase::Open(Folder(name));
    EXPECT_TRUE(database.ok()) << database.status().ToString();
    return database.ok() ? *database : nullptr;
  }
};

std::string Answer(ChdbDatabase& database, const std::string& sql) {
  const Result<std::string> answer = database.Query(sql);
  return answer.ok() ? *answer : answer.status().ToString();
}

constexpr const char* kTable =
    "CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n "
    "SETTINGS non_replicated_deduplication_window = 100";

TEST_F(ChdbDatabaseTest, RowsAreThereAfterReopening) {
  std::shared_ptr<ChdbDatabase> database = Open();
  EXPECT_EQ(Answer(*database, kTable), "");
  EXPECT_EQ(Answer(*database, "INSERT INTO t VALUES (7, 'seven')"), "");
  database.reset();
  EXPECT_EQ(Answer(*Open(), "SELECT * FROM t"), "7\tseven\n");
}

TEST_F(ChdbDatabaseTest, InsertTakesAnyBytesAndATokenOnce) {
  const std::shared_ptr<ChdbDatabase> database = Open();
  EXPECT_EQ(Answer(*database, kTable), "");
  // RowBinary with a blank line, a zero and bytes that aren't text inside.
  const std::string row =
      std::string("\x01\0\0\0\0\0\0\0", 8) + "\x05" + std::string("a\n\n\0\xff", 5);
  const std::string insert =
      "INSERT INTO t (n, s) SETTINGS async_insert = 0, insert_deduplication_token = 'a/1'";
  for (int i = 0; i < 2; ++i) {
    const Result<uint64_t> rows = database->Insert(insert, "RowBinary", row);
    ASSERT_TRUE(rows.ok()) << rows.status().ToString();
    EXPECT_EQ(*rows, 1u);
  }
  EXPECT_EQ(Answer(*database, "SELECT n, hex(s) FROM t"), "1\t610A0A00FF\n");
}

TEST_F(ChdbDatabaseTest, AFailedInsertStoresNothing) {
  const std::shared_ptr<ChdbDatabase> database = Open();
  EXPECT_EQ(Answer(*database, kTable), "");
  const Result<uint64_t> rows =
      database->Insert("INSERT INTO t (n, s) SETTINGS async_insert = 0", "TSV", "1\ta\nx\tb\n");
  ASSERT_FALSE(rows.ok());
  EXPECT_EQ(rows.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(rows.status().message(), HasSubstr("is not like UInt64"));
  EXPECT_EQ(database->Insert("INSERT INTO absent (n)", "TSV", "1\n").status().code(),
            StatusCode::kNotFound);
  EXPECT_EQ(Answer(*database, "SELECT count() FROM t"), "0\n");
}

TEST_F(ChdbDatabaseTest, ReadOnlyQueriesChangeNothing) {
  const std::shared_ptr<ChdbDatabase> database = Open();
  EXPECT_EQ(Answer(*database, kTable), "");
  const Result<std::string> read = database->QueryReadOnly("SELECT 1 AS a", "CSVWithNames");
  ASSERT_TRUE(read.ok()) << read.status().ToString();
  EXPECT_EQ(*read, "\"a\"\n1\n");
  for (const char* sql : {"INSERT INTO t VALUES (1, '')", "DROP TABLE t", "SET readonly = 0",
                          "SELECT 1 SETTINGS readonly = 0"}) {
    EXPECT_EQ(database->QueryReadOnly(sql).status().code(), StatusCode::kPermissionDenied) << sql;
  }
  EXPECT_EQ(Answer(*database, "SELECT count() FROM t"), "0\n");
}

TEST_F(ChdbDatabaseTest, TheSameFolderIsSharedAnotherRefused) {
  const std::shared_ptr<ChdbDatabase> database = Open("a");
  EXPECT_EQ(Open("b/../a"), database);
  const Result<std::shared_ptr<ChdbDatabase>> other = ChdbDatabase::Open(Folder("c"));
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.status().message(), HasSubstr("give all sinks and views the same `dir`"));
}

TEST_F(ChdbDatabaseTest, AnAbsentFolderIsMadeOnlyWhenAsked) {
  EXPECT_EQ(ChdbDatabase::Open(Folder("absent"), false).status().code(), StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(Folder("absent")));
}

TEST_F(ChdbDatabaseTest, CallsRunAtTheSameTime) {
  const std::shared_ptr<ChdbDatabase> database = Open();
  EXPECT_EQ(Answer(*database, kTable), "");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&database, i] {
      for (int j = 0; j < 20; ++j) {
        const Result<uint64_t> rows = database->Insert(
            "INSERT INTO t (n, s) SETTINGS async_insert = 0, insert_deduplication_token = '" +
                std::to_string(i) + "/" + std::to_string(j) + "'",
            "TSV", std::to_string(i * 100 + j) + "\tx\n");
        EXPECT_TRUE(rows.ok()) << rows.status().ToString();
        EXPECT_TRUE(database->QueryReadOnly("SELECT count() FROM t").ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Answer(*database, "SELECT count(), uniqExact(n) FROM t"), "80\t80\n");
}

/// Not a test: what the next one starts as another process.
TEST(ChdbOtherProcess, DISABLED_HoldsTheFolder) {
  const char* folder = std::getenv("WEIR_TEST_STORE");
  ASSERT_NE(folder, nullptr);
  const Result<std::shared_ptr<ChdbDatabase>> database = ChdbDatabase::Open(folder);
  ASSERT_TRUE(database.ok()) << database.status().ToString();
  std::puts("holding");
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
}

TEST_F(ChdbDatabaseTest, AFolderLockedByAnotherProcessIsRefused) {
  std::filesystem::create_directories(Folder());
  ::setenv("WEIR_TEST_STORE", Folder().c_str(), 1);
  int down[2], up[2];
  ASSERT_EQ(::pipe(down) | ::pipe(up), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(down[0], 0);
    ::dup2(up[1], 1);
    for (const int fd : {down[0], down[1], up[0], up[1]}) ::close(fd);
    ::execl("/proc/self/exe", "test", "--gtest_also_run_disabled_tests",
            "--gtest_filter=ChdbOtherProcess.*", nullptr);
    ::_exit(127);
  }
  ::close(down[0]);
  ::close(up[1]);
  std::string said;
  char buffer[256];
  ssize_t count = 0;
  while (said.find("holding") == std::string::npos &&
         (count = ::read(up[0], buffer, sizeof buffer)) > 0) {
    said.append(buffer, static_cast<size_t>(count));
  }
  ASSERT_THAT(said, HasSubstr("holding"));
  const Result<std::shared_ptr<ChdbDatabase>> locked = ChdbDatabase::Open(Folder());
  ::close(down[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ::close(up[0]);
  ASSERT_FALSE(locked.ok());
  EXPECT_EQ(locked.status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(locked.status().message(),
              HasSubstr("in use by another process (process " + std::to_string(child) + ")"));
  EXPECT_NE(Open(), nullptr);  // it is free again
}

}  // namespace
}  // namespace weir
