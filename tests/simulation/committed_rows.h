#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/outputs.h"
#include "tests/simulation/trail.h"

namespace weir::simulation {

/// Rows that sinks were given, by the epoch that froze them: what a reader may see once that epoch
/// is committed, and must see in the end.
class CommittedRows {
 public:
  /// A life goes on from `epoch`: what was frozen behind it never was.
  void GoOnFrom(uint64_t epoch);
  void Add(const Entry& frozen);

  /// All of `sink`, by worker, in order.
  Lines Of(const std::string& sink) const;
  /// In the order in which they were frozen, over all workers.
  std::vector<std::string> InOrder(const std::string& sink) const;
  size_t CountUpTo(const std::string& sink, uint64_t epoch) const;

 private:
  struct Frozen {
    uint64_t epoch = 0;
    uint32_t worker = 0;
    std::string sink;
    std::vector<std::string> rows;
  };
  std::vector<Frozen> frozen_;
};

}  // namespace weir::simulation
