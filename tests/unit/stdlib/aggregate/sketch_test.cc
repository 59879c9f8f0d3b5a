// Errors of the sketches against brute force.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "runtime/base/hash.h"
#include "stdlib/aggregate/distinct_sketch.h"
#include "stdlib/aggregate/quantile_sketch.h"

namespace weir {
namespace {

uint64_t HashOf(uint64_t value) { return HashBytes(&value, sizeof(value)); }

TEST(DistinctSketch, IsExactUpToItsLimit) {
  DistinctSketch sketch;
  for (uint64_t i = 0; i < DistinctSketch::kExactLimit; ++i) {
    sketch.Add(HashOf(i));
    sketch.Add(HashOf(i / 2));
    ASSERT_EQ(sketch.Estimate(), static_cast<int64_t>(i + 1));
  }
}

TEST(DistinctSketch, HashOfZeroCounts) {
  DistinctSketch sketch;
  sketch.Add(0);
  sketch.Add(0);
  EXPECT_EQ(sketch.Estimate(), 1);
}

TEST(DistinctSketch, StartsSmall) { EXPECT_EQ(sizeof(DistinctSketch), 16u); }

TEST(DistinctSketch, ErrorBeyondTheLimitIsWithinThreeStandardErrors) {
  DistinctSketch sketch;
  uint64_t count = 0;
  for (uint64_t wanted : {5'000u, 10'000u, 50'000u, 200'000u, 1'000'000u}) {
    for (; count < wanted; ++count) sketch.Add(HashOf(count));
    const double error =
        std::abs(static_cast<double>(sketch.Estimate()) - static_cast<double>(wanted)) /
        static_cast<double>(wanted);
    EXPECT_LT(error, 3 * 0.0081) << wanted;
  }
}

TEST(DistinctSketch, DamagedRegistersAreRefused) {
  DistinctSketch sketch;
  for (uint64_t i = 0; i < 5000; ++i) sketch.Add(HashOf(i));
  std::string saved;
  sketch.Save(saved);
  saved[100] = '\x7f';
  std::string_view in = saved;
  DistinctSketch restored;
  EXPECT_FALSE(restored.Load(in));
}

/// The value at rank floor(q * (n - 1)).
double Exact(std::vector<double> values, double q) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(q * static_cast<double>(values.size() - 1))];
}

void ExpectWithinOnePercent(const std::vector<double>& values) {
  QuantileSketch sketch;
  for (double value : values) sketch.Add(value);
  for (double q : {0.0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const double exact = Exact(values, q);
    EXPECT_NEAR(sketch.Quantile(q), exact, std::abs(exact) * 0.0100001) << q;
  }
}

TEST(QuantileSketch, IsExactForFewValues) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> values(0, 100);
  QuantileSketch sketch;
  std::vector<double> all;
  while (all.size() < QuantileSketch::kExactLimit) {
    all.push_back(values(random));
    sketch.Add(all.back());
    ASSERT_EQ(sketch.Quantile(0.9), Exact(all, 0.9));
  }
}

TEST(QuantileSketch, RelativeErrorIsAtMostOnePercent) {
  std::mt19937_64 random(2);
  std::vector<double> latencies, balances, tiny;
  std::lognormal_distribution<double> log_normal(3, 2);
  std::normal_distribution<double> normal(0, 1e6);
  std::uniform_real_distribution<double> small(1e-12, 1e-9);
  for (int i = 0; i < 20'000; ++i) {
    latencies.push_back(log_normal(random));
    balances.push_back(i % 10 == 0 ? 0.0 : normal(random));
    tiny.push_back(small(random));
  }
  ExpectWithinOnePercent(latencies);
  ExpectWithinOnePercent(balances);
  ExpectWithinOnePercent(tiny);
}

TEST(QuantileSketch, ExtremeValuesHaveTheirPlaces) {
  QuantileSketch sketch;
  for (int i = 0; i < 1000; ++i) sketch.Add(1.0);
  for (double value : {-HUGE_VAL, HUGE_VAL, 5e-324, 1.7e308, -1.7e308}) sketch.Add(value);
  sketch.Add(std::nan(""));
  EXPECT_EQ(sketch.Quantile(0), -HUGE_VAL);
  EXPECT_EQ(sketch.Quantile(1), HUGE_VAL);
  EXPECT_NEAR(sketch.Quantile(0.5), 1.0, 0.01);
}

}  // namespace
}  // namespace weir
