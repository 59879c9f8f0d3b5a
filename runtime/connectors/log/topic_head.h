#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/base/result.h"
#include "runtime/connectors/log/log_file.h"

namespace weir {

/// How far a topic's journal had come when somebody last was sure that it is on the disk. A journal
/// that is shorter has lost whole entries, which its own sums can't tell.
struct HeadMark {
  std::string topic_id;
  uint64_t journal = 0;  ///< number of the file
  int64_t position = 0;  ///< end of its last entry that is sure
  uint64_t sum = 0;      ///< of that entry's body
  int64_t records = 0;   ///< committed up to there, over all partitions

  bool IsBehind(const HeadMark& other) const {
    return journal != other.journal ? journal < other.journal : position < other.position;
  }
};

/// The file `head` of a topic: two slots that are written in turn, so that one that a crash has cut
/// leaves the one before. Written behind the journal, never before it. One process, one thread at a
/// time; readers only call Read.
class TopicHead {
 public:
  static std::string Path(const std::string& folder);
  /// The latest mark; none where the topic has no head. DataLoss when there is one and no slot of
  /// it is whole, which no crash leaves.
  static Result<std::optional<HeadMark>> Read(const std::string& folder);

  /// Makes the file with `mark` in it, or goes on with the one that is there.
  Status Open(const std::string& folder, const HeadMark& mark, bool sync);
  /// Moves it on; one that is there already or further stays.
  Status Advance(const HeadMark& mark, bool sync);

 private:
  LogFile file_;
  HeadMark mark_;
  uint64_t sequence_ = 0;
};

}  // namespace weir
