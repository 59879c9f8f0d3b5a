#pragma once

#include <deque>
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
  LogWriter(const LogSinkSettings& settings, std::shared_ptr<LogTopic> topic, uint32_t worker,
            std::unique_ptr<Encoder> encoder);

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
    bool written = false;  ///< since the last sync
  };

  Status AppendRow(const RecordBatch& batch, RowIndex row, size_t index, Micros now);
  Status WriteBatch(uint32_t partition);
  Status EndUnit();
  bool IsFull() const;
  bool IsDue(Micros now) const;

  const LogSinkSettings& settings_;
  std::shared_ptr<LogTopic> topic_;
  std::string lane_;
  std::unique_ptr<Encoder> encoder_;
  RecordKeyWriter key_writer_;
  StickyPartitioner sticky_;
  std::vector<Partition> partitions_;
  std::string bytes_;         ///< records of the batch being appended
  std::vector<size_t> ends_;  ///< of each record in it
  RecordKeys keys_;
  std::string headers_;
  LogUnit unit_;  ///< being written
  int64_t unit_rows_ = 0, unit_bytes_ = 0;
  Micros unit_start_ = 0;
  uint64_t next_unit_ = 1;
  std::deque<LogUnit> frozen_;                      ///< prepared, not yet visible
  std::vector<std::unique_ptr<OpenSegment>> full_;  ///< to be given back once delivered
};

}  // namespace weir
