#pragma once

#include <optional>
#include <string>

#include "runtime/connector/sink_connector.h"

namespace weir {

/// The mark of a sink beside its parts: hidden `.weir-mark-<pipeline>-<sink>`, one line
/// `weir-mark 1 INCARNATION EPOCH`. One thread.
class PartMark {
 public:
  PartMark(const std::string& folder, const std::string& pipeline, const std::string& sink);

  /// DataLoss: the file is no mark.
  Result<std::optional<SinkMark>> Read();
  /// Durable when it returns. Call it when everything up to `mark.epoch` is visible.
  Status Write(const SinkMark& mark);

 private:
  const std::string folder_;
  const std::string path_;
  std::optional<SinkMark> known_;  ///< what is in the file, once read or written
};

}  // namespace weir
