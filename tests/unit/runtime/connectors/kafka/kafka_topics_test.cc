#include "runtime/connectors/kafka/kafka_topics.h"

#include <gtest/gtest.h>

namespace weir {
namespace {

KafkaConnection Connection() { return KafkaConnection(ConnectorOptions(), "source s"); }

TEST(KafkaTopicsTest, SplitsNames) {
  EXPECT_EQ(*SplitTopics("a"), (std::vector<std::string>{"a"}));
  EXPECT_EQ(*SplitTopics("a, b ,c"), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(KafkaTopicsTest, RefusesEmptyAndRepeatedNames) {
  for (const char* names : {"", " ", "a,", ",a", "a,,b"}) {
    EXPECT_EQ(SplitTopics(names).status().code(), StatusCode::kInvalidArgument) << names;
  }
  EXPECT_EQ(SplitTopics("a,b,a").status().message(), "topic: \"a\" is named twice");
}

TEST(KafkaTopicsTest, AMissingTopicNamesWhatIsClose) {
  const std::vector<KafkaTopicInfo> all = {{"user_events", 4, false}, {"__offsets", 50, false}};
  EXPECT_EQ(FindTopic(all, "user_events", Connection(), "")->num_partitions, 4);
  const Status close = FindTopic(all, "user_event", Connection(), "create it").status();
  EXPECT_EQ(close.code(), StatusCode::kNotFound);
  EXPECT_NE(close.message().find("did you mean \"user_events\"?); create it"), std::string::npos)
      << close.message();
  const Status far = FindTopic(all, "orders", Connection(), "").status();
  EXPECT_NE(far.message().find("there is: user_events)"), std::string::npos) << far.message();
}

TEST(KafkaTopicsTest, AForbiddenTopicIsNotMissing) {
  const Status status = FindTopic({{"t", 0, true}}, "t", Connection(), "").status();
  EXPECT_EQ(status.code(), StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace weir
