#include "runtime/types/decimal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace weir {
namespace {

/// Plain schoolbook text of an unscaled value, written without the code under test.
std::string TextOf(int64_t unscaled, int scale) {
  std::string digits = std::to_string(std::abs(unscaled));
  if (digits.size() <= static_cast<size_t>(scale)) {
    digits.insert(0, static_cast<size_t>(scale) + 1 - digits.size(), '0');
  }
  if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
  return (unscaled < 0 ? "-" : "") + digits;
}

TEST(Decimal, FormatsAndParsesBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const int scale = static_cast<int>(random() % 19);
    const int64_t value = static_cast<int64_t>(random()) >> (random() % 64);
    const std::string text = TextOf(value, scale);
    EXPECT_EQ(FormatDecimal(value, scale), text);
    EXPECT_TRUE(ParseDecimal(text, 38, scale) == Int128{value}) << text;
  }
}

TEST(Decimal, FormatsAndParsesWideValues) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const int scale = static_cast<int>(random() % 39);
    Int128 value = static_cast<Int128>(static_cast<UInt128>(random()) << 63 | random() >> 1);
    value = value % PowerOfTen(38) / PowerOfTen(static_cast<int>(random() % 30));
    if (random() % 2 == 0) value = -value;
    EXPECT_TRUE(ParseDecimal(FormatDecimal(value, scale), 38, scale) == value);
  }
  EXPECT_EQ(FormatDecimal(PowerOfTen(38) - 1, 38), "0." + std::string(38, '9'));
  EXPECT_EQ(FormatDecimal(PowerOfTen(36), 0), "1" + std::string(36, '0'));
}

TEST(Decimal, ParsesExactlyOrNotAtAll) {
  EXPECT_TRUE(ParseDecimal("12.50", 10, 2) == Int128{1250});
  EXPECT_TRUE(ParseDecimal("12.500000000000000000000000000000000000000000", 10, 2) == Int128{1250});
  EXPECT_TRUE(ParseDecimal("0000000000000000000000000000000000000000000012.5", 4, 2) ==
              Int128{1250});
  EXPECT_TRUE(ParseDecimal("1e3", 10, 2) == Int128{100000});
  EXPECT_TRUE(ParseDecimal("125e-1", 10, 2) == Int128{1250});
  EXPECT_TRUE(ParseDecimal("100E-4", 10, 2) == Int128{1});
  EXPECT_TRUE(ParseDecimal("0e999999999999", 10, 2) == Int128{0});
  EXPECT_TRUE(ParseDecimal("-0.00", 10, 2) == Int128{0});
  EXPECT_TRUE(ParseDecimal("99999999.99", 10, 2) == Int128{9999999999});
  EXPECT_TRUE(ParseDecimal("1" + std::string(60, '0') + "e-60", 1, 0) == Int128{1});
  for (const char* bad : {"",
                          "-",
                          "+1",
                          ".5",
                          "5.",
                          "1e",
                          "1e+",
                          " 1",
                          "1 ",
                          "0x1",
                          "1_0",
                          "--1",
                          "NaN",
                          "1.2.3",
                          "100000000.00",
                          "1.001",
                          "1e9",
                          "1e-3",
                          "1e99999999999",
                          "1e-99999999999",
                          "1e2147483647"}) {
    EXPECT_EQ(ParseDecimal(bad, 10, 2), std::nullopt) << bad;
  }
}

TEST(Decimal, RescalesAsLongDoubleSays) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 20'000; ++i) {
    const int64_t value = static_cast<int64_t>(random()) >> (16 + random() % 40);
    const int from = static_cast<int>(random() % 8);
    const int to = static_cast<int>(random() % 8);
    const long double exact =
        static_cast<long double>(value) * std::pow(10.0L, static_cast<long double>(to - from));
    const auto rounded = RescaleRounded(value, from, to, 38);
    ASSERT_TRUE(rounded.has_value());
    EXPECT_LE(std::abs(static_cast<long double>(*rounded) - exact), 0.5L + 1e-6L);
    const auto same = RescaleExact(value, from, to, 38);
    EXPECT_TRUE(!same || *same == *rounded);
    const bool divides = to >= from || value % static_cast<int64_t>(PowerOfTen(from - to)) == 0;
    EXPECT_EQ(same.has_value(), divides);
  }
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_TRUE(RescaleRounded(125, 2, 1, 10) == Int128{13});
  EXPECT_TRUE(RescaleRounded(-125, 2, 1, 10) == Int128{-13});
  EXPECT_TRUE(RescaleRounded(124, 2, 1, 10) == Int128{12});
  EXPECT_EQ(RescaleRounded(995, 2, 1, 2), std::nullopt);
  EXPECT_EQ(RescaleRounded(PowerOfTen(37), 0, 5, 38), std::nullopt);
}

// Worked by hand from the rules in DecimalPrecision.scala.
TEST(Decimal, ResultTypesFollowSpark) {
  const auto d = [](int precision, int scale) { return DataType::Decimal(precision, scale); };
  EXPECT_EQ(DecimalAddType(d(10, 2), d(10, 2)), d(11, 2));
  EXPECT_EQ(DecimalAddType(d(10, 2), d(5, 4)), d(13, 4));
  EXPECT_EQ(DecimalAddType(d(38, 10), d(38, 10)), d(38, 9));
  EXPECT_EQ(DecimalMultiplyType(d(10, 2), d(10, 2)), d(21, 4));
  EXPECT_EQ(DecimalMultiplyType(d(38, 10), d(38, 10)), d(38, 6));
  EXPECT_EQ(DecimalDivideType(d(10, 2), d(10, 2)), d(23, 13));
  EXPECT_EQ(DecimalDivideType(d(38, 10), d(38, 10)), d(38, 6));
  EXPECT_EQ(DecimalModuloType(d(10, 2), d(5, 4)), d(5, 4));
  EXPECT_EQ(DecimalForInteger(DataType::Of(TypeKind::kInt32)), d(10, 0));
  EXPECT_TRUE(DecimalAddType(d(10, 2).AsOptional(), d(1, 0)).optional());
}

}  // namespace
}  // namespace weir
