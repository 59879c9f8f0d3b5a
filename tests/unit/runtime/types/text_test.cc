#include "runtime/types/text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

namespace weir {
namespace {

template <typename T>
std::string Written(void (*append)(T, std::string&), T value) {
  std::string out = "x";  // appends, never replaces
  append(value, out);
  return out.substr(1);
}

TEST(TimeText, EveryDayOfTenThousandYears) {
  int64_t days = DaysFromCivil(0, 1, 1);
  EXPECT_EQ(days, -719'528);
  EXPECT_EQ(DaysFromCivil(1970, 1, 1), 0);
  for (; days < 2'932'897; ++days) {
    const CivilDate date = CivilFromDays(days);
    ASSERT_EQ(DaysFromCivil(date.year, date.month, date.day), days);
  }
  EXPECT_EQ(Written(AppendDate, days - 1), "9999-12-31");
  EXPECT_EQ(ParseDate("2024-02-29"), 19'782);
  EXPECT_EQ(ParseDate("2023-02-29"), std::nullopt);
  EXPECT_EQ(ParseDate("1900-02-29"), std::nullopt);
}

TEST(TimeText, TimestampsRoundTrip) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 50'000; ++i) {
    const int64_t micros =
        -62'167'219'200'000'000 + static_cast<int64_t>(random() % 315'569'520'000'000'000);
    ASSERT_EQ(ParseTimestamp(Written(AppendTimestamp, micros)), micros);
  }
  EXPECT_EQ(Written(AppendTimestamp, int64_t{-1}), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(Written(AppendTimestamp, INT64_MIN), "-290308-12-21T19:59:05.224192Z");
}

TEST(TimeText, TimestampForms) {
  constexpr int64_t kNoon = 1'767'268'800'000'000;
  EXPECT_EQ(ParseTimestamp("2026-01-01T12:00:00Z"), kNoon);
  EXPECT_EQ(ParseTimestamp("2026-01-01T13:30:00+01:30"), kNoon);
  EXPECT_EQ(ParseTimestamp("2026-01-01T11:00:00.5-01:00"), kNoon + 500'000);
  EXPECT_EQ(ParseTimestamp("2026-01-01T12:00:00.1234567899Z"), kNoon + 123'456);
  for (const char* bad :
       {"", "2026-01-01T12:00:00", "2026-01-01", "2026-01-01T12:00Z", "2026-13-01T12:00:00Z",
        "2026-01-01T24:00:00Z", "2026-01-01T12:60:00Z", "2026-01-01T12:00:60Z",
        "2026-01-01T12:00:00.Z", "2026-01-01T12:00:00Z ", "2026-01-01T12:00:00+0100",
        "2026-01-01T12:00:00+24:00", "26-01-01T12:00:00Z  ", "2026-1-01T12:00:00ZZ",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-01-01T12:00:00.5"}) {
    EXPECT_EQ(ParseTimestamp(bad), std::nullopt) << bad;
  }
}

TEST(DurationText, RoundTripsAndRefuses) {
  EXPECT_EQ(ParseDuration("1h30m"), 5'400'000'000);
  EXPECT_EQ(ParseDuration("-5m"), -300'000'000);
  EXPECT_EQ(ParseDuration("1w"), 604'800'000'000);
  EXPECT_EQ(ParseDuration("500ns500ns"), 1);
  EXPECT_EQ(Written(AppendDuration, int64_t{93'600'000'000}), "1d2h");
  EXPECT_EQ(Written(AppendDuration, int64_t{250'000}), "250ms");
  EXPECT_EQ(Written(AppendDuration, int64_t{0}), "0s");
  for (const char* bad : {"", "-", "5", "5min", "m5", "1 h", "1ns", "1.5h", "PT5M",
                          "99999999999999999999s", "9223372036854775807w", "--1s"}) {
    EXPECT_EQ(ParseDuration(bad), std::nullopt) << bad;
  }
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const int64_t micros = static_cast<int64_t>(random()) >> (random() % 64);
    ASSERT_EQ(ParseDuration(Written(AppendDuration, micros)), micros);
  }
}

TEST(UuidText, RoundTripsAndRefuses) {
  std::mt19937_64 random(3);
  for (int i = 0; i < 10'000; ++i) {
    const Fixed16 value{random(), random()};
    ASSERT_EQ(ParseUuid(Written(AppendUuid, value)), value);
  }
  const std::string text = "00112233-4455-6677-8899-aabbccddeeff";
  EXPECT_EQ(ParseUuid(text), (Fixed16{0x0011223344556677, 0x8899aabbccddeeff}));
  EXPECT_EQ(ParseUuid("00112233-4455-6677-8899-AABBCCDDEEFF"), ParseUuid(text));
  for (size_t i = 0; i < text.size(); ++i) {
    for (const char c : {'g', '/', ':', '@', '`', ' ', '\xff'}) {
      std::string bad = text;
      bad[i] = c;
      EXPECT_EQ(ParseUuid(bad), std::nullopt) << bad;
    }
  }
  EXPECT_EQ(ParseUuid(text + "0"), std::nullopt);
  EXPECT_EQ(ParseUuid("00112233445566778899aabbccddeeff"), std::nullopt);
}

TEST(IpText, Ipv4) {
  EXPECT_EQ(ParseIpv4("255.0.10.1"), 0xff000a01);
  for (int64_t value = 0; value < 0x1'0000'0000; value += 65'521) {
    ASSERT_EQ(ParseIpv4(Written(AppendIpv4, value)), value);
  }
  for (const char* bad : {"", "1.2.3", "1.2.3.4.", "1.2.3.256", "01.2.3.4", "1..2.3", "1.2.3.4 ",
                          "1.2.3.1000", "-1.2.3.4"}) {
    EXPECT_EQ(ParseIpv4(bad), std::nullopt) << bad;
  }
}

TEST(IpText, Ipv6IsWrittenAsTheOperatingSystemDoes) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 20'000; ++i) {
    unsigned char bytes[16];
    for (unsigned char& byte : bytes) byte = static_cast<unsigned char>(random());
    for (int group = 0; group < 8; ++group) {
      if (random() % 2 == 0) bytes[2 * group] = bytes[2 * group + 1] = 0;
    }
    bytes[0] |= 0x20;  // not a form with a dotted quad
    char text[INET6_ADDRSTRLEN];
    ASSERT_NE(inet_ntop(AF_INET6, bytes, text, sizeof(text)), nullptr);
    const auto value = ParseIpv6(text);
    ASSERT_TRUE(value.has_value());
    ASSERT_EQ(Written(AppendIpv6, *value), text);
  }
  EXPECT_EQ(Written(AppendIpv6, Fixed16{}), "::");
  EXPECT_EQ(Written(AppendIpv6, Fixed16{0, 1}), "::1");
  EXPECT_EQ(Written(AppendIpv6, *ParseIpv6("::ffff:1.2.3.4")), "::ffff:1.2.3.4");
  for (const char* bad : {"", ":", ":::", "1::2::3", "12345::", "1.2.3.4", "fe80::1%eth0"}) {
    EXPECT_EQ(ParseIpv6(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseIpv6(std::string_view("::1\0", 4)), std::nullopt);
}

TEST(NumberText, Integers) {
  EXPECT_EQ(ParseInt64("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(ParseUInt64("18446744073709551615"), UINT64_MAX);
  for (const char* bad : {"", "-", "+1", " 1", "1.0", "1e3", "9223372036854775808", "0x10"}) {
    EXPECT_EQ(ParseInt64(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(ParseUInt64("-1"), std::nullopt);
  EXPECT_EQ(ParseUInt64("18446744073709551616"), std::nullopt);
}

TEST(NumberText, FloatsReadBackEqual) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 50'000; ++i) {
    const uint64_t bits = random();
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(ParseFloat64(Written(AppendFloat64, value)), value);
  }
  EXPECT_EQ(ParseFloat64("1e-400"), 0.0);
  EXPECT_EQ(ParseFloat64("1e400"), std::nullopt);
  EXPECT_EQ(Written(AppendFloat32, static_cast<double>(0.1F)), "0.1");
  EXPECT_TRUE(std::isnan(*ParseFloat64("NaN")));
  EXPECT_EQ(Written(AppendFloat64, -std::numeric_limits<double>::infinity()), "-Infinity");
  for (const char* bad : {"", ".5", "5.", "5.e1", "inf", "nan", "0x1p3", "1e", " 1", "+1"}) {
    EXPECT_EQ(ParseFloat64(bad), std::nullopt) << bad;
  }
}

TEST(Base64Text, RoundTripsAndRefuses) {
  std::mt19937_64 random(6);
  for (size_t size = 0; size < 200; ++size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    std::string text;
    AppendBase64(bytes, text);
    ASSERT_EQ(ParseBase64(text), bytes);
  }
  std::string text;
  AppendBase64("Many hands", text);
  EXPECT_EQ(text, "TWFueSBoYW5kcw==");
  for (const char* bad : {"T", "TW", "TWF", "TW==TW==", "====", "T===", "TR==", "TW Fu", "TW-_"}) {
    EXPECT_EQ(ParseBase64(bad), std::nullopt) << bad;
  }
}

TEST(JsonText, EscapesAtEveryPosition) {
  for (size_t at = 0; at < 20; ++at) {
    std::string text(20, 'a');
    text[at] = '"';
    std::string out;
    AppendJsonString(text, out);
    EXPECT_EQ(out, "\"" + std::string(at, 'a') + "\\\"" + std::string(19 - at, 'a') + "\"");
  }
  std::string out;
  AppendJsonString("\x01\t\\\x1f \x7f\xc3\xa9", out);
  EXPECT_EQ(out, "\"\\u0001\\t\\\\\\u001f \x7f\xc3\xa9\"");
}

/// Code points one by one, as RFC 3629 defines them.
bool SlowIsValid(const std::string& text) {
  for (size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    const size_t length = c < 0x80 ? 1 : c >> 5 == 6 ? 2 : c >> 4 == 14 ? 3 : c >> 3 == 30 ? 4 : 0;
    if (length == 0 || i + length > text.size()) return false;
    uint32_t point = length == 1 ? c : c & ((1U << (7 - length)) - 1);
    for (size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 63);
    }
    constexpr uint32_t kFirst[] = {0, 0, 0x80, 0x800, 0x10000};
    if (point < kFirst[length] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) {
      return false;
    }
    i += length;
  }
  return true;
}

TEST(Utf8Text, AgreesWithTheDefinition) {
  std::mt19937_64 random(7);
  constexpr unsigned char kInteresting[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0,
                                            0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed,
                                            0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff};
  for (int i = 0; i < 200'000; ++i) {
    std::string text(random() % 3 * 8, 'a');
    for (uint64_t k = random() % 6; k > 0; --k) {
      text += static_cast<char>(kInteresting[random() % sizeof(kInteresting)]);
    }
    ASSERT_EQ(IsValidUtf8(text), SlowIsValid(text));
  }
}

}  // namespace
}  // namespace weir
