#include "runtime/connectors/kafka/kafka_connection.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

ConnectorOptions Options(const std::vector<std::pair<std::string, std::string>>& given) {
  ConnectorOptions options;
  for (const auto& [name, value] : given) options.Set(name, Value::String(value));
  return options;
}

std::string Setting(const rd_kafka_conf_t* conf, const char* name) {
  char value[256];
  size_t size = sizeof(value);
  return rd_kafka_conf_get(conf, name, value, &size) == RD_KAFKA_CONF_OK ? value : "?";
}

TEST(KafkaConnectionTest, OptionsBecomeSettings) {
  const KafkaConnection connection(Options({{"brokers", "a:1,b:2"},
                                            {"security", "sasl_ssl"},
                                            {"sasl_mechanism", "SCRAM-SHA-512"},
                                            {"user", "weir"},
                                            {"password", "p"},
                                            {"ca", "/etc/ca.pem"},
                                            {"client_certificate", "/etc/c.pem"}}),
                                   "source s");
  const auto conf = connection.MakeConf({{"fetch.min.bytes", "17"}});
  ASSERT_TRUE(conf.ok()) << conf.status().ToString();
  EXPECT_EQ(Setting(conf->get(), "bootstrap.servers"), "a:1,b:2");
  EXPECT_EQ(Setting(conf->get(), "security.protocol"), "sasl_ssl");
  EXPECT_EQ(Setting(conf->get(), "sasl.mechanisms"), "SCRAM-SHA-512");
  EXPECT_EQ(Setting(conf->get(), "sasl.username"), "weir");
  EXPECT_EQ(Setting(conf->get(), "ssl.ca.location"), "/etc/ca.pem");
  EXPECT_EQ(Setting(conf->get(), "ssl.certificate.location"), "/etc/c.pem");
  EXPECT_EQ(Setting(conf->get(), "fetch.min.bytes"), "17");
}

TEST(KafkaConnectionTest, ALoginNeedsAMechanismAndAProtocolThatHasOne) {
  const Status without =
      KafkaConnection(Options({{"security", "sasl_ssl"}}), "").MakeConf({}).status();
  EXPECT_EQ(without.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(without.message().find("needs sasl_mechanism"), std::string::npos);
  const Status useless = KafkaConnection(Options({{"user", "weir"}}), "").MakeConf({}).status();
  EXPECT_EQ(useless.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(useless.message().find("user is only used with security"), std::string::npos);
}

TEST(KafkaConnectionTest, WhatTheClientRefusesNamesOurOption) {
  const Status status = KafkaConnection(Options({{"security", "tls"}}), "").MakeConf({}).status();
  EXPECT_NE(status.message().find("option security cannot be used"), std::string::npos)
      << status.message();
}

}  // namespace
}  // namespace weir
