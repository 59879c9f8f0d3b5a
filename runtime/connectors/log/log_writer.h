#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/partitioner.h"
#include "runtime/connectors/log/log_sink.h"
#include "runtime/connectors/log/segment_format.h"
#include "runtime/format/encoder.h"
#include "runtime/format/record_key.h"

namespace weir {

/// The rows of one worker on their way into a topic. One thread.
class LogWriter final : public SinkWriter {
 public:
  LogWriter(const LogSinkSettings& settings, std::shared_ptr<LogTopic> topic, LogUnits* units,
            uint32_t worker, std::unique_ptr<Encoder> encoder);

  Status Open() override;
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t epoch) override;
  Status Deliver(std::vector<RefusedRow>& refused) override;
  int64_t undelivered_rows() const override;
  Status Tick(Micros now) override;
  Status Close() override;

 private:
  struct Partition {
    LogBatchBuilder batch;
    std::unique_ptr<OpenSegment> segment;
  };
  /// A segment that gets no more rows, and the last unit with rows in it.
  struct FullSegment {
    std::unique_ptr<OpenSegment> segment;
    uint64_t unit = 0;
  };

  Status AppendRow(const RecordBatch& batch, RowIndex row, size_t index, Micros now);
  Status WriteBatch(uint32_t partition);
  Status EndUnit();
  bool IsFull() const;

  const LogSinkSettings& settings_;
  std::shared_ptr<LogTopic> topic_;
  LogUnits* const units_;
  std::string lane_;
  std::unique_ptr<Encoder> encoder_;
  RecordKeyWriter key_writer_;
  StickyPartitioner sticky_;
  std::vector<Partition> partitions_;
  std::string bytes_;         ///< records of the batch being appended
  std::vector<size_t> ends_;  ///< of each record in it
  RecordKeys keys_;
  std::string headers_;
  WrittenUnit unit_;  ///< being written
  int64_t unit_rows_ = 0, unit_bytes_ = 0;
  Micros unit_start_ = 0;
  uint64_t next_unit_ = 1;
  std::vector<WrittenUnit> ended_;  ///< since the last barrier
  std::vector<FullSegment> full_;   ///< to be given back once delivered
};

}  // namespace weir
