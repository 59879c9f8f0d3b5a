#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connectors/kafka/kafka_connection.h"
#include "runtime/connectors/kafka/kafka_handles.h"

namespace weir {

/// A topic as the brokers describe it.
struct KafkaTopicInfo {
  std::string name;
  int num_partitions = 0;
  bool forbidden = false;  ///< it is there, but this user may not use it
};

/// One librdkafka instance and the thread that serves its callbacks. Says on stderr, once per
/// outage and then ever less often, that no broker answers, and when one does again. Thread-safe.
class KafkaClient {
 public:
  static Result<std::shared_ptr<KafkaClient>> Make(const KafkaConnection& connection,
                                                   rd_kafka_type_t type,
                                                   KafkaHandle<rd_kafka_conf_t> conf);
  /// Undelivered messages of a producer are dropped.
  ~KafkaClient();
  KafkaClient(const KafkaClient&) = delete;
  KafkaClient& operator=(const KafkaClient&) = delete;

  rd_kafka_t* get() const { return handle_; }
  const KafkaConnection& connection() const { return connection_; }

  /// All topics. Waits for a broker, about ten seconds at most; the error names `brokers` and why.
  Result<std::vector<KafkaTopicInfo>> ListTopics();
  /// The topic, by a request for it alone: brokers that make topics on demand make it then.
  Result<KafkaTopicInfo> DescribeTopic(const std::string& topic);

  /// First offset and end of a partition. Waits for its leader, half a minute at most: right after
  /// a topic was made, and while brokers take over from each other, there is none.
  Status FindOffsets(const std::string& topic, int32_t partition, int64_t& low, int64_t& high);

  /// False from when a connection broke until a broker answers again.
  bool reachable() const { return !suspect_.load(std::memory_order_acquire); }
  /// From now on outages are logged: a start that finds no broker returns why instead.
  void ReportOutages() { reports_.store(true); }
  /// Not OK when librdkafka can't go on (an idempotent producer that lost its place).
  Status fatal_error();
  /// Why the last connection failed, "" when none did.
  std::string last_error();
  /// Called about once per second by the serving thread. Null: never again, also not still running
  /// when this returns; what it uses may go then.
  void SetTick(std::function<void()> tick);

 private:
  KafkaClient(const KafkaConnection& connection, rd_kafka_type_t type);
  static void OnError(rd_kafka_t* handle, int code, const char* reason, void* self);
  void Serve();
  void CheckReachable();
  Status CannotReach(rd_kafka_resp_err_t code);

  KafkaConnection connection_;
  rd_kafka_type_t type_;
  rd_kafka_t* handle_ = nullptr;
  std::atomic<bool> stop_{false};
  std::atomic<bool> reports_{false};
  std::atomic<bool> suspect_{false};
  std::atomic<bool> login_refused_{false};
  std::mutex mutex_;
  std::string last_error_;
  std::string fatal_;
  std::mutex tick_mutex_;  ///< held while it runs
  std::function<void()> tick_;
  int down_seconds_ = 0;  ///< serving thread only, like the next one
  int next_report_ = 0;
  std::thread thread_;
};

/// The first words of what librdkafka says of a failed connection, without its internal names.
std::string KafkaErrorText(rd_kafka_resp_err_t code);

}  // namespace weir
