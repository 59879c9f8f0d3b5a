#include "compiler/source/utf8.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

TEST(Utf8Test, AcceptsAllLengths) {
  EXPECT_FALSE(
      FindInvalidUtf8("a\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"));
}

TEST(Utf8Test, RefusesWhatTheStandardRefuses) {
  EXPECT_EQ(FindInvalidUtf8("ab\xFF"), 2U);
  EXPECT_EQ(FindInvalidUtf8("\xC0\x80"), 0U);          // overlong
  EXPECT_EQ(FindInvalidUtf8("\xE0\x80\x80"), 0U);      // overlong
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0U);      // surrogate
  EXPECT_EQ(FindInvalidUtf8("\xF4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(FindInvalidUtf8("a\xE2\x82"), 1U);         // cut off
  EXPECT_EQ(FindInvalidUtf8("\x80"), 0U);              // continuation alone
}

TEST(Utf8Test, CountsCodePoints) {
  EXPECT_EQ(CountCodePoints(""), 0U);
  EXPECT_EQ(CountCodePoints("aä∀😀"), 4U);
  EXPECT_EQ(CountCodePoints("\xFF\xFF"), 2U);
}

}  // namespace
}  // namespace weir
