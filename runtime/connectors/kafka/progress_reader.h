#pragma once

#include <memory>
#include <optional>
#include <string>

#include "runtime/connectors/kafka/kafka_topic.h"
#include "runtime/connectors/kafka/lane_progress.h"

namespace weir {

/// Which records count.
enum class ProgressView {
  kCommitted,  ///< of committed transactions; waits for those that are open
  kAny,        ///< also of open and aborted ones: who was here last, not how far it got
};

/// Reads the progress topic, where a lane's last record says how far the lane has got. One thread.
class ProgressReader {
 public:
  static Result<std::unique_ptr<ProgressReader>> Make(const KafkaConnection& connection,
                                                      const std::string& topic);

  /// The last record under `key` before what is the partition's end now. Absence is never assumed:
  /// Unavailable when an open transaction hides the end for longer than transactions can be open.
  Result<std::optional<LaneProgress>> Read(int32_t partition, const std::string& key,
                                           ProgressView view);

 private:
  ProgressReader() = default;
  Status Scan(KafkaTopic& topic, int32_t partition, const std::string& key, int64_t begin,
              int64_t end, std::optional<LaneProgress>& last) const;

  std::unique_ptr<KafkaTopic> any_, committed_;
};

}  // namespace weir
