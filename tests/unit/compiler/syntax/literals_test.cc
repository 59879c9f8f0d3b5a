#include "compiler/syntax/literals.h"

#include <gtest/gtest.h>

namespace weir::syntax {
namespace {

TEST(LiteralsTest, Ints) {
  EXPECT_EQ(DecodeInt("10_000"), 10'000U);
  EXPECT_EQ(DecodeInt("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(DecodeInt("18446744073709551616"), std::nullopt);
}

TEST(LiteralsTest, DecimalsAreExact) {
  const auto decimal = DecodeDecimal("1_000.50");
  ASSERT_TRUE(decimal);
  EXPECT_EQ(decimal->digits, "100050");
  EXPECT_EQ(decimal->scale, 2);
  EXPECT_EQ(DecodeDecimal("0.00")->digits, "0");
  EXPECT_EQ(DecodeDecimal("0.00")->scale, 2);
  EXPECT_FALSE(DecodeDecimal("1.00000000000000000000000000000000000000"));  // 39 digits
}

TEST(LiteralsTest, Floats) {
  EXPECT_EQ(DecodeFloat("1.5e3"), 1500.0);
  EXPECT_EQ(DecodeFloat("1e999"), std::nullopt);
}

TEST(LiteralsTest, Durations) {
  EXPECT_EQ(DecodeDuration("1h30m").micros, 5'400'000'000);
  EXPECT_EQ(DecodeDuration("2w3us").micros, 1'209'600'000'003);
  EXPECT_EQ(DecodeDuration("5000ns").micros, 5);
  EXPECT_EQ(DecodeDuration("5ns").problem, DurationProblem::kSubMicrosecond);
  EXPECT_EQ(DecodeDuration("5min").problem, DurationProblem::kUnit);
  EXPECT_EQ(DecodeDuration("999999999999w").problem, DurationProblem::kTooLong);
  EXPECT_EQ(DecodeDuration("99999999999999999999s").problem, DurationProblem::kTooLong);
}

TEST(LiteralsTest, DurationTextIsShortest) {
  EXPECT_EQ(DurationText(0), "0s");
  EXPECT_EQ(DurationText(90'000'000), "1m30s");
  EXPECT_EQ(DurationText(-300'000'000), "-5m");
  EXPECT_EQ(DurationText(1'500), "1ms500us");
}

TEST(LiteralsTest, Sizes) {
  EXPECT_EQ(DecodeSize("1MiB"), 1'048'576);
  EXPECT_EQ(DecodeSize("2KB"), 2'000);
  EXPECT_EQ(DecodeSize("99999999TiB"), std::nullopt);
}

TEST(LiteralsTest, Timestamps) {
  EXPECT_EQ(DecodeTimestamp("@1970-01-01"), 0);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T10:00:00Z"), 1'767'261'600'000'000);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T10:00:00.250+02:00"), 1'767'254'400'250'000);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T10:00"), 1'767'261'600'000'000);
  EXPECT_EQ(DecodeTimestamp("@2026-02-29"), std::nullopt);
  EXPECT_EQ(DecodeTimestamp("@2024-02-29"), 1'709'164'800'000'000);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T24:00:00Z"), std::nullopt);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T10:00:00.1234567Z"), std::nullopt);
  EXPECT_EQ(DecodeTimestamp("@2026-01-01T10:00:00+19:00"), std::nullopt);
}

TEST(LiteralsTest, Escapes) {
  EXPECT_EQ(Unescape(R"(a\n\t\\\"\u{e4}\u{1F600})").value, "a\n\t\\\"ä😀");
  const DecodedString bad = Unescape(R"(a\qb\u{110000}\u{d800})");
  ASSERT_EQ(bad.bad.size(), 3U);
  EXPECT_EQ(bad.bad[0].offset, 1U);
  EXPECT_EQ(bad.bad[0].length, 2U);
  EXPECT_EQ(bad.bad[1].length, 10U);
}

TEST(LiteralsTest, FStringsAreSplit) {
  const FStringPieces split = SplitFString("a{b}{{c}}{d['x}']}");
  ASSERT_EQ(split.pieces.size(), 4U);
  EXPECT_FALSE(split.pieces[0].is_hole);
  EXPECT_TRUE(split.pieces[1].is_hole);
  EXPECT_EQ(split.pieces[3].begin, 10U);
  EXPECT_EQ(split.pieces[3].end, 17U);
  EXPECT_EQ(SplitFString("a{b").unclosed, 1U);
  EXPECT_EQ(SplitFString("a}b").stray, 1U);
}

}  // namespace
}  // namespace weir::syntax
