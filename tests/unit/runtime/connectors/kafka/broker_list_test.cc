#include "runtime/connectors/kafka/broker_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace weir {
namespace {

using ::testing::HasSubstr;

TEST(BrokerListTest, TakesWhatNamesBrokers) {
  for (const char* brokers :
       {"localhost:9092", "kafka", "a:1, b:65535", "PLAINTEXT://a:9092", "[::1]:9092", "[::1]"}) {
    EXPECT_TRUE(CheckBrokerList(brokers).ok()) << CheckBrokerList(brokers).ToString();
  }
}

TEST(BrokerListTest, NamesTheEntryThatIsWrong) {
  const std::pair<const char*, const char*> wrong[] = {
      {"", "it is empty"},
      {"  ", "it is empty"},
      {"a:9092,", "empty entry"},
      {"a:9092,,b:9092", "empty entry"},
      {"a:9092,b:65536", "\"b:65536\" has no port from 1 to 65535"},
      {"a:75124", "has no port"},
      {"a:0", "has no port"},
      {"a:", "has no port"},
      {"a:-1", "has no port"},
      {"a:9092x", "has no port"},
      {":9092", "has no host"},
      {"::1", "in brackets"},
      {"[::1", "[ without ]"},
      {"[::1]9092", "behind ]"},
      {"http://a/b", "is no host:port"},
  };
  for (const auto& [brokers, why] : wrong) {
    const Status status = CheckBrokerList(brokers);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << brokers;
    EXPECT_THAT(status.message(), HasSubstr(why)) << brokers;
    EXPECT_THAT(status.message(), HasSubstr("brokers: ")) << brokers;
  }
}

}  // namespace
}  // namespace weir
