#include "compiler/flowc/result_table.h"

#include <gtest/gtest.h>

namespace weir::flowc {
namespace {

TEST(ResultTable, NumbersToTheRightTextToTheLeftNullShown) {
  EXPECT_EQ(ResultTable("tier\tn\tavg\n"
                        "LowCardinality(Nullable(String))\tUInt64\tNullable(Decimal(18, 2))\n"
                        "gold\t12\t1.50\n"
                        "\\N\t1234\t\\N\n",
                        {}),
            "tier     n   avg\n"
            "gold    12  1.50\n"
            "NULL  1234  NULL\n");
  EXPECT_EQ(
      ResultTable("s\tn\nSimpleAggregateFunction(sum, UInt64)\tIntervalDay\n7\t1\n10\t2\n", {}),
      " s  n\n 7  1\n10  2\n");
}

TEST(ResultTable, NoRowsAndNoResult) {
  EXPECT_EQ(ResultTable("a\nUInt8\n", {}), "a\n");
  EXPECT_EQ(ResultTable("", {}), "");
  EXPECT_EQ(ResultTable("a\nString\n\n", {}), "a\n\n") << "one row, an empty text";
}

TEST(ResultTable, WidthIsThatOfTheTerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3);
  EXPECT_EQ(DisplayWidth("äöü"), 3);
  EXPECT_EQ(DisplayWidth("日本"), 4);
  EXPECT_EQ(DisplayWidth("e\xcc\x81"), 1);  // a combining accent
  EXPECT_EQ(ResultTable("name\tn\nString\tUInt8\n日本\t1\nä\t22\n", {}),
            "name   n\n日本   1\nä     22\n");
}

TEST(ResultTable, ControlCharactersNeverReachTheTerminal) {
  EXPECT_EQ(ResultTable("s\nString\na\\nb\\tc\\\\d\\'e\x1b[31m\xc2\x9b"
                        "f\xff\xe2\x80\xae\n",
                        {}),
            "s\na\\nb\\tc\\d'e\\u001b[31m\\u009bf\xef\xbf\xbd\\u202e\n");
  EXPECT_EQ(ResultTable("s\nString\n\\\\N\n", {}), "s\n\\N\n") << "a text, not NULL";
}

TEST(ResultTable, CutOnATerminalOnly) {
  const std::string text(100, 'x');
  const std::string result = "a\tb\nString\tString\n" + text + "\t" + text + "\n";
  EXPECT_EQ(ResultTable(result, {}),
            "a" + std::string(101, ' ') + "b\n" + text + "  " + text + "\n");
  const std::string cut = ResultTable(result, {.width = 80});
  for (size_t begin = 0; begin < cut.size();) {
    const size_t end = cut.find('\n', begin);
    EXPECT_LE(DisplayWidth(cut.substr(begin, end - begin)), 80);
    begin = end + 1;
  }
  EXPECT_NE(cut.find(std::string(59, 'x') + "…"), std::string::npos);
  EXPECT_EQ(ResultTable("a\nString\n日本語\n", {.width = 5}), "a\n日本…\n");
}

TEST(ResultTable, Colors) {
  EXPECT_EQ(ResultTable("a\nNullable(UInt8)\n\\N\n", {.color = true}),
            "\x1b[1m   a\x1b[0m\n\x1b[2mNULL\x1b[0m\n");
}

TEST(ResultTable, RowsAreCounted) {
  EXPECT_EQ(CountTableRows("a\nUInt8\n1\n2\n"), 2U);
  EXPECT_EQ(CountTableRows(""), 0U);
  EXPECT_EQ(CountJsonRows("{}\n{}\n"), 2U);
  EXPECT_EQ(CountCsvRows("\"a\"\n\"x\n\"\"\n\"\n2\n"), 2U);
  EXPECT_EQ(CountCsvRows(""), 0U);
}

}  // namespace
}  // namespace weir::flowc
