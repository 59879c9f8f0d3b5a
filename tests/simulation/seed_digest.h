#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/simulation/trail.h"

namespace weir::simulation {

/// One number for everything that the lives of a seed did: names, bytes, syncs, commits, ledgers,
/// what the target got. Left out are the files of RocksDB which hold its own identifiers and times
/// (its log of commits is in).
class SeedDigest {
 public:
  void Add(const Trail& trail);
  uint64_t value() const { return value_; }

 private:
  void Mix(uint64_t value);
  void Mix(std::string_view text);
  bool IsLeftOut(uint64_t inode) const;

  uint64_t value_ = 1;
  std::map<uint64_t, std::string> names_;
};

}  // namespace weir::simulation
