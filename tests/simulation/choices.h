#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

namespace weir::simulation {

/// The choices of one seed: splitmix64, the same on every machine.
class Choices {
 public:
  explicit Choices(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
  }
  /// In [least, most].
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(Next() % static_cast<uint64_t>(most - least + 1));
  }
  bool OneIn(uint64_t n) { return Next() % n == 0; }
  int64_t OneOf(std::initializer_list<int64_t> values) {
    return *(values.begin() + Next() % values.size());
  }
  /// Independent of what is chosen here later.
  Choices Branch() { return Choices(Next()); }

 private:
  uint64_t state_;
};

}  // namespace weir::simulation
