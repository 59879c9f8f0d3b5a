#pragma once

#include <map>
#include <optional>
#include <string>

#include "runtime/connector/sink_connector.h"

namespace weir {

/// The mark of a sink beside its parts: hidden `.weir-mark-<pipeline>-<sink>`, one line
/// `weir-mark 2 INCARNATION EPOCH LANES POSITIONS`: LANES is the number of the next unit of each
/// lane, `0:5,1:7`; both may be `-`. Version 1 ends behind EPOCH. One thread.
class PartMark {
 public:
  PartMark(const std::string& folder, const std::string& pipeline, const std::string& sink);

  /// DataLoss: the file is no mark. Unimplemented: of a newer version. Without positions when the
  /// folder has parts that the mark does not know of: a process died between the two.
  Result<std::optional<SinkMark>> Read();
  /// Durable when it returns. Call it when everything up to `mark.epoch` is visible. `next`: number
  /// of the next unit, by lane.
  Status Write(const SinkMark& mark, const std::map<uint32_t, uint64_t>& next);

 private:
  Result<bool> KnowsAllParts(const SinkMark& mark, const std::string& lanes) const;

  const std::string folder_;
  const std::string path_;
  std::optional<SinkMark> known_;  ///< what is in the file, once read or written
};

}  // namespace weir
