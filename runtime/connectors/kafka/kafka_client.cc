#include "runtime/connectors/kafka/kafka_client.h"

#include <chrono>
#include <condition_variable>

#include "runtime/base/log.h"

namespace weir {
namespace {

/// A start waits this long for a broker.
constexpr int kConnectSeconds = 10;
constexpr int kRequestMs = 5000, kWatermarksMs = 10'000;
constexpr auto kLeaderWait = std::chrono::seconds(30);
constexpr auto kLongestDestroy = std::chrono::seconds(5);
constexpr int kFirstReport = 2, kLongestSilence = 300;  // seconds

KafkaTopicInfo InfoOf(const rd_kafka_metadata_topic_t& topic) {
  KafkaTopicInfo info;
  info.name = topic.topic;
  info.num_partitions = topic.partition_cnt;
  info.forbidden = topic.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED;
  return info;
}

/// An error of connections; others are about a topic, and whoever uses it hears of them.
bool IsConnectionError(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__TRANSPORT:
    case RD_KAFKA_RESP_ERR__RESOLVE:
    case RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN:
    case RD_KAFKA_RESP_ERR__AUTHENTICATION:
    case RD_KAFKA_RESP_ERR__SSL:
    case RD_KAFKA_RESP_ERR__TIMED_OUT:
    case RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE: return true;
    default: return false;
  }
}

/// Ends instances aside: librdkafka takes 100 ms for each, and can wait for ever for a partition
/// whose topic was deleted. The end of the process waits for them a while, since their threads use
/// what goes with it.
class Farewells {
 public:
  static Farewells& Instance() {
    static Farewells farewells;
    return farewells;
  }

  void Destroy(rd_kafka_t* handle) {
    {
      const std::lock_guard lock(mutex_);
      ++under_way_;
    }
    std::thread([this, handle] {
      rd_kafka_destroy(handle);
      const std::lock_guard lock(mutex_);
      --under_way_;
      changed_.notify_all();
    }).detach();
  }

 private:
  Farewells() = default;
  ~Farewells() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kLongestDestroy, [this] { return under_way_ == 0; });
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
};

}  // namespace

std::string KafkaErrorText(rd_kafka_resp_err_t code) { return rd_kafka_err2str(code); }

KafkaClient::KafkaClient(const KafkaConnection& connection, rd_kafka_type_t type)
    : connection_(connection), type_(type) {}

Result<std::shared_ptr<KafkaClient>> KafkaClient::Make(const KafkaConnection& connection,
                                                       rd_kafka_type_t type,
                                                       KafkaHandle<rd_kafka_conf_t> conf) {
  std::shared_ptr<KafkaClient> client(new KafkaClient(connection, type));
  rd_kafka_conf_set_opaque(conf.get(), client.get());
  rd_kafka_conf_set_error_cb(conf.get(), &KafkaClient::OnError);
  char why[512];
  client->handle_ = rd_kafka_new(type, conf.get(), why, sizeof(why));
  if (client->handle_ == nullptr) {
    return InvalidArgumentError("the Kafka client refuses its options: {}", why);
  }
  conf.release();  // NOLINT(bugprone-unused-return-value): the instance owns it now
  client->thread_ = std::thread([raw = client.get()] { raw->Serve(); });
  return client;
}

KafkaClient::~KafkaClient() {
  if (handle_ == nullptr) return;
  stop_.store(true);
  {
    // The thread need not wait out its poll: a start makes and ends many clients.
    const KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_get_main(handle_));
    rd_kafka_queue_yield(queue.get());
  }
  thread_.join();
  if (type_ == RD_KAFKA_PRODUCER) {
    rd_kafka_purge(handle_, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(handle_, 1000);  // hands out the reports of what was dropped
  }
  Farewells::Instance().Destroy(handle_);
}

void KafkaClient::SetTick(std::function<void()> tick) {
  const std::lock_guard<std::mutex> lock(tick_mutex_);
  tick_ = std::move(tick);
}

void KafkaClient::OnError(rd_kafka_t* handle, int code, const char* reason, void* self) {
  auto* client = static_cast<KafkaClient*>(self);
  const std::lock_guard<std::mutex> lock(client->mutex_);
  const auto error = static_cast<rd_kafka_resp_err_t>(code);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    char text[512];
    const rd_kafka_resp_err_t fatal = rd_kafka_fatal_error(handle, text, sizeof(text));
    client->fatal_ = fmt::format("{} ({})", text, rd_kafka_err2name(fatal));
    return;
  }
  if (!IsConnectionError(error)) return;
  if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION) client->login_refused_.store(true);
  // "4/4 brokers are down" says less than what came before it.
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || client->last_error_.empty()) {
    // Without "(after 0ms in state CONNECT, 1 identical error(s) suppressed)".
    const std::string_view text = reason;
    client->last_error_ = text.substr(0, text.find(" (after "));
  }
  client->suspect_.store(true, std::memory_order_release);
}

void KafkaClient::Serve() {
  auto next_tick = std::chrono::steady_clock::now();
  while (!stop_.load()) {
    rd_kafka_poll(handle_, 100);
    const auto now = std::chrono::steady_clock::now();
    if (now < next_tick) continue;
    next_tick = now + std::chrono::seconds(1);
    {
      const std::lock_guard<std::mutex> lock(tick_mutex_);
      if (tick_) tick_();
    }
    if (!reachable()) CheckReachable();
  }
}

/// One step per second while a connection is broken.
void KafkaClient::CheckReachable() {
  const rd_kafka_metadata_t* metadata = nullptr;
  const bool answered = rd_kafka_metadata(handle_, /*all_topics=*/0, nullptr, &metadata, 500) == 0;
  const KafkaHandle<const rd_kafka_metadata_t> owner(metadata);
  bool leaders = true;
  for (int i = 0; answered && i < metadata->topic_cnt; ++i) {
    for (int p = 0; p < metadata->topics[i].partition_cnt; ++p) {
      leaders = leaders && metadata->topics[i].partitions[p].leader >= 0;
    }
  }
  if (answered && leaders && metadata->broker_cnt > 0) {
    if (next_report_ > kFirstReport) {
      LogLine(fmt::format("{}: Kafka at {} answers again after {} s", connection_.owner(),
                          connection_.brokers(), down_seconds_));
    }
    down_seconds_ = next_report_ = 0;
    login_refused_.store(false);
    suspect_.store(false, std::memory_order_release);
    const std::lock_guard<std::mutex> lock(mutex_);
    last_error_.clear();
    return;
  }
  // A start that finds no broker fails, and says why.
  if (!reports_.load()) return;
  if (next_report_ == 0) next_report_ = kFirstReport;
  if (++down_seconds_ < next_report_) return;
  next_report_ = std::min(next_report_ * 4, next_report_ + kLongestSilence);
  LogLine(fmt::format("{}: Kafka at {} does not answer: {}; trying again", connection_.owner(),
                      connection_.brokers(), last_error()));
}

Status KafkaClient::fatal_error() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (fatal_.empty()) return Status::Ok();
  return DataLossError("the Kafka client cannot go on: {}", fatal_);
}

std::string KafkaClient::last_error() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return last_error_;
}

Status KafkaClient::CannotReach(rd_kafka_resp_err_t code) {
  std::string why = last_error();
  if (why.empty()) why = KafkaErrorText(code);
  if (login_refused_.load()) {
    return MakeStatus(StatusCode::kPermissionDenied,
                      "Kafka at {} refuses the login: {}; check security, sasl_mechanism, user "
                      "and password",
                      connection_.brokers(), why);
  }
  return UnavailableError(
      "no Kafka broker answers at {} within {} s: {}; check brokers: \"{}\" and security, or "
      "start one here: deploy/dev/services up kafka",
      connection_.brokers(), kConnectSeconds, why, connection_.brokers());
}

Result<std::vector<KafkaTopicInfo>> KafkaClient::ListTopics() {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  for (int second = 0; second < kConnectSeconds; ++second) {
    const rd_kafka_metadata_t* metadata = nullptr;
    code = rd_kafka_metadata(handle_, /*all_topics=*/1, nullptr, &metadata, 1000);
    const KafkaHandle<const rd_kafka_metadata_t> owner(metadata);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
      std::vector<KafkaTopicInfo> topics;
      for (int i = 0; i < metadata->topic_cnt; ++i) topics.push_back(InfoOf(metadata->topics[i]));
      return topics;
    }
    if (login_refused_.load()) break;
  }
  return CannotReach(code);
}

Result<KafkaTopicInfo> KafkaClient::DescribeTopic(const std::string& topic) {
  rd_kafka_topic_t* handle = rd_kafka_topic_new(handle_, topic.c_str(), nullptr);
  if (handle == nullptr) {
    return InvalidArgumentError("topic: \"{}\" is no name of a topic", topic);
  }
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t code =
      rd_kafka_metadata(handle_, /*all_topics=*/0, handle, &metadata, kRequestMs);
  const KafkaHandle<const rd_kafka_metadata_t> owner(metadata);
  rd_kafka_topic_destroy(handle);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return CannotReach(code);
  KafkaTopicInfo info;
  info.name = topic;
  if (metadata->topic_cnt == 1) info = InfoOf(metadata->topics[0]);
  return info;
}

Status KafkaClient::FindOffsets(const std::string& topic, int32_t partition, int64_t& low,
                                int64_t& high) {
  const auto deadline = std::chrono::steady_clock::now() + kLeaderWait;
  while (true) {
    const rd_kafka_resp_err_t code = rd_kafka_query_watermark_offsets(
        handle_, topic.c_str(), partition, &low, &high, kWatermarksMs);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return Status::Ok();
    const std::string text = fmt::format("the offsets of {}/{} cannot be read: {}", topic,
                                         partition, KafkaErrorText(code));
    if (code == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
      return MakeStatus(StatusCode::kPermissionDenied, "{}", text);
    }
    if (std::chrono::steady_clock::now() > deadline) return UnavailableError("{}", text);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

}  // namespace weir
