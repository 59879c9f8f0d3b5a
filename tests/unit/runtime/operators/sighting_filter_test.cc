#include "runtime/operators/sighting_filter.h"

#include <gtest/gtest.h>

#include "runtime/base/hash.h"

namespace weir {
namespace {

uint64_t HashOf(uint64_t number) { return HashBytes(&number, sizeof(number)); }

TEST(SightingFilterTest, ForgetsNoneAndErrsSeldom) {
  for (const uint64_t keys : {1U, 40U, 1000U, 200'000U}) {
    SightingFilter filter(keys);
    for (uint64_t key = 0; key < keys; ++key) filter.Add(HashOf(key));
    for (uint64_t key = 0; key < keys; ++key) ASSERT_TRUE(filter.MayHave(HashOf(key)));
    int errors = 0;
    for (uint64_t key = 0; key < 100'000; ++key) errors += filter.MayHave(HashOf(~key)) ? 1 : 0;
    EXPECT_LT(errors, 800) << keys << " keys";
    EXPECT_LT(filter.ByteSize(), keys * 3 / 2 + 64 + 1) << keys << " keys";
    const auto copy = SightingFilter::From(filter.bytes());
    ASSERT_TRUE(copy.has_value());
    EXPECT_EQ(copy->bytes(), filter.bytes());
  }
}

TEST(SightingFilterTest, BytesThatAreNoneAreRefused) {
  EXPECT_FALSE(SightingFilter::From("").has_value());
  EXPECT_FALSE(SightingFilter::From("short").has_value());
}

}  // namespace
}  // namespace weir
