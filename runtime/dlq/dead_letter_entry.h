#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"

namespace weir {

/// One dead letter as it was written by a pipeline (std.errors.DeadLetter).
struct DeadLetterEntry {
  std::string stage;
  std::vector<std::string> rules;
  std::vector<std::pair<std::string, std::string>> errors;  ///< field, reason
  std::string reason;
  std::string source;
  int64_t partition = -1, offset = -1;
  std::optional<Micros> event_time, ingest_time;
  std::string payload;  ///< as the row has it
  std::string payload_kind;
  int64_t payload_size = 0;
  std::string payload_hash;
  std::string envelope;  ///< JSON; "" for a record without key and headers
  int64_t generation = 0;

  /// Names the record that became a dead letter: two letters of one record have the same. `timed`:
  /// records of the source have times of their own, so that a record of a topic that was made anew
  /// is another one.
  std::string Identity(bool timed) const;
  bool is_tombstone() const { return payload_kind == "tombstone"; }
  /// Key and headers (record_headers.h) that the record had, from the envelope.
  Status ReadEnvelope(std::optional<std::string>& key, std::string& headers) const;
  /// The reason without the values in it, so that letters can be counted by it.
  std::string ReasonGroup() const;
  /// What is there of the bytes: those of a `base64` payload are decoded.
  std::string Bytes() const;
  /// Why the letter's record can't be sent again; empty when Bytes() is all of it, unchanged.
  std::string WhyNotReplayable() const;
};

}  // namespace weir
