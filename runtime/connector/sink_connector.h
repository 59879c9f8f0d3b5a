#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/schema.h"
#include "runtime/vector/record_batch.h"

namespace weir {

/// A row that the target finally refused.
struct RefusedRow {
  RecordBatch batch;
  RowIndex row = 0;
  std::string code;
  std::string message;
  int attempts = 1;
};

/// Writes the rows of one lane of one worker. Called by one thread. The life of rows:
/// Append (pending, may be buffered and spilled) -> Freeze at a barrier (a durable unit) ->
/// Deliver (idempotent, retried until acknowledged). At-least-once writers may deliver in Append.
class SinkWriter {
 public:
  virtual ~SinkWriter() = default;
  virtual Status Open() = 0;
  virtual Status Append(const RecordBatch& batch) = 0;
  /// Ends the current unit if it has rows: fsynced, named, not yet visible.
  virtual Status Freeze() = 0;
  /// Makes every frozen unit visible; rows the target refuses are appended to `refused`.
  virtual Status Deliver(std::vector<RefusedRow>& refused) = 0;
  /// Called between batches: time-based units (`batch … or 2s`), flushes of interactive sinks.
  virtual Status Tick(Micros now) {
    (void)now;
    return Status::Ok();
  }
  virtual Status Close() { return Status::Ok(); }
};

struct SinkRequest {
  std::string pipeline;
  std::string name;  ///< of the sink in the `.flow`
  const ConnectorOptions* options = nullptr;
  std::string format;
  const ConnectorOptions* format_options = nullptr;
  SchemaPtr schema;
  std::vector<int> key;  ///< columns
  bool upsert = false;   ///< rows carry an op
  int64_t batch_rows = 0, batch_bytes = 0;
  Micros batch_time = 0;
  std::string incarnation;   ///< of the state directory; part of file names
  uint32_t num_writers = 1;  ///< workers that will each make a writer
  const Clock* clock = nullptr;
};

/// One sink of a running job. Thread-safe after Open.
class SinkConnector {
 public:
  virtual ~SinkConnector() = default;
  /// Checks settings, reachability and permissions; errors name the option and the fix.
  virtual Status Open() = 0;
  virtual Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) = 0;
  /// After every writer is closed.
  virtual Status Close() { return Status::Ok(); }
};

}  // namespace weir
