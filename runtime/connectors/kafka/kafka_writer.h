#pragma once

#include <memory>
#include <string>
#include <vector>

#include "runtime/connector/sink_connector.h"
#include "runtime/connectors/kafka/kafka_producer.h"
#include "runtime/format/encoder.h"
#include "runtime/format/record_key.h"

namespace weir {

/// Sends rows at once; the producer keeps them until the brokers have them.
class KafkaWriter final : public SinkWriter {
 public:
  /// `needs_key`: the topic is compacted.
  KafkaWriter(KafkaProducer& producer, std::unique_ptr<Encoder> encoder, RecordKeyWriter keys,
              bool needs_key, bool keep_headers);

  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override;
  Status Freeze(uint64_t) override { return Status::Ok(); }
  Status Deliver(std::vector<RefusedRow>& refused) override;
  bool HasUndelivered() const override;
  int64_t undelivered_rows() const override { return deliveries_->undelivered_rows(); }
  Status Close() override;

 private:
  Status Send(const RecordBatch& batch, SentBatch& sent);
  KafkaMessage MessageOf(size_t i, bool is_delete) const;
  Status Failure() const;

  KafkaProducer& producer_;
  std::unique_ptr<Encoder> encoder_;
  RecordKeyWriter key_writer_;
  bool needs_key_, keep_headers_;
  std::shared_ptr<Deliveries> deliveries_;
  // Of the batch at hand.
  std::string values_;
  std::vector<size_t> ends_;
  RecordKeys keys_;
};

}  // namespace weir
