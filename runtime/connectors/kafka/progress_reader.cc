#include "runtime/connectors/kafka/progress_reader.h"

#include <algorithm>
#include <chrono>

namespace weir {
namespace {

constexpr int kProgressPollMs = 200;
/// Longer than a transaction can be open before the brokers abort it.
constexpr auto kLongestOpen = std::chrono::seconds(90);
/// The last record is near the end: so many offsets are read first, then more.
constexpr int64_t kFirstSpan = 200;

Result<std::unique_ptr<KafkaTopic>> OpenTopic(const KafkaConnection& connection,
                                              const std::string& topic, const char* isolation) {
  WEIR_ASSIGN(KafkaHandle<rd_kafka_conf_t> conf,
              connection.MakeConf({{"isolation.level", isolation},
                                   {"enable.auto.commit", "false"},
                                   {"auto.offset.reset", "error"},
                                   {"enable.partition.eof", "true"},
                                   {"fetch.wait.max.ms", "50"},
                                   {"fetch.error.backoff.ms", "50"}}));
  WEIR_ASSIGN(std::shared_ptr<KafkaClient> client,
              KafkaClient::Make(connection, RD_KAFKA_CONSUMER, std::move(conf)));
  return std::make_unique<KafkaTopic>(std::move(client), topic);
}

}  // namespace

Result<std::unique_ptr<ProgressReader>> ProgressReader::Make(const KafkaConnection& connection,
                                                             const std::string& topic) {
  std::unique_ptr<ProgressReader> reader(new ProgressReader());
  WEIR_ASSIGN(reader->any_, OpenTopic(connection, topic, "read_uncommitted"));
  WEIR_ASSIGN(reader->committed_, OpenTopic(connection, topic, "read_committed"));
  return reader;
}

Result<std::optional<LaneProgress>> ProgressReader::Read(int32_t partition, const std::string& key,
                                                         ProgressView view) {
  int64_t low = 0, high = 0;
  WEIR_TRY(any_->client().FindOffsets(any_->name(), partition, low, high));
  KafkaTopic& topic = view == ProgressView::kAny ? *any_ : *committed_;
  std::optional<LaneProgress> last;
  for (int64_t span = kFirstSpan;; span *= 20) {
    const int64_t begin = std::max(low, high - span);
    if (begin < high) WEIR_TRY(Scan(topic, partition, key, begin, high, last));
    if (last || begin == low) return last;
  }
}

Status ProgressReader::Scan(KafkaTopic& topic, int32_t partition, const std::string& key,
                            int64_t begin, int64_t end, std::optional<LaneProgress>& last) const {
  if (rd_kafka_consume_start(topic.get(), partition, begin) != 0) {
    return IoError("progress topic \"{}\" cannot be read: {}", topic.name(),
                   KafkaErrorText(rd_kafka_last_error()));
  }
  const auto deadline = std::chrono::steady_clock::now() + kLongestOpen;
  Status status;
  for (int64_t next = begin; next < end && status.ok();) {
    rd_kafka_message_t* message = rd_kafka_consume(topic.get(), partition, kProgressPollMs);
    if (message == nullptr) {
      if (std::chrono::steady_clock::now() < deadline) continue;
      status = UnavailableError(
          "progress topic \"{}\", partition {}: offsets {} to {} are not readable: a transaction "
          "stays open",
          topic.name(), partition, next, end);
      break;
    }
    const rd_kafka_resp_err_t error = message->err;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      next = message->offset + 1;
      const std::string_view found(static_cast<const char*>(message->key), message->key_len);
      const std::string_view text(static_cast<const char*>(message->payload), message->len);
      if (found == key) {
        const auto progress = LaneProgress::FromText(text);
        if (progress && progress->is_newer) {
          status = UnimplementedError(
              "progress topic \"{}\" has a record of a newer version of weir for \"{}\": use that "
              "version or a newer one",
              topic.name(), key);
        } else if (progress) {
          last = progress;
        }
      }
    } else if (error == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      // Behind control records; before the end while a transaction is open.
      next = message->offset;
    } else if (error == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
      status = MakeStatus(StatusCode::kPermissionDenied,
                          "this user may not read progress topic \"{}\"", topic.name());
    } else if (error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
               error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE) {
      status =
          UnavailableError("progress topic \"{}\" was compacted while it was read", topic.name());
    }  // others are of connections: librdkafka tries again
    rd_kafka_message_destroy(message);
  }
  rd_kafka_consume_stop(topic.get(), partition);
  return status;
}

}  // namespace weir
