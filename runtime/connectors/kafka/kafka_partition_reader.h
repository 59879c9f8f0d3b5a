#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/source_connector.h"
#include "runtime/connectors/kafka/kafka_source.h"

namespace weir {

/// Takes what librdkafka has fetched of one partition; never waits for it. Unpolled, at most the
/// source's share of 64 MiB is fetched ahead and then the broker is not asked for more.
///
/// A position is `next@time`: the next offset and the time (ms) of the record before it, by which a
/// topic that was deleted and made again is recognised even where it has reached that offset.
class KafkaPartitionReader final : public PartitionReader {
 public:
  KafkaPartitionReader(const KafkaPartition& partition, size_t max_records,
                       std::shared_ptr<GroupProgress> progress, size_t progress_index);
  ~KafkaPartitionReader() override;

  Status Open(std::string_view position) override;
  Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) override;
  std::string Position(int64_t offset) const override;
  Result<int64_t> OffsetBefore(std::string_view position) const override;
  std::string StartPosition() const override;
  std::optional<int64_t> Lag() const override;

 private:
  struct Fetched;
  Status CheckResume(int64_t next) const;
  Status Begin(int64_t offset);
  void Stop();
  /// One message of a poll: a record, the end of the partition, or an error.
  Status Take(const rd_kafka_message_t& message, Micros now, RecordChunk& chunk);
  Status TakeRecord(const rd_kafka_message_t& message, Micros now, RecordChunk& chunk);
  static void TakeHeaders(const rd_kafka_message_t& message, RecordChunk& chunk);
  Status TakeError(const rd_kafka_message_t& message);
  Status Expired() const;
  Status Recreated(int64_t next, std::string_view evidence) const;
  std::string Where() const;

  KafkaPartition partition_;
  size_t max_records_;
  std::shared_ptr<GroupProgress> progress_;
  size_t progress_index_;

  bool started_ = false;
  bool ended_ = false;
  bool at_end_ = false;        ///< everything there was has come
  int64_t next_ = 0;           ///< offset after the last record taken
  int64_t last_time_ = -1;     ///< ms, of that record; -1: unknown
  int64_t verify_time_ = -1;   ///< of the record before the position; -1: nothing to verify
  size_t record_bytes_ = 256;  ///< about, of the last records
  std::vector<rd_kafka_message_t*> messages_;
};

}  // namespace weir
