#include "runtime/connectors/kafka/kafka_sink.h"

#include "runtime/connectors/kafka/kafka_writer.h"

namespace weir {
namespace {

/// What may wait for the brokers, of all lanes together. Batches are bounded too, since each keeps
/// the memory of the rows that it came from.
constexpr int64_t kMostBytes = 64 << 20;
constexpr int64_t kMostBatches = 512;

}  // namespace

Status KafkaSink::Open() {
  WEIR_TRY(settings_.Open());
  auto producer = settings_.ProducerSettings();
  // Rows wait as long as it takes; how many may is a matter of HasRoom.
  producer.emplace_back("message.timeout.ms", "0");
  for (uint32_t i = 0; i < settings_.lanes(); ++i) {
    WEIR_ASSIGN(std::unique_ptr<KafkaProducer> lane,
                KafkaProducer::Make(settings_.connection(), settings_.topic(), producer));
    lane->client().ReportOutages();
    lanes_.push_back(std::move(lane));
  }
  return Status::Ok();
}

Result<std::unique_ptr<SinkWriter>> KafkaSink::MakeWriter(uint32_t worker) {
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, settings_.MakeEncoder());
  KafkaProducer& lane = *lanes_[worker % lanes_.size()];
  return std::unique_ptr<SinkWriter>(new KafkaWriter(
      lane, std::move(encoder), RecordKeyWriter(settings_.schema(), settings_.key()),
      settings_.needs_key(), settings_.keep_headers()));
}

bool KafkaSink::HasRoom() const {
  int64_t bytes = 0, batches = 0;
  for (const auto& lane : lanes_) {
    bytes += lane->bytes();
    batches += lane->batches();
  }
  return bytes < kMostBytes && batches < kMostBatches;
}

}  // namespace weir
