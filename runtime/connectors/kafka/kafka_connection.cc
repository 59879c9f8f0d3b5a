#include "runtime/connectors/kafka/kafka_connection.h"

#include "runtime/connectors/kafka/broker_list.h"

namespace weir {
namespace {

/// Our option, librdkafka's name.
constexpr std::pair<const char*, const char*> kSettings[] = {
    {"brokers", "bootstrap.servers"},
    {"security", "security.protocol"},
    {"sasl_mechanism", "sasl.mechanisms"},
    {"user", "sasl.username"},
    {"password", "sasl.password"},
    {"ca", "ssl.ca.location"},
    {"client_certificate", "ssl.certificate.location"},
    {"client_key", "ssl.key.location"},
};

std::string OptionFor(std::string_view setting) {
  for (const auto& [option, name] : kSettings) {
    if (setting == name) return option;
  }
  return std::string(setting);
}

/// librdkafka writes to stderr by itself; what matters comes as an error event.
void DropLog(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

KafkaConnection::KafkaConnection(const ConnectorOptions& options, std::string owner)
    : owner_(std::move(owner)),
      brokers_(options.GetString("brokers", "localhost:9092")),
      security_(options.GetString("security", "plaintext")) {
  if (security_.starts_with("sasl")) mechanism_ = options.GetString("sasl_mechanism");
  for (const auto& [option, name] : kSettings) {
    if (options.Has(option)) options_.emplace_back(name, options.GetString(option));
  }
}

Result<KafkaHandle<rd_kafka_conf_t>> KafkaConnection::MakeConf(
    const std::vector<std::pair<std::string, std::string>>& settings) const {
  WEIR_TRY(CheckBrokerList(brokers_));
  if (security_.starts_with("sasl") && mechanism_.empty()) {
    return InvalidArgumentError(
        "security: \"{}\" needs sasl_mechanism (\"PLAIN\", \"SCRAM-SHA-256\", "
        "\"SCRAM-SHA-512\")",
        security_);
  }
  if (!security_.starts_with("sasl")) {
    for (const auto& [name, value] : options_) {
      if (!name.starts_with("sasl.")) continue;
      return InvalidArgumentError(
          "{} is only used with security: \"sasl_plaintext\" or \"sasl_ssl\"; it is \"{}\"",
          OptionFor(name), security_);
    }
  }
  KafkaHandle<rd_kafka_conf_t> conf(rd_kafka_conf_new());
  rd_kafka_conf_set_log_cb(conf.get(), DropLog);
  std::vector<std::pair<std::string, std::string>> all = {
      {"bootstrap.servers", brokers_},
      {"client.id", "weir"},
      {"reconnect.backoff.max.ms", "2000"},
      {"socket.keepalive.enable", "true"},
      {"topic.metadata.refresh.interval.ms", "30000"},
  };
  all.insert(all.end(), options_.begin(), options_.end());
  all.insert(all.end(), settings.begin(), settings.end());
  char why[512];
  for (const auto& [name, value] : all) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why, sizeof(why)) ==
        RD_KAFKA_CONF_OK) {
      continue;
    }
    return InvalidArgumentError("option {} cannot be used: {}", OptionFor(name), why);
  }
  return conf;
}

}  // namespace weir
