#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "runtime/chdb/chdb_database.h"
#include "runtime/connector/sink_connector.h"

namespace weir {

/// Table in the store that says how far each sink has got. `flowc query` does not list it.
inline constexpr const char* kStoreMarksTable = "weir_commits";

/// Marks of one sink, in the database that it writes. Thread-safe.
class StoreMarks {
 public:
  StoreMarks(std::shared_ptr<ChdbDatabase> database, std::string pipeline, std::string sink,
             std::string incarnation)
      : database_(std::move(database)),
        pipeline_(std::move(pipeline)),
        sink_(std::move(sink)),
        incarnation_(std::move(incarnation)) {}

  /// Makes the table if it is absent and reads what it says of the sink.
  Status Open();
  /// Of this incarnation if it has one, else of the one that delivered last.
  std::optional<SinkMark> mark() const;
  /// Units of `lane` up to this number are in the table for good, none of their rows refused.
  uint64_t Delivered(uint32_t lane) const;
  /// By lane the last delivered unit, if some lane has reached an epoch above `committed`: another
  /// copy of this state has delivered since.
  std::map<uint32_t, uint64_t> Ahead(uint64_t committed) const;

  /// Before something of `epoch` is sent: the target never holds what its mark knows nothing of.
  Status Reach(uint32_t lane, uint64_t epoch);
  /// `stand` gives the epoch, and where all sources were then, at which the sink had got exactly
  /// what is in the table now; no positions: at none. No lane reaches on while it is asked.
  Status SetDelivered(uint32_t lane, uint64_t unit, const std::function<SinkMark()>& stand);

 private:
  struct Lane {
    uint64_t epoch = 0, unit = 0;
    std::string positions;  ///< as of the last write of all lanes; "" in those before
  };
  Status Write(uint32_t lane, const Lane& reached);  ///< holding writing_

  const std::shared_ptr<ChdbDatabase> database_;
  const std::string pipeline_, sink_, incarnation_;
  std::mutex writing_;  ///< before the other one
  mutable std::mutex mutex_;
  std::map<uint32_t, Lane> lanes_;  ///< of this incarnation
  std::optional<SinkMark> other_;
  std::string positions_;  ///< of the write that was the last one
};

}  // namespace weir
