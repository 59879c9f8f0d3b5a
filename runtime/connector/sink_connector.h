#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/data_type.h"
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
///
/// No call waits for a target: a writer whose target may be slow or away delivers on a thread of
/// its own, says by HasUndelivered that it has not finished, and by SinkConnector::HasRoom that it
/// can take no more.
class SinkWriter {
 public:
  virtual ~SinkWriter() = default;
  virtual Status Open() = 0;
  virtual Status Append(const RecordBatch& batch) = 0;
  /// Ends the current unit if it has rows: fsynced, named, not yet visible.
  virtual Status Freeze() = 0;
  /// Makes every frozen unit visible, or starts to. Rows the target has refused since the last call
  /// are appended to `refused`.
  virtual Status Deliver(std::vector<RefusedRow>& refused) = 0;
  /// Frozen rows that the target has not acknowledged, or refused ones that Deliver has not handed
  /// out. At the last barrier Deliver is called again until there are none.
  virtual bool HasUndelivered() const { return false; }
  /// Called between batches: time-based units (`batch … or 2s`), flushes of interactive sinks.
  virtual Status Tick(Micros now) {
    (void)now;
    return Status::Ok();
  }
  /// Waits for deliveries under way, but not for ever; an error says how many rows were left.
  virtual Status Close() { return Status::Ok(); }
};

/// An option whose value differs per row (a Redis key template).
struct RowOption {
  std::string name;
  int column = 0;  ///< of the batches given to Append, past those of the schema
  DataType type;
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
  int retries =
      0;  ///< attempts after the first for what the target refuses; 0: the connector's own
  Micros backoff_min = 0, backoff_max = 0;  ///< between attempts; 0: the connector's own
  std::vector<RowOption> row_options;
  std::string incarnation;  ///< of the state directory; part of file names
  /// Whether a later run may go on with this incarnation and deliver what it left frozen.
  bool resumable = true;
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
  /// False while as much waits for the target as may: sources that feed the sink stop reading. Rows
  /// that are inside the job, and barriers, come all the same (guarantees.md rule 13). Called by
  /// every worker, often.
  virtual bool HasRoom() const { return true; }
  /// After every writer is closed.
  virtual Status Close() { return Status::Ok(); }
};

}  // namespace weir
