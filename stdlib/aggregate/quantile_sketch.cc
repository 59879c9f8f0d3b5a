#include "stdlib/aggregate/quantile_sketch.h"

#include <algorithm>
#include <cmath>

#include "stdlib/aggregate/aggregate_state.h"

namespace weir {
namespace {

constexpr double kAccuracy = 0.01;
const double kGamma = (1 + kAccuracy) / (1 - kAccuracy);
const double kLogGamma = std::log(kGamma);
/// Indices of all finite doubles lie within this.
constexpr int32_t kIndexLimit = 40'000;

int32_t IndexOf(double magnitude) {
  return static_cast<int32_t>(std::ceil(std::log(magnitude) / kLogGamma));
}

/// The value of a bucket that is at most 1 % off from all in it.
double ValueOf(int32_t index) {
  return std::exp(static_cast<double>(index) * kLogGamma) * 2 / (1 + kGamma);
}

}  // namespace

void QuantileSketch::Buckets::Add(int32_t index, uint64_t count) {
  if (counts.empty()) first = index;
  if (index < first) {
    counts.insert(counts.begin(), static_cast<size_t>(first - index), 0);
    first = index;
  }
  const auto at = static_cast<size_t>(index - first);
  if (at >= counts.size()) counts.resize(at + 1);
  counts[at] += count;
}

void QuantileSketch::Buckets::Merge(const Buckets& other) {
  for (size_t i = 0; i < other.counts.size(); ++i) {
    if (other.counts[i] > 0) Add(other.first + static_cast<int32_t>(i), other.counts[i]);
  }
}

bool QuantileSketch::empty() const { return data_ == nullptr || data_->total == 0; }

void QuantileSketch::Add(double value) {
  if (std::isnan(value)) return;
  if (data_ == nullptr) data_ = std::make_unique<Data>();
  ++data_->total;
  if (data_->bucketed) {
    AddToBuckets(value);
    return;
  }
  data_->exact.push_back(value);
  if (data_->exact.size() > kExactLimit) TurnIntoBuckets();
}

void QuantileSketch::AddToBuckets(double value) {
  if (value == 0) {
    ++data_->zeros;
  } else if (std::isinf(value)) {
    ++(value > 0 ? data_->plus_infinity : data_->minus_infinity);
  } else {
    (value > 0 ? data_->positive : data_->negative).Add(IndexOf(std::abs(value)), 1);
  }
}

void QuantileSketch::TurnIntoBuckets() {
  data_->bucketed = true;
  for (double value : data_->exact) AddToBuckets(value);
  data_->exact = {};
}

void QuantileSketch::Merge(const QuantileSketch& other) {
  if (other.empty()) return;
  if (!other.data_->bucketed) {
    for (double value : other.data_->exact) Add(value);
    return;
  }
  if (data_ == nullptr) data_ = std::make_unique<Data>();
  if (!data_->bucketed) TurnIntoBuckets();
  data_->positive.Merge(other.data_->positive);
  data_->negative.Merge(other.data_->negative);
  data_->zeros += other.data_->zeros;
  data_->minus_infinity += other.data_->minus_infinity;
  data_->plus_infinity += other.data_->plus_infinity;
  data_->total += other.data_->total;
}

double QuantileSketch::Quantile(double q) const {
  if (data_->bucketed) return QuantileOfBuckets(q);
  std::vector<double> values = data_->exact;
  const auto rank = static_cast<size_t>(q * static_cast<double>(values.size() - 1));
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double QuantileSketch::QuantileOfBuckets(double q) const {
  auto left = static_cast<uint64_t>(q * static_cast<double>(data_->total - 1));
  const auto passes = [&left](uint64_t count) {
    if (left < count) return false;
    left -= count;
    return true;
  };
  if (!passes(data_->minus_infinity)) return -HUGE_VAL;
  for (size_t i = data_->negative.counts.size(); i > 0; --i) {
    const int32_t index = data_->negative.first + static_cast<int32_t>(i - 1);
    if (!passes(data_->negative.counts[i - 1])) return -ValueOf(index);
  }
  if (!passes(data_->zeros)) return 0;
  for (size_t i = 0; i < data_->positive.counts.size(); ++i) {
    const int32_t index = data_->positive.first + static_cast<int32_t>(i);
    if (!passes(data_->positive.counts[i])) return ValueOf(index);
  }
  return HUGE_VAL;
}

void QuantileSketch::SaveBuckets(const Buckets& buckets, std::string& out) {
  PutRaw(buckets.first, out);
  PutRaw(static_cast<uint32_t>(buckets.counts.size()), out);
  for (uint64_t count : buckets.counts) PutRaw(count, out);
}

bool QuantileSketch::LoadBuckets(Buckets& buckets, std::string_view& in) {
  uint32_t size = 0;
  if (!TakeRaw(in, buckets.first) || !TakeRaw(in, size)) return false;
  if (std::abs(int64_t{buckets.first}) > kIndexLimit || size > 2 * kIndexLimit) return false;
  buckets.counts.resize(size);
  for (uint64_t& count : buckets.counts) {
    if (!TakeRaw(in, count)) return false;
  }
  return true;
}

void QuantileSketch::Save(std::string& out) const {
  const Data none;
  const Data& data = data_ == nullptr ? none : *data_;
  PutRaw(static_cast<uint8_t>(data.bucketed), out);
  if (!data.bucketed) {
    // Sorted: equal multisets have equal bytes.
    std::vector<double> values = data.exact;
    std::sort(values.begin(), values.end());
    PutRaw(static_cast<uint32_t>(values.size()), out);
    for (double value : values) PutRaw(value, out);
    return;
  }
  SaveBuckets(data.positive, out);
  SaveBuckets(data.negative, out);
  for (uint64_t count : {data.zeros, data.minus_infinity, data.plus_infinity, data.total}) {
    PutRaw(count, out);
  }
}

bool QuantileSketch::Load(std::string_view& in) {
  uint8_t bucketed = 0;
  if (!TakeRaw(in, bucketed)) return false;
  if (bucketed == 0) {
    uint32_t size = 0;
    if (!TakeRaw(in, size) || size > kExactLimit) return false;
    for (uint32_t i = 0; i < size; ++i) {
      double value = 0;
      if (!TakeRaw(in, value)) return false;
      Add(value);
    }
    return true;
  }
  data_ = std::make_unique<Data>();
  data_->bucketed = true;
  return LoadBuckets(data_->positive, in) && LoadBuckets(data_->negative, in) &&
         TakeRaw(in, data_->zeros) && TakeRaw(in, data_->minus_infinity) &&
         TakeRaw(in, data_->plus_infinity) && TakeRaw(in, data_->total);
}

}  // namespace weir
