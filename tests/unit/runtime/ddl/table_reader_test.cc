#include <gtest/gtest.h>

#include "runtime/ddl/table_definition.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

TableDefinition Only(std::string_view text) {
  const DdlTables read = ReadTables(text);
  EXPECT_FALSE(read.error) << read.error->message << " at " << read.error->offset;
  EXPECT_EQ(read.tables.size(), 1U);
  return read.tables.empty() ? TableDefinition() : read.tables[0];
}

std::string ErrorOf(std::string_view text) {
  const DdlTables read = ReadTables(text);
  return read.error ? std::to_string(read.error->offset) + ": " + read.error->message : "none";
}

TEST(TableReader, ReadsColumnsWithEverythingBehindThem) {
  const std::string_view text = R"(
-- A comment; with a semicolon and a 'quote
CREATE TABLE IF NOT EXISTS shop.`my table` ON CLUSTER c1 (
    id UUID CODEC(ZSTD(1)) COMMENT 'it''s; the, key)',
    "at" DateTime64(6, 'UTC') /* UTC */ TTL at + INTERVAL 1 DAY,
    total Decimal(10, 2) DEFAULT toDecimal64(0, 2) COMMENT 'x',
    kind Enum8('a' = 1, 'b)' = 2) MATERIALIZED if(total > 1, 'a', 'b)'),
    maybe Int32 NULL,
    short ALIAS substring(maybe, 1, 3),
    index UInt8,
    INDEX by_kind kind TYPE set(100) GRANULARITY 2,
    PROJECTION p (SELECT kind, count() GROUP BY kind),
    CONSTRAINT positive CHECK total >= 0
) ENGINE = ReplicatedReplacingMergeTree('/t/{shard}', '{replica}', version)
PARTITION BY toYYYYMM(at)
PRIMARY KEY (id)
ORDER BY (id, toDate(at), `kind`)
SETTINGS index_granularity = 8192;
)";
  const TableDefinition table = Only(text);
  EXPECT_EQ(table.database, "shop");
  EXPECT_EQ(table.name, "my table");
  EXPECT_EQ(text.substr(table.offset, table.length), "`my table`");
  std::vector<std::string> names;
  for (const ColumnDefinition& column : table.columns) names.push_back(column.name);
  EXPECT_EQ(names,
            (std::vector<std::string>{"id", "at", "total", "kind", "maybe", "short", "index"}));
  EXPECT_EQ(table.Find("at")->type.scale, 6);
  EXPECT_EQ(table.Find("total")->default_kind, ColumnDefault::kDefault);
  EXPECT_EQ(table.Find("total")->default_text, "toDecimal64(0, 2)");
  EXPECT_EQ(table.Find("kind")->default_kind, ColumnDefault::kMaterialized);
  EXPECT_EQ(table.Find("kind")->type.enum_values[1].first, "b)");
  EXPECT_TRUE(table.Find("maybe")->type.is(Kind::kNullable));
  EXPECT_EQ(table.Find("short")->default_kind, ColumnDefault::kAlias);
  EXPECT_EQ(table.engine, "ReplicatedReplacingMergeTree");
  EXPECT_EQ(table.EngineFamily(), "ReplacingMergeTree");
  EXPECT_EQ(table.engine_arguments.size(), 3U);
  EXPECT_EQ(table.order_by, (std::vector<std::string>{"id", "toDate(at)", "kind"}));
  EXPECT_EQ(table.primary_key, (std::vector<std::string>{"id"}));
}

TEST(TableReader, PassesOverOtherStatements) {
  const DdlTables read = ReadTables(
      "CREATE DATABASE d; CREATE MATERIALIZED VIEW v TO t AS SELECT (1, 2) FROM x;\n"
      "INSERT INTO t VALUES ('CREATE TABLE u (');\n"
      "create table t (a Int8) engine = Memory; CREATE TABLE copy AS t; DROP TABLE t");
  EXPECT_FALSE(read.error);
  ASSERT_EQ(read.tables.size(), 2U);
  EXPECT_EQ(read.tables[0].name, "t");
  EXPECT_EQ(read.tables[0].engine, "Memory");
  EXPECT_EQ(read.tables[1].name, "copy");
}

TEST(TableReader, SortingKeysInEachForm) {
  const auto key = [](std::string_view order) {
    return Only(std::string("CREATE TABLE t (a Int8, b Int8) ENGINE = MergeTree ORDER BY ") +
                std::string(order))
        .order_by;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(key("a"), (Names{"a"}));
  EXPECT_EQ(key("(a, b)"), (Names{"a", "b"}));
  EXPECT_EQ(key("tuple()"), (Names{}));
  EXPECT_EQ(key("tuple(a, b) SETTINGS x = 1"), (Names{"a", "b"}));
  EXPECT_EQ(key("a % 4 PARTITION BY b"), (Names{"a % 4"}));
}

TEST(TableReader, SaysWhatIsMissingAndWhere) {
  EXPECT_EQ(ErrorOf("CREATE TABLE t (a Int8 b Int8)"),
            "23: `,` or `)` is expected, and there is `b`");
  EXPECT_EQ(ErrorOf("CREATE TABLE t (a Int8"), "22: `,` or `)` is expected, and the file ends");
  EXPECT_EQ(ErrorOf("CREATE TABLE (a Int8)"),
            "13: the name of a table is expected, and there is `(`");
  EXPECT_EQ(ErrorOf("CREATE TABLE t (a)"), "17: the type of `a` is expected, and there is `)`");
  EXPECT_EQ(ErrorOf("CREATE TABLE t (a Int8, a Int8)"), "24: the column `a` stands twice");
  EXPECT_EQ(ErrorOf("SELECT 'open"), "7: a quote has no end");
  EXPECT_EQ(ErrorOf("SELECT 1 /* open"), "9: a comment has no end");
  EXPECT_EQ(ErrorOf(""), "none");
}

}  // namespace
}  // namespace weir
