#pragma once

#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connector/connector_options.h"
#include "runtime/connectors/kafka/kafka_handles.h"

namespace weir {

/// How to reach the brokers: the options that sources and sinks share.
class KafkaConnection {
 public:
  /// `owner`: `source events`; begins what is logged.
  KafkaConnection(const ConnectorOptions& options, std::string owner);

  /// A configuration with everything about connections set, plus `settings` (librdkafka's names).
  Result<KafkaHandle<rd_kafka_conf_t>> MakeConf(
      const std::vector<std::pair<std::string, std::string>>& settings) const;

  const std::string& owner() const { return owner_; }
  const std::string& brokers() const { return brokers_; }
  bool has_login() const { return !mechanism_.empty(); }

 private:
  std::string owner_;
  std::string brokers_;
  std::string security_;
  std::string mechanism_;
  std::vector<std::pair<std::string, std::string>> options_;  ///< librdkafka's name, value
};

}  // namespace weir
