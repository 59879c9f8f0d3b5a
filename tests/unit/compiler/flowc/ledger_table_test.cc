#include "compiler/flowc/ledger_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir::flowc {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::ResultOf;
using testing::SizeIs;

NamedLedger Of(const std::string& name, int64_t rows, int64_t late = 0) {
  NamedLedger named;
  named.name = name;
  named.ledger.rows_in = rows;
  named.ledger.passed = rows - late;
  named.ledger.late = late;
  named.ledger.rows_out = rows;
  return named;
}

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

void ExpectNoWider(const std::vector<std::string>& lines, size_t width) {
  for (const std::string& line : lines) EXPECT_LE(line.size(), width) << line;
}

TEST(LedgerTableTest, AWideTerminalShowsEverythingFarApart) {
  const auto lines = LedgerLines({Of("clicks", 1'000'000, 5)}, 140);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_EQ(lines[0],
            "operator        rows in        passed      absorbed     discarded  dead letters"
            "          late      rows out");
  EXPECT_EQ(lines[1],
            "clicks        1,000,000       999,995             .             .             ."
            "             5     1,000,000");
}

TEST(LedgerTableTest, At80ColumnsShortNamesKeepAllColumns) {
  const auto lines = LedgerLines({Of("clicks", 1000, 5)}, 80);
  ExpectNoWider(lines, 80);
  EXPECT_THAT(lines[0], HasSubstr("dead letters"));
  EXPECT_THAT(lines[0], HasSubstr("absorbed"));
}

TEST(LedgerTableTest, At80ColumnsColumnsWithoutNumbersGoFirst) {
  const std::string name = "sessions/by_user_and_tenant";
  const auto lines = LedgerLines({Of(name, 12'345'678, 5), Of("clicks", 3)}, 80);
  ExpectNoWider(lines, 80);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(Joined(lines), HasSubstr(name));
  EXPECT_THAT(lines[0], HasSubstr("late"));
  EXPECT_THAT(lines[0], HasSubstr("rows in"));
  EXPECT_THAT(lines[0], HasSubstr("rows out"));
  EXPECT_THAT(lines[0], Not(HasSubstr("absorbed")));
  EXPECT_THAT(lines[1], HasSubstr("12,345,678"));
}

TEST(LedgerTableTest, NamesThatStillDoNotFitStandOnALineOfTheirOwn) {
  const std::string name(60, 'n');
  NamedLedger full = Of(name, 12'345'678, 5);
  full.ledger.absorbed = full.ledger.discarded["x"] = full.ledger.dead_lettered["y"] = 1;
  const auto lines = LedgerLines({full, full}, 80);
  ExpectNoWider(lines, 80);
  ASSERT_THAT(lines, SizeIs(6));
  EXPECT_EQ(lines[2], name);
  EXPECT_THAT(lines[3], HasSubstr("12,345,678"));
  EXPECT_THAT(LedgerLines({full, full}, 80, 2).back(), HasSubstr("1 more"));
}

}  // namespace
}  // namespace weir::flowc
