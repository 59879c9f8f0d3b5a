#pragma once

#include <compare>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/base/result.h"

namespace weir {

/// How far one partition had been read at a barrier.
struct PartitionPlace {
  std::string position;  ///< of PartitionReader::Position; "": before its first record
  bool ended = false;    ///< … and it was known to have no more

  bool operator==(const PartitionPlace&) const = default;
};

/// How far all partitions of all sources of a job had been read at a barrier: what a sink's mark
/// holds beside the epoch, so that another state can tell which rows the target has.
class SourcePositions {
 public:
  using Key = std::pair<std::string, std::string>;  ///< source node, partition

  void Set(const std::string& source, const std::string& partition, PartitionPlace place) {
    places_[{source, partition}] = std::move(place);
  }
  /// Null: the partition was not there.
  const PartitionPlace* Find(const std::string& source, const std::string& partition) const;
  const std::map<Key, PartitionPlace>& places() const { return places_; }
  bool operator==(const SourcePositions&) const = default;

  /// One word of printable ASCII, so that it fits whatever holds it:
  /// `1;SOURCE,PARTITION,POSITION[,end];…`, with %XX for what is neither letter, digit nor `._-:@`.
  std::string ToText() const;
  /// DataLoss: it is no such text. Unimplemented: a newer version wrote it.
  static Result<SourcePositions> FromText(std::string_view text);

 private:
  std::map<Key, PartitionPlace> places_;
};

}  // namespace weir
