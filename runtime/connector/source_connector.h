#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/base/clock.h"
#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/types/schema.h"

namespace weir {

/// Raw records of one partition, in order. Records are views into buffers that `owners` keep
/// alive; nothing is copied on the way to the decoder and to dead letters.
struct RecordChunk {
  std::vector<std::string_view> records;
  std::vector<int64_t> offsets;      ///< position of each record in its partition
  std::vector<Micros> ingest_times;  ///< empty: the clock at reading
  /// Records the connector itself had to cut (longer than max_line): index and true length.
  std::vector<std::pair<size_t, int64_t>> truncated;
  /// Indices of records whose value is null (tombstones of a log): no row, but a dead letter of
  /// reason `tombstone`; `records` has an empty view there.
  std::vector<size_t> tombstones;
  /// Key and headers of each record (record_headers.h), as far as there are any: shorter than
  /// `records` or empty where the rest has none; `data()` is null for a record without. `owners`
  /// keep them too.
  std::vector<std::string_view> keys, headers;
  std::vector<std::shared_ptr<const void>> owners;
  /// csv with a header: the partition's first line, which is not a record; kept by `owners`.
  std::string_view header;
  void Clear();
  size_t size() const { return records.size(); }
  /// Forgets all records but the first `count`.
  void Truncate(size_t count);
  /// Of the record that was added last.
  void SetKey(std::string_view key);
  void SetHeaders(std::string_view list);
};

enum class PollState : uint8_t {
  kData,   ///< the chunk has records; poll again at once
  kEmpty,  ///< at the partition's end for now
  /// Nothing for now, and whether that is the end is not known (a broker is away, records are on
  /// their way): the partition does not count as idle.
  kWaiting,
  kEnd,  ///< the partition will never have more
};

struct PollResult {
  PollState state = PollState::kEmpty;
  /// kEmpty, kWaiting: don't poll before (clock time); kMinTimestamp: whenever convenient.
  Micros not_before = kMinTimestamp;
};

/// Reads one partition. Owned by one worker; never blocks for long (a file read is fine, waiting
/// for a network is not: such connectors have threads of their own).
class PartitionReader {
 public:
  virtual ~PartitionReader() = default;
  /// Starts at `position` (from `Position()` of an earlier run), "" = as the options say.
  virtual Status Open(std::string_view position) = 0;
  /// Appends at most `max_records` records (about 1 MiB of bytes) to `chunk`.
  virtual Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) = 0;
  /// Resume point after the record with `offset` (the last one emitted downstream).
  virtual std::string Position(int64_t offset) const = 0;
  /// Offset of the last record that may be before `position`, which a reader of this partition has
  /// given, perhaps in another run; -1: none can be. Records in between may be missing. An error:
  /// `position` is none of this partition's records.
  virtual Result<int64_t> OffsetBefore(std::string_view position) const;
  /// Where Open began, as a position; "" when that is the same at every start. What begins at the
  /// end of something that grows must say it: a restart before the first record begins there too.
  virtual std::string StartPosition() const { return {}; }
  /// Records that are there and were not yet polled, where the connector knows.
  virtual std::optional<int64_t> Lag() const { return std::nullopt; }
};

/// What a source is made from.
struct SourceRequest {
  std::string name;  ///< of the source in the `.flow`
  const ConnectorOptions* options = nullptr;
  SchemaPtr schema;    ///< declared; the generator makes records of it
  std::string format;  ///< json, csv or raw; connectors that split text need it
  const ConnectorOptions* format_options = nullptr;
  int64_t max_line = 1 << 20;
  const Clock* clock = nullptr;
};

/// One source of a running job: its partitions. Thread-safe after Open.
class SourceConnector {
 public:
  virtual ~SourceConnector() = default;
  /// Checks settings and reachability, finds the partitions. Errors name the option.
  virtual Status Open() = 0;
  virtual size_t num_partitions() const = 0;
  /// Stable name of a partition, e.g. the file name: keys its position in checkpoints.
  virtual std::string partition_name(size_t partition) const = 0;
  /// The state has a position of this partition: others are new to the pipeline, and nothing was
  /// read before they came. Between Open and MakeReader.
  virtual void NoteKnown(std::string_view partition) { (void)partition; }
  /// The partition that a known name, which none has now, stands for: the same under another name.
  virtual std::optional<size_t> FindRenamed(std::string_view known) {
    (void)known;
    return std::nullopt;
  }
  virtual Result<std::unique_ptr<PartitionReader>> MakeReader(size_t partition) = 0;
};

/// What a table is made from.
struct TableRequest {
  std::string name;
  const ConnectorOptions* options = nullptr;
  const ConnectorOptions* format_options = nullptr;
  SchemaPtr schema;
  int64_t max_line = 1 << 20;
  const Clock* clock = nullptr;
};

/// All records of an external table, read at start and on refresh.
class TableConnector {
 public:
  virtual ~TableConnector() = default;
  virtual Status Open() = 0;
  virtual std::string format() const = 0;  ///< of the records: json or csv
  /// Appends the next records; false at the end (then `chunk` may still have got the last ones).
  /// `Rewind` starts again for a refresh.
  virtual Result<bool> Read(RecordChunk& chunk) = 0;
  virtual Status Rewind() = 0;
};

}  // namespace weir
