// Saved positions against what became of the topic. Needs a broker: WEIR_KAFKA names its
// server.properties (deploy/dev/services).
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "runtime/connectors/kafka/kafka_source.h"
#include "runtime/connectors/kafka/kafka_topics.h"

namespace weir {
namespace {

constexpr int kWaitMs = 30000;

std::string Brokers() {
  const char* settings = std::getenv("WEIR_KAFKA");
  std::ifstream file(settings == nullptr ? "" : settings);
  for (std::string line; std::getline(file, line);) {
    constexpr std::string_view kStart = "listeners=PLAINTEXT://";
    if (line.starts_with(kStart)) {
      return line.substr(kStart.size(), line.find(',') - kStart.size());
    }
  }
  return {};
}

class PositionsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    brokers_ = Brokers();
    ASSERT_FALSE(brokers_.empty()) << "WEIR_KAFKA must name the server.properties of a broker";
    static int number = 0;
    topic_ = fmt::format("positions-{}-{}", ::getpid(), number++);
    options_.Set("brokers", Value::String(brokers_));
    options_.Set("topic", Value::String(topic_));
    options_.Set("start", Value::String("earliest"));
    Connect();
    ASSERT_TRUE(CreateTopic(*client_, topic_, 1).ok());
    WaitForPartitions(topic_, 1);
  }

  void Connect() {
    KafkaConnection connection(options_, "test");
    client_ = *KafkaClient::Make(connection, RD_KAFKA_PRODUCER, *connection.MakeConf({}));
  }

  void Produce(int count, int32_t partition = 0) {
    for (int i = 0; i < count; ++i) {
      std::string value = std::to_string(i);
      rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
      do {
        code = rd_kafka_producev(client_->get(), RD_KAFKA_V_TOPIC(topic_.c_str()),
                                 RD_KAFKA_V_PARTITION(partition),
                                 RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                                 RD_KAFKA_V_VALUE(value.data(), value.size()), RD_KAFKA_V_END);
      } while (code == RD_KAFKA_RESP_ERR__QUEUE_FULL);
      ASSERT_EQ(code, RD_KAFKA_RESP_ERR_NO_ERROR);
    }
    ASSERT_EQ(rd_kafka_flush(client_->get(), kWaitMs), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  /// Drops the records before `offset`, as retention would.
  void Expire(int64_t offset) {
    KafkaHandle<rd_kafka_topic_partition_list_t> list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), topic_.c_str(), 0)->offset = offset;
    rd_kafka_DeleteRecords_t* request = rd_kafka_DeleteRecords_new(list.get());
    KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_->get()));
    rd_kafka_DeleteRecords(client_->get(), &request, 1, nullptr, queue.get());
    KafkaHandle<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), kWaitMs));
    rd_kafka_DeleteRecords_destroy(request);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void Grow(size_t partitions) {
    char why[256] = "";
    rd_kafka_NewPartitions_t* request =
        rd_kafka_NewPartitions_new(topic_.c_str(), partitions, why, sizeof(why));
    ASSERT_NE(request, nullptr) << why;
    KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_->get()));
    rd_kafka_CreatePartitions(client_->get(), &request, 1, nullptr, queue.get());
    KafkaHandle<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), kWaitMs));
    rd_kafka_NewPartitions_destroy(request);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void Delete() {
    rd_kafka_DeleteTopic_t* request = rd_kafka_DeleteTopic_new(topic_.c_str());
    KafkaHandle<rd_kafka_queue_t> queue(rd_kafka_queue_new(client_->get()));
    rd_kafka_DeleteTopics(client_->get(), &request, 1, nullptr, queue.get());
    KafkaHandle<rd_kafka_event_t> event(rd_kafka_queue_poll(queue.get(), kWaitMs));
    rd_kafka_DeleteTopic_destroy(request);
    ASSERT_NE(event, nullptr);
    ASSERT_EQ(rd_kafka_event_error(event.get()), RD_KAFKA_RESP_ERR_NO_ERROR);
  }

  void Recreate() {
    Delete();
    WaitForPartitions(topic_, 0);
    Connect();  // the old client remembers that the topic is gone
    ASSERT_TRUE(CreateTopic(*client_, topic_, 1).ok());
    WaitForPartitions(topic_, 1);
  }

  /// The brokers hear of a topic a moment after it was made.
  void WaitForPartitions(const std::string& topic, int count) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (client_->DescribeTopic(topic)->num_partitions != count) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  std::unique_ptr<KafkaSource> OpenSource() {
    SourceRequest request;
    request.name = "events";
    request.options = &options_;
    auto source = std::make_unique<KafkaSource>(request);
    const Status opened = source->Open();
    EXPECT_TRUE(opened.ok()) << opened.ToString();
    return source;
  }

  /// Reads until there are `count` records, an error, or the end of what `until` allows.
  static Status Read(PartitionReader& reader, size_t count, RecordChunk& chunk) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(90);
    while (chunk.size() < count && std::chrono::steady_clock::now() < end) {
      const Micros now = SystemClock::Instance().Now();
      const Result<PollResult> polled = reader.Poll(1000, now, chunk);
      if (!polled.ok()) return polled.status();
      if (polled->state == PollState::kEnd) break;
      if (polled->state != PollState::kData) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    }
    return Status::Ok();
  }

  /// The position after the first `count` records.
  std::string ReadSome(size_t count) {
    const auto source = OpenSource();
    auto reader = *source->MakeReader(0);
    EXPECT_TRUE(reader->Open("").ok());
    std::vector<std::string> seen;
    RecordChunk chunk;
    EXPECT_TRUE(Read(*reader, count, chunk).ok());
    EXPECT_GE(chunk.size(), count);
    return reader->Position(chunk.offsets.back());
  }

  std::string brokers_, topic_;
  ConnectorOptions options_;
  std::shared_ptr<KafkaClient> client_;
};

TEST_F(PositionsTest, AStartWaitsForTheLeaderOfATopicThatWasJustMade) {
  for (int i = 0; i < 20; ++i) {
    const std::string topic = fmt::format("{}-{}", topic_, i);
    ASSERT_TRUE(CreateTopic(*client_, topic, 4).ok());
    WaitForPartitions(topic, 4);
    options_.Set("topic", Value::String(topic));
    OpenSource();
  }
}

TEST_F(PositionsTest, GoesOnAfterTheLastRecord) {
  Produce(10);
  const std::string position = ReadSome(10);
  Produce(5);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open(position).ok());
  RecordChunk chunk;
  ASSERT_TRUE(Read(*reader, 5, chunk).ok());
  EXPECT_EQ(chunk.offsets, (std::vector<int64_t>{10, 11, 12, 13, 14}));
  EXPECT_EQ(chunk.records.front(), "0");
}

TEST_F(PositionsTest, AStartAtTheEndIsAPositionBeforeAnythingCame) {
  Produce(10);
  options_.Set("start", Value::String("latest"));
  std::string position;
  {
    const auto source = OpenSource();
    auto reader = *source->MakeReader(0);
    ASSERT_TRUE(reader->Open("").ok());
    position = reader->StartPosition();
  }
  Produce(3);  // while nobody reads
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open(position).ok());
  RecordChunk chunk;
  ASSERT_TRUE(Read(*reader, 3, chunk).ok());
  EXPECT_EQ(chunk.offsets, (std::vector<int64_t>{10, 11, 12}));
}

TEST_F(PositionsTest, APartitionThatIsNewToThePipelineBeginsAtItsFirstRecord) {
  Produce(2);
  Grow(2);
  options_.Set("start", Value::String("latest"));
  Connect();
  Produce(3, 1);
  const auto first_of = [&](bool known) {
    const auto source = OpenSource();
    if (known) source->NoteKnown(topic_ + "/0");
    auto reader = *source->MakeReader(1);
    EXPECT_TRUE(reader->Open("").ok());
    return reader->StartPosition();
  };
  EXPECT_EQ(first_of(true), "0");   // an earlier run had read the topic, when it had one partition
  EXPECT_EQ(first_of(false), "3");  // no earlier run: as the option says
}

TEST_F(PositionsTest, AnExpiredPositionIsAnError) {
  Produce(10);
  const std::string position = ReadSome(10);
  Produce(30);
  Expire(25);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  const Status opened = reader->Open(position);
  EXPECT_EQ(opened.code(), StatusCode::kDataLoss);
  EXPECT_FALSE(opened.IsRetryable());
  for (const char* part : {"offset 10 is next", "25 to 40", "15 records have expired", "--state"}) {
    EXPECT_NE(opened.message().find(part), std::string::npos) << part << "\n" << opened.message();
  }
}

TEST_F(PositionsTest, WhatExpiresWhileTheSourceIsOpenIsAnError) {
  Produce(10);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  Expire(5);
  ASSERT_TRUE(reader->Open("").ok());
  RecordChunk chunk;
  const Status status = Read(*reader, 10, chunk);
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("5 to 10"), std::string::npos) << status.message();
}

TEST_F(PositionsTest, ExpiredRecordsBehindThePositionDoNotMatter) {
  Produce(10);
  const std::string position = ReadSome(10);
  Produce(5);
  Expire(10);  // the record that would be verified is gone, and nothing unread
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open(position).ok());
  RecordChunk chunk;
  ASSERT_TRUE(Read(*reader, 5, chunk).ok());
  EXPECT_EQ(chunk.offsets.front(), 10);
}

TEST_F(PositionsTest, ATopicThatWasMadeAnewAndIsShorterIsAnError) {
  Produce(10);
  const std::string position = ReadSome(10);
  Recreate();
  Produce(3);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  const Status opened = reader->Open(position);
  EXPECT_EQ(opened.code(), StatusCode::kDataLoss);
  EXPECT_NE(opened.message().find("ends at offset 3"), std::string::npos) << opened.message();
}

TEST_F(PositionsTest, ATopicThatWasMadeAnewAndHasGrownPastThePositionIsAnError) {
  Produce(10);
  const std::string position = ReadSome(10);
  Recreate();
  Produce(30);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open(position).ok());
  RecordChunk chunk;
  const Status status = Read(*reader, 20, chunk);
  EXPECT_EQ(status.code(), StatusCode::kDataLoss) << status.ToString();
  EXPECT_NE(status.message().find("made again"), std::string::npos) << status.message();
}

TEST_F(PositionsTest, ATopicThatIsDeletedWhileItIsReadIsAnError) {
  Produce(10);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open("").ok());
  RecordChunk chunk;
  ASSERT_TRUE(Read(*reader, 10, chunk).ok());
  Delete();
  const Status status = Read(*reader, 11, chunk);
  EXPECT_EQ(status.code(), StatusCode::kNotFound) << status.ToString();
  EXPECT_NE(status.message().find("deleted"), std::string::npos) << status.message();
}

TEST_F(PositionsTest, DamagedPositionsAreRefused) {
  Produce(1);
  const auto source = OpenSource();
  for (const char* position : {"x", "-1", "1@", "1@x", "1 ", "99999999999999999999"}) {
    EXPECT_EQ((*source->MakeReader(0))->Open(position).code(), StatusCode::kDataLoss) << position;
  }
}

TEST_F(PositionsTest, RecordsOutliveTheirReaderAndSource) {
  Produce(100);
  RecordChunk chunk;
  {
    const auto source = OpenSource();
    auto reader = *source->MakeReader(0);
    ASSERT_TRUE(reader->Open("").ok());
    ASSERT_TRUE(Read(*reader, 100, chunk).ok());
  }
  ASSERT_EQ(chunk.size(), 100U);
  EXPECT_EQ(chunk.records[99], "99");
}

TEST_F(PositionsTest, LagCountsWhatWasNotPolled) {
  Produce(50);
  const auto source = OpenSource();
  auto reader = *source->MakeReader(0);
  ASSERT_TRUE(reader->Open("").ok());
  EXPECT_EQ(reader->Lag(), 50);
  RecordChunk chunk;
  ASSERT_TRUE(Read(*reader, 50, chunk).ok());
  EXPECT_EQ(reader->Lag(), 0);
}

}  // namespace
}  // namespace weir
