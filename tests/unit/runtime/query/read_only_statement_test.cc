#include "runtime/query/read_only_statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

StatusCode CodeOf(std::string_view sql) { return CheckReadOnly(sql).status().code(); }
std::string MessageOf(std::string_view sql) { return CheckReadOnly(sql).status().message(); }

TEST(ReadOnlyStatement, ReadingIsAllowed) {
  for (const std::string_view sql : {
           "SELECT 1",
           "select * from t where a = 'INSERT INTO x; DROP TABLE y'",
           "  -- first\n /* then */ # and\n WITH a AS (SELECT 1) SELECT * FROM a ;; ",
           "(SELECT 1) UNION ALL (SELECT 2)",
           "SHOW TABLES",
           "show create table t",
           "DESCRIBE t",
           "DESC TABLE t",
           "EXPLAIN SELECT 1",
           "EXISTS t",
           "SELECT \"outfile\", `url` FROM t",
           "SELECT url, file FROM t",
           "SELECT 'into outfile ''x''', '\\' into outfile ' FROM t",
           "SELECT 'ä’', \"ö\" FROM t",
           "SELECT 1 AS format FROM t",
           "SELECT formatDateTime(now(), '%Y'), numbers.number FROM numbers(3)",
       }) {
    EXPECT_EQ(CheckReadOnly(sql).status().ToString(), "ok") << sql;
  }
}

TEST(ReadOnlyStatement, OtherKindsAreRefused) {
  for (const std::string_view sql :
       {"INSERT INTO t VALUES (1)", "drop table t", "CREATE TABLE t (a Int8)", "ALTER TABLE t",
        "SET readonly = 0", "USE other", "SYSTEM FLUSH LOGS", "KILL QUERY WHERE 1",
        "ATTACH TABLE t", "OPTIMIZE TABLE t", "TRUNCATE t", "BACKUP TABLE t TO Disk('d', 'x')",
        "GRANT ALL ON *.* TO x", "((INSERT INTO t VALUES (1)))", "'SELECT 1'", "1",
        "CHECK TABLE t"}) {
    EXPECT_EQ(CodeOf(sql), StatusCode::kPermissionDenied) << sql;
    EXPECT_THAT(MessageOf(sql), HasSubstr("only reads")) << sql;
  }
  EXPECT_THAT(MessageOf("drop table t"), HasSubstr("not with drop"));
}

TEST(ReadOnlyStatement, NothingLeavesTheStore) {
  for (const std::string_view sql :
       {"SELECT * FROM t INTO OUTFILE 'x'", "SELECT 1 into/**/outfile'x'",
        "SELECT 1 INTO\nOUTFILE 'x' FORMAT CSV", "SELECT file('/etc/passwd')",
        "SELECT FILE ('/etc/passwd')", "SELECT `file`('/etc/passwd')",
        "SELECT \"file\" /* */ ('/etc/passwd')", "SELECT `fi\\le`('/etc/passwd')",
        "SELECT * FROM url('http://x', 'CSV')", "SELECT * FROM remote('h', 'd', 't')",
        "SELECT * FROM s3('x')", "SELECT * FROM executable('a', 'TSV', 'a Int8')",
        "WITH x AS (SELECT * FROM sqlite('/tmp/x', 't')) SELECT * FROM x",
        "EXPLAIN SELECT * FROM mysql('h', 'd', 't', 'u', 'p')",
        "DESCRIBE file('/etc/passwd', 'LineAsString')",
        "SELECT 1 WHERE 1 IN (SELECT * FROM uRL('http://x'))",
        // Ours ends the text where theirs does, or refuses.
        "SELECT 'a\\\\' INTO OUTFILE 'x'", "SELECT '''' INTO OUTFILE 'x'",
        "SELECT \"a\"\"\" INTO OUTFILE 'x'", "SELECT 1 -- '\n INTO OUTFILE 'x'",
        "SELECT 1 # '\n INTO OUTFILE 'x'", "SELECT 1 /* ' */ INTO OUTFILE 'x'"}) {
    EXPECT_EQ(CodeOf(sql), StatusCode::kPermissionDenied) << sql;
  }
}

TEST(ReadOnlyStatement, WhatCanNotBeCutIsRefused) {
  EXPECT_THAT(MessageOf("SELECT ‘ ' ’ INTO OUTFILE 'x'"), HasSubstr("no ASCII character"));
  EXPECT_THAT(MessageOf("SELECT $a$ ' $a$ INTO OUTFILE 'x'"), HasSubstr("`$` outside"));
  EXPECT_THAT(MessageOf(std::string_view("SELECT 1\0 INTO OUTFILE 'x'", 25)),
              HasSubstr("byte 9 of the statement"));
  EXPECT_THAT(MessageOf("SELECT 'a"), HasSubstr("has no end"));
  EXPECT_THAT(MessageOf("SELECT `a"), HasSubstr("has no end"));
  EXPECT_THAT(MessageOf("SELECT 1 /* a"), HasSubstr("has no end"));
  EXPECT_THAT(MessageOf("SELECT 'a\\"), HasSubstr("has no end"));
  for (const std::string_view sql : {"", "  ", ";", "-- SELECT 1", "(", "((("}) {
    EXPECT_EQ(MessageOf(sql), "there is no statement") << sql;
  }
}

TEST(ReadOnlyStatement, OneAtATimeAndInOurFormat) {
  EXPECT_THAT(MessageOf("SELECT 1; DROP TABLE t"), HasSubstr("one statement at a time"));
  EXPECT_THAT(MessageOf("SELECT 1; SELECT 2"), HasSubstr("one statement at a time"));
  EXPECT_THAT(MessageOf("SELECT 1 FORMAT JSON"), HasSubstr("--format table, json or csv"));
}

TEST(ReadOnlyStatement, KnowsNamesAndTheTable) {
  const auto statement = CheckReadOnly(" SELECT a.b, 'c' FROM \"my view\" JOIN `d``e` USING (f); ");
  ASSERT_TRUE(statement.ok()) << statement.status().ToString();
  EXPECT_EQ(statement->sql, "SELECT a.b, 'c' FROM \"my view\" JOIN `d``e` USING (f)");
  EXPECT_THAT(statement->names, AllOf(Contains("my view"), Contains("d`e"), Contains("b"),
                                      Contains("f"), Not(Contains("c"))));
  EXPECT_EQ(statement->table, "my view");
  EXPECT_EQ(CheckReadOnly("DESCRIBE TABLE t")->table, "t");
  EXPECT_EQ(CheckReadOnly("SELECT 1")->table, "");
}

}  // namespace
}  // namespace weir
