#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace weir {

/// Quantiles of numbers: exactly up to kExactLimit values, then by DDSketch (Masson, Rim, Lee,
/// "DDSketch: a fast and fully-mergeable quantile sketch with relative-error guarantees", 2019)
/// with relative error at most 1 %. Which of the two depends only on how many values there are, and
/// buckets only count: any order and any merging give the same.
/// A quantile is the value at rank floor(q * (n - 1)) of the sorted values, never one in between.
class QuantileSketch {
 public:
  static constexpr size_t kExactLimit = 512;

  void Add(double value);  ///< NaN is not counted
  void Merge(const QuantileSketch& other);
  bool empty() const;
  /// 0 <= q <= 1; not of an empty sketch.
  double Quantile(double q) const;

  void Save(std::string& out) const;
  bool Load(std::string_view& in);  ///< into an empty one

 private:
  /// Counts of neighbouring buckets; bucket i holds values in (gamma^(i-1), gamma^i].
  struct Buckets {
    int32_t first = 0;
    std::vector<uint64_t> counts;
    void Add(int32_t index, uint64_t count);
    void Merge(const Buckets& other);
  };
  struct Data {
    std::vector<double> exact;  ///< in no order; empty once there are buckets
    bool bucketed = false;
    Buckets positive;
    Buckets negative;  ///< of absolute values
    uint64_t zeros = 0;
    uint64_t minus_infinity = 0;
    uint64_t plus_infinity = 0;
    uint64_t total = 0;
  };
  void AddToBuckets(double value);
  void TurnIntoBuckets();
  double QuantileOfBuckets(double q) const;
  static void SaveBuckets(const Buckets& buckets, std::string& out);
  static bool LoadBuckets(Buckets& buckets, std::string_view& in);

  std::unique_ptr<Data> data_;  ///< null: empty
};

}  // namespace weir
