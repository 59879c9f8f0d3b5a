#include "runtime/ddl/ddl_statement.h"

#include <gmock/gmock.h>

namespace weir {
namespace {

using Kind = DdlStatement::Kind;
using testing::HasSubstr;

std::vector<DdlStatement> Split(std::string_view file) {
  Result<std::vector<DdlStatement>> statements = SplitStatements(file);
  EXPECT_TRUE(statements.ok()) << statements.status().ToString();
  return statements.ok() ? *statements : std::vector<DdlStatement>();
}

std::string Substituted(std::string_view statement) {
  return ForEmbeddedStore(Split(statement)[0]);
}

TEST(SplitStatements, SemicolonsInStringsNamesAndCommentsDoNotCut) {
  const std::vector<DdlStatement> statements = Split(
      "-- a; b\n"
      "CREATE TABLE t (a String DEFAULT 'x;''y\\';') -- c;\n"
      "ENGINE = Memory; ;\n"
      "/* d;\n e */ create view `v;1` AS SELECT \";\" FROM t;\n"
      "# f;\nINSERT INTO t VALUES (1)");
  ASSERT_EQ(statements.size(), 3u);
  EXPECT_EQ(statements[0].kind, Kind::kCreateTable);
  EXPECT_EQ(statements[0].name, "t");
  EXPECT_EQ(statements[0].line, 2);
  EXPECT_THAT(statements[0].text, testing::EndsWith("ENGINE = Memory"));
  EXPECT_EQ(statements[1].kind, Kind::kCreateView);
  EXPECT_EQ(statements[1].name, "v;1");
  EXPECT_EQ(statements[1].line, 5);
  EXPECT_EQ(statements[2].kind, Kind::kOther);
  EXPECT_EQ(statements[2].line, 7);
}

TEST(SplitStatements, NamesAndTargets) {
  const std::vector<DdlStatement> statements = Split(
      "CREATE MATERIALIZED VIEW IF NOT EXISTS db.m TO `db`.target (a Int8) AS SELECT 1;"
      "CREATE OR REPLACE TABLE \"a\"\"b\" (x Int8);"
      "CREATE MATERIALIZED VIEW own ENGINE = Memory AS SELECT 1 AS TO");
  ASSERT_EQ(statements.size(), 3u);
  EXPECT_EQ(statements[0].kind, Kind::kCreateMaterializedView);
  EXPECT_EQ(statements[0].name, "db.m");
  EXPECT_EQ(statements[0].target, "db.target");
  EXPECT_EQ(statements[1].name, "a\"b");
  EXPECT_EQ(statements[2].target, "");
}

TEST(SplitStatements, WhatIsNotEndedIsNamedWithItsLine) {
  EXPECT_THAT(SplitStatements("\nSELECT 'a").status().message(),
              HasSubstr("line 2: a quote has no end"));
  EXPECT_THAT(SplitStatements("/* a").status().message(), HasSubstr("line 1: a comment"));
  EXPECT_TRUE(Split("").empty());
  EXPECT_TRUE(Split(" ;; -- nothing").empty());
}

TEST(ForEmbeddedStore, ReplacesWhatNeedsACluster) {
  EXPECT_EQ(
      Substituted("CREATE TABLE t ON CLUSTER '{cluster}' (a Int8)\n"
                  "ENGINE = ReplicatedReplacingMergeTree('/p/{shard}', '{replica}', version)\n"
                  "ORDER BY a SETTINGS replicated_deduplication_window = 7"),
      "CREATE TABLE IF NOT EXISTS t  (a Int8)\n"
      "ENGINE = ReplacingMergeTree(version)\n"
      "ORDER BY a SETTINGS non_replicated_deduplication_window = 7");
  EXPECT_EQ(Substituted("CREATE TABLE t (a Int8) ENGINE = ReplicatedMergeTree() ORDER BY a"),
            "CREATE TABLE IF NOT EXISTS t (a Int8) ENGINE = MergeTree() ORDER BY a");
  EXPECT_EQ(Substituted("CREATE TABLE t (a Int8) ENGINE ReplicatedMergeTree ORDER BY a"),
            "CREATE TABLE IF NOT EXISTS t (a Int8) ENGINE MergeTree ORDER BY a");
}

TEST(ForEmbeddedStore, LeavesTheRestAlone) {
  for (const char* statement :
       {"CREATE TABLE IF NOT EXISTS t (a String DEFAULT 'ReplicatedMergeTree()') ENGINE = Log",
        "CREATE OR REPLACE VIEW v AS SELECT 1", "INSERT INTO t VALUES ('ON CLUSTER x')",
        "CREATE DATABASE d"}) {
    EXPECT_EQ(Substituted(statement), statement);
  }
  EXPECT_EQ(Substituted("CREATE MATERIALIZED VIEW m TO t AS SELECT 1"),
            "CREATE MATERIALIZED VIEW IF NOT EXISTS m TO t AS SELECT 1");
}

}  // namespace
}  // namespace weir
