#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/data_type.h"
#include "runtime/types/schema.h"
#include "runtime/vector/record_batch.h"

namespace weir {

class Outbox;

/// A row that the target finally refused.
struct RefusedRow {
  RecordBatch batch;
  RowIndex row = 0;
  std::string code;
  std::string message;
  int attempts = 1;
};

/// Writes the rows of one worker. Called by one thread. The life of rows: Append (pending, may be
/// buffered and spilled) -> Freeze at a barrier (part of that checkpoint) -> SinkConnector::Prepare
/// (durable) -> the commit -> SinkConnector::Committed (delivered, idempotently, until
/// acknowledged). At-least-once writers may deliver in Append.
///
/// No call waits for a target: a writer whose target may be slow or away delivers on a thread of
/// its own, says by HasUndelivered that it has not finished, and by SinkConnector::HasRoom that it
/// can take no more.
class SinkWriter {
 public:
  virtual ~SinkWriter() = default;
  virtual Status Open() = 0;
  virtual Status Append(const RecordBatch& batch) = 0;
  /// Just before Freeze: rows that the writer itself refused since the last barrier, of which the
  /// target will never hear. They leave by the error route ahead of that barrier, so that what they
  /// became is part of the same checkpoint.
  virtual void TakeRefused(std::vector<RefusedRow>& refused) { (void)refused; }
  /// Barrier `epoch`: rows given so far belong to its checkpoint, later ones don't. A mark; what
  /// takes time (encoding apart) is left to Prepare.
  virtual Status Freeze(uint64_t epoch) = 0;
  /// After the commit of a barrier: rows that the target has refused since the last call are
  /// appended to `refused`. They belong to the next barrier.
  virtual Status Deliver(std::vector<RefusedRow>& refused) = 0;
  /// Frozen rows that the target has not acknowledged, or refused ones that Deliver has not handed
  /// out. At the last barrier Deliver is called again until there are none.
  virtual bool HasUndelivered() const { return false; }
  /// Rows that were appended and that the target has neither acknowledged nor refused (refused ones
  /// count until Deliver hands them out): the sink's `pending`. Writers whose rows are at their
  /// target when Append returns have none.
  virtual int64_t undelivered_rows() const { return 0; }
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
  /// Rows are records that go back to where they were: written with the headers that they had
  /// (`HiddenColumns::record_headers`).
  bool keep_headers = false;
  std::string incarnation;  ///< of the state directory; part of file names
  /// Whether a later run may go on with this incarnation and deliver what it left frozen.
  bool resumable = true;
  /// Go on without what the last commit lists and is gone, as far as the rest allows.
  bool accept_resend = false;
  /// For targets that need bytes sent again after a crash (runtime/delivery/outbox.h); null: the
  /// state dies with the process.
  std::shared_ptr<Outbox> outbox;
  uint32_t num_writers = 1;  ///< workers that will each make a writer
  const Clock* clock = nullptr;
};

/// How far a target has got, kept in the target itself beside what is delivered (guarantees.md
/// rule 6).
struct SinkMark {
  std::string incarnation;  ///< of the state folder that delivered
  uint64_t epoch = 0;       ///< last one of which something is delivered
  /// SourcePositions::ToText as of a barrier, if the target has exactly the rows that the sink got
  /// before that barrier. "": it has some rows of an epoch and not others, or an earlier version
  /// of weir wrote the mark.
  std::string positions = {};

  bool operator==(const SinkMark&) const = default;
};

/// One sink of a running job. Thread-safe after Open.
///
/// Calls at the start: Open, ReadMark, Restore, MakeWriter for each worker. At a checkpoint, when
/// every writer has frozen its epoch: Prepare, the commit, Committed; both from the committer's
/// thread, which may wait for disks but not for targets.
class SinkConnector {
 public:
  virtual ~SinkConnector() = default;
  /// Checks settings, reachability and permissions; errors name the option and the fix.
  virtual Status Open() = 0;

  /// Whether what ReadMark returns says what the target has. Without, nothing tells whether rows
  /// are there already.
  virtual bool KeepsMark() const { return false; }
  /// The target's mark for this pipeline and sink, none where nothing was ever delivered or where
  /// the connector keeps none. Each delivery moves it.
  virtual Result<std::optional<SinkMark>> ReadMark() { return std::optional<SinkMark>(); }

  /// Makes durable what writers have frozen up to `epoch` and returns what the commit must hold, so
  /// that a later run can deliver what is not delivered yet: opaque, small, a codec version first.
  /// Called again for a later epoch when a commit failed.
  virtual Result<std::string> Prepare(uint64_t epoch) {
    (void)epoch;
    return std::string();
  }
  /// Positions of all sources at the barrier `epoch`, as SourcePositions::ToText; null: not known.
  /// They go into the mark. Called just before Restore and Committed of that epoch.
  virtual void NotePositions(uint64_t epoch, std::shared_ptr<const std::string> positions) {
    (void)epoch;
    (void)positions;
  }
  /// The commit of `epoch` is durable: what is frozen up to it is delivered, or begins to be.
  virtual Status Committed(uint64_t epoch) {
    (void)epoch;
    return Status::Ok();
  }
  /// Whether the target has everything that is frozen up to `epoch`, which Committed or Restore has
  /// named: sinks that deliver `after` this one wait for it.
  virtual bool HasDelivered(uint64_t epoch) const {
    (void)epoch;
    return true;
  }
  /// No rows follow what is committed: what of it waits for company is delivered now.
  virtual Status DeliverOpen() { return Status::Ok(); }
  /// `state` is what Prepare returned for the last commit, `epoch` which one that was; 0 and ""
  /// when there is none. Units that it lists are delivered (or queued to be), all others that an
  /// earlier run of this incarnation left behind are removed.
  virtual Status Restore(uint64_t epoch, std::string_view state) {
    (void)epoch;
    (void)state;
    return Status::Ok();
  }

  virtual Result<std::unique_ptr<SinkWriter>> MakeWriter(uint32_t worker) = 0;
  /// False while as much waits for the target as may: sources that feed the sink stop reading. Rows
  /// that are inside the job, and barriers, come all the same (guarantees.md rule 13). Called by
  /// every worker, often.
  virtual bool HasRoom() const { return true; }
  /// After every writer is closed.
  virtual Status Close() { return Status::Ok(); }
};

}  // namespace weir
