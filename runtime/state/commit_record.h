#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"

namespace weir {

/// What is known of one commit.
struct CommitRecord {
  uint64_t epoch = 0;
  Micros time = 0;        ///< when it was written; of the engine's clock
  Micros duration = 0;    ///< of writing it; 0 for the newest, since a commit can't time itself
  uint64_t entries = 0;   ///< changes
  uint64_t bytes = 0;     ///< of their keys and values
  bool as_files = false;  ///< ingested as sorted files, not through the write-ahead log

  bool operator==(const CommitRecord&) const = default;
};

/// The newest commits, oldest first. Part of each commit, so that it is durable with it.
class CommitHistory {
 public:
  static constexpr size_t kKept = 32;

  uint64_t last_epoch() const { return records_.empty() ? 0 : records_.back().epoch; }
  const std::vector<CommitRecord>& records() const { return records_; }
  void Add(const CommitRecord& record);
  /// How long the newest took, known once it is over; durable with the next one.
  void SetLastDuration(Micros duration) { records_.back().duration = duration; }

  std::string Encode() const;
  /// None: the bytes are not a history.
  static std::optional<CommitHistory> Decode(std::string_view bytes);

 private:
  std::vector<CommitRecord> records_;
};

}  // namespace weir
