#include "runtime/connectors/generator/generator_connector.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "runtime/connector/source_connector.h"
#include "runtime/format/decoder.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

struct Field3 {
  const char* name;
  DataType type;
};

DecodeRequest RequestFor(const std::vector<Field3>& fields) {
  DecodeRequest request;
  for (const Field3& field : fields) {
    DecodeField decoded;
    decoded.name = field.name;
    decoded.type = field.type;
    decoded.output = request.num_outputs++;
    request.fields.push_back(std::move(decoded));
  }
  return request;
}

DecodeRequest EventFields() {
  const DataType uuid = DataType::Uuid();
  const DataType text = DataType::String();
  return RequestFor({{"event_id", uuid},
                     {"user_id", uuid},
                     {"session_id", uuid},
                     {"event_type", DataType::Enum({"page_view", "product_view", "search",
                                                    "add_to_cart", "purchase", "remove_from_cart",
                                                    "checkout_start", "login", "logout"},
                                                   "EventType", true)},
                     {"timestamp", DataType::Timestamp()},
                     {"device_type", text},
                     {"browser", text},
                     {"ip_address", DataType::Of(TypeKind::kIpv4)},
                     {"page_url", text.AsOptional()},
                     {"product_id", uuid.AsOptional()},
                     {"search_query", text.AsOptional()},
                     {"transaction_id", uuid.AsOptional()},
                     {"properties", DataType::Json()}});
}

ConnectorOptions Options(const std::vector<std::pair<std::string, Value>>& given) {
  ConnectorOptions options;
  for (const auto& [name, value] : given) options.Set(name, value);
  return options;
}

class GeneratorTest : public ::testing::Test {
 protected:
  GeneratorTest() : clock_(1'767'225'600'000'000) {}

  std::unique_ptr<SourceConnector> Open(const ConnectorOptions& options,
                                        SchemaPtr schema = nullptr) {
    SourceRequest request;
    request.name = "events";
    request.options = &options;
    request.schema = std::move(schema);
    request.clock = &clock_;
    Result<std::unique_ptr<SourceConnector>> source =
        GeneratorConnectorSpec().source->make(request);
    EXPECT_TRUE((*source)->Open().ok());
    return *std::move(source);
  }
  /// Polls to the end, or until nothing is due.
  std::vector<std::string> Read(SourceConnector& source, size_t partition = 0,
                                size_t at_a_time = 2048, std::string_view position = "") {
    Result<std::unique_ptr<PartitionReader>> reader = source.MakeReader(partition);
    EXPECT_TRUE((*reader)->Open(position).ok());
    std::vector<std::string> records;
    while (true) {
      RecordChunk chunk;
      const Result<PollResult> polled = (*reader)->Poll(at_a_time, clock_.Now(), chunk);
      EXPECT_TRUE(polled.ok());
      last_ = *polled;
      if (polled->state != PollState::kData) return records;
      EXPECT_EQ(chunk.offsets.size(), chunk.records.size());
      EXPECT_EQ(chunk.offsets[0], static_cast<int64_t>(records.size()) + first_offset_);
      records.insert(records.end(), chunk.records.begin(), chunk.records.end());
      position_ = (*reader)->Position(chunk.offsets.back());
    }
  }

  ManualClock clock_;
  PollResult last_;
  std::string position_;
  int64_t first_offset_ = 0;
};

const Value kEcommerce = Value::String("ecommerce");

TEST_F(GeneratorTest, TheSameWhateverTheBatchSizeAndAfterAResume) {
  const ConnectorOptions options = Options({{"model", kEcommerce},
                                            {"count", Value::Int64(5000)},
                                            {"users", Value::Int64(1000)},
                                            {"duplicates", Value::Float64(0.1)},
                                            {"late", Value::Float64(0.1)},
                                            {"invalid", Value::Float64(0.1)}});
  std::unique_ptr<SourceConnector> source = Open(options);
  const std::vector<std::string> all = Read(*source);
  ASSERT_EQ(all.size(), 5000u);
  EXPECT_EQ(last_.state, PollState::kEnd);
  EXPECT_EQ(Read(*source, 0, 7), all);
  Result<std::unique_ptr<PartitionReader>> reader = source->MakeReader(0);
  ASSERT_TRUE((*reader)->Open("").ok());
  RecordChunk chunk;
  ASSERT_TRUE((*reader)->Poll(1234, clock_.Now(), chunk).ok());
  // Even by a later run: the position holds the time of the first record.
  const std::string position = (*reader)->Position(chunk.offsets.back());
  clock_.AdvanceTo(clock_.Now() + 60 * kMicrosPerSecond);
  std::unique_ptr<SourceConnector> later = Open(options);
  first_offset_ = 1234;
  EXPECT_EQ(Read(*later, 0, 2048, position),
            std::vector<std::string>(all.begin() + 1234, all.end()));
}

TEST_F(GeneratorTest, EventsHaveTheDeclaredMix) {
  std::unique_ptr<SourceConnector> source =
      Open(Options({{"model", kEcommerce},
                    {"count", Value::Int64(40'000)},
                    {"rate", Value::Int64(100)},
                    {"users", Value::Int64(20'000)},
                    {"start", Value::String("2026-01-01T00:00:00Z")}}));
  const std::vector<std::string> records = Read(*source);
  const std::vector<std::string_view> views(records.begin(), records.end());
  Result<std::unique_ptr<Decoder>> decoder = MakeDecoder("json", EventFields());
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;
  (*decoder)->Decode({views, {}, {}}, columns, errors);
  ASSERT_TRUE(errors.empty()) << errors[0].Reason() << " " << records[errors[0].record];

  const int shares[] = {35, 25, 15, 10, 5, 4, 3, 2, 1};
  std::map<uint16_t, int> types;
  std::map<std::string, std::set<std::string>> users_of_session;
  std::set<std::string> ids;
  std::map<std::string, int> events_of_session;
  int64_t first = INT64_MAX, last = 0;
  for (uint32_t row = 0; row < 40'000; ++row) {
    const uint16_t type = columns[3]->data<uint16_t>()[row];
    ++types[type];
    const std::string session = columns[2]->ValueAt(row).ToJson();
    users_of_session[session].insert(
        columns[1]->ValueAt(row).ToJson() + columns[5]->ValueAt(row).ToJson() +
        columns[6]->ValueAt(row).ToJson() + columns[7]->ValueAt(row).ToJson());
    ++events_of_session[session];
    ids.insert(columns[0]->ValueAt(row).ToJson());
    first = std::min(first, columns[4]->data<int64_t>()[row]);
    last = std::max(last, columns[4]->data<int64_t>()[row]);
    EXPECT_EQ(columns[11]->IsNull(row), type != 4);  // a purchase has a transaction
    if (type == 4) {
      EXPECT_NE(records[row].find("\"amount\":\""), std::string::npos);
    }
    EXPECT_EQ(columns[10]->IsNull(row), type != 2);  // a search has a query
  }
  for (uint16_t type = 0; type < 9; ++type) {
    EXPECT_NEAR(types[type] / 400.0, shares[type], 1.0) << type;
  }
  EXPECT_EQ(ids.size(), 40'000u);
  for (const auto& [session, users] : users_of_session) ASSERT_EQ(users.size(), 1u);
  EXPECT_NEAR(40'000.0 / static_cast<double>(events_of_session.size()), 18, 6);
  EXPECT_EQ(last, *ParseTimestamp("2026-01-01T00:06:39.99Z"));
  EXPECT_GE(first, *ParseTimestamp("2025-12-31T23:59:58Z"));
  const std::string text = records[0] + records[1] + records[2];
  EXPECT_GT(text.size() / 3, 330u);
  EXPECT_LT(text.size() / 3, 520u);
}

TEST_F(GeneratorTest, SharesOfDuplicatesLateAndInvalid) {
  std::unique_ptr<SourceConnector> source =
      Open(Options({{"model", kEcommerce},
                    {"count", Value::Int64(20'000)},
                    {"users", Value::Int64(5000)},
                    {"duplicates", Value::Float64(0.05)},
                    {"late", Value::Float64(0.04)},
                    {"invalid", Value::Float64(0.03)},
                    {"start", Value::String("2026-01-01T00:00:00Z")}}));
  const std::vector<std::string> records = Read(*source);
  const std::vector<std::string_view> views(records.begin(), records.end());
  Result<std::unique_ptr<Decoder>> decoder = MakeDecoder("json", EventFields());
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;
  (*decoder)->Decode({views, {}, {}}, columns, errors);
  const std::set<std::string> distinct(records.begin(), records.end());
  EXPECT_NEAR(1 - static_cast<double>(distinct.size()) / 20'000, 0.05, 0.01);
  // One kind of eight is well-formed: a purchase without a transaction.
  EXPECT_NEAR(static_cast<double>(errors.size()) / 20'000, 0.03 * 7 / 8, 0.006);
  std::set<std::string> reasons;
  for (const RecordError& error : errors) reasons.insert(error.Reason().substr(0, 22));
  EXPECT_EQ(reasons.size(), 7u);
  std::set<uint32_t> bad;
  for (const RecordError& error : errors) bad.insert(error.record);
  int late = 0;
  const int64_t start = *ParseTimestamp("2026-01-01T00:00:00Z");
  for (uint32_t row = 0; row < 20'000; ++row) {
    if (bad.contains(row)) continue;
    if (columns[4]->data<int64_t>()[row] < start + row * 1000 - 9 * 60 * kMicrosPerSecond) ++late;
  }
  EXPECT_NEAR(late / 20'000.0, 0.04, 0.01);
}

TEST_F(GeneratorTest, HistoryAtOnceThenByTheClock) {
  std::unique_ptr<SourceConnector> source =
      Open(Options({{"model", kEcommerce},
                    {"rate", Value::Int64(100)},
                    {"users", Value::Int64(500)},
                    {"history", Value::Duration(60 * kMicrosPerSecond)}}));
  Result<std::unique_ptr<PartitionReader>> reader = source->MakeReader(0);
  ASSERT_TRUE((*reader)->Open("").ok());
  const auto drain = [&] {
    size_t records = 0;
    while (true) {
      RecordChunk chunk;
      const Result<PollResult> polled = (*reader)->Poll(2048, clock_.Now(), chunk);
      if (polled->state != PollState::kData) {
        EXPECT_EQ(polled->state, PollState::kEmpty);
        EXPECT_GT(polled->not_before, clock_.Now());
        return records;
      }
      records += chunk.size();
    }
  };
  EXPECT_EQ(drain(), 6001u);
  EXPECT_EQ(drain(), 0u);
  clock_.AdvanceTo(clock_.Now() + 2 * kMicrosPerSecond);
  EXPECT_EQ(drain(), 200u);
}

TEST_F(GeneratorTest, PartitionsShareRateAndUsersApart) {
  std::unique_ptr<SourceConnector> source = Open(Options({{"model", kEcommerce},
                                                          {"count", Value::Int64(1001)},
                                                          {"users", Value::Int64(300)},
                                                          {"partitions", Value::Int64(3)}}));
  ASSERT_EQ(source->num_partitions(), 3u);
  std::map<std::string, std::set<size_t>> partitions_of_user;
  size_t total = 0;
  for (size_t partition = 0; partition < 3; ++partition) {
    for (const std::string& record : Read(*source, partition)) {
      ++total;
      partitions_of_user[record.substr(record.find("\"user_id\""), 48)].insert(partition);
    }
  }
  EXPECT_EQ(total, 1001u);
  for (const auto& [user, partitions] : partitions_of_user) EXPECT_EQ(partitions.size(), 1u);
}

TEST_F(GeneratorTest, TheTableHasTheUsersOfTheEvents) {
  const ConnectorOptions options = Options({{"model", kEcommerce},
                                            {"stream", Value::String("users")},
                                            {"users", Value::Int64(5000)},
                                            {"seed", Value::Int64(42)}});
  TableRequest request;
  request.options = &options;
  Result<std::unique_ptr<TableConnector>> table = GeneratorConnectorSpec().table->make(request);
  ASSERT_TRUE((*table)->Open().ok());
  std::map<std::string, int> tiers;
  std::set<std::string> ids;
  RecordChunk chunk;
  while (*(*table)->Read(chunk)) {
  }
  ASSERT_EQ(chunk.size(), 5000u);
  for (const std::string_view record : chunk.records) {
    ids.emplace(record.substr(12, 36));
    const size_t tier = record.find("\"tier\":\"") + 8;
    ++tiers[std::string(record.substr(tier, record.find('"', tier) - tier))];
  }
  EXPECT_EQ(ids.size(), 5000u);
  EXPECT_NEAR(tiers["bronze"] / 50.0, 60, 3);
  EXPECT_NEAR(tiers["silver"] / 50.0, 25, 3);
  EXPECT_NEAR(tiers["gold"] / 50.0, 12, 2);
  EXPECT_NEAR(tiers["platinum"] / 50.0, 3, 1);
  std::unique_ptr<SourceConnector> events = Open(Options({{"model", kEcommerce},
                                                          {"count", Value::Int64(500)},
                                                          {"users", Value::Int64(5000)},
                                                          {"seed", Value::Int64(42)}}));
  for (const std::string& record : Read(*events)) {
    const size_t user = record.find("\"user_id\":\"") + 11;
    EXPECT_TRUE(ids.contains(record.substr(user, 36)));
  }
}

TEST_F(GeneratorTest, TransactionsAddUp) {
  std::unique_ptr<SourceConnector> source = Open(Options({{"model", kEcommerce},
                                                          {"stream", Value::String("transactions")},
                                                          {"count", Value::Int64(1000)}}));
  const std::vector<std::string> records = Read(*source);
  const std::vector<std::string_view> views(records.begin(), records.end());
  const DataType money = DataType::Decimal(10, 2);
  const DataType uuid = DataType::Uuid();
  DecodeRequest request = RequestFor({{"transaction_id", uuid},
                                      {"user_id", uuid},
                                      {"product_id", uuid},
                                      {"quantity", DataType::Of(TypeKind::kUInt32)},
                                      {"unit_price", money},
                                      {"total_amount", money},
                                      {"discount_amount", money},
                                      {"tax_amount", money},
                                      {"status", DataType::String()},
                                      {"payment_method", DataType::String()},
                                      {"created_at", DataType::Timestamp()}});
  request.unknown_keys = UnknownKeyPolicy::kReject;
  Result<std::unique_ptr<Decoder>> decoder = MakeDecoder("json", request);
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;
  (*decoder)->Decode({views, {}, {}}, columns, errors);
  ASSERT_TRUE(errors.empty()) << errors[0].Reason();
  for (uint32_t row = 0; row < 1000; ++row) {
    const auto at = [&](size_t column) { return columns[column]->data<int64_t>()[row]; };
    EXPECT_EQ(at(5), at(3) * at(4) - at(6) + at(7));
  }
}

TEST_F(GeneratorTest, RowsOfASchemaPassItsDecoder) {
  const DataType geo =
      DataType::Struct({{"country", DataType::String()}, {"zip", DataType::Int64().AsOptional()}});
  const std::vector<Field3> fields = {
      {"at", DataType::Timestamp()},
      {"page", DataType::String()},
      {"day", DataType::Of(TypeKind::kDate)},
      {"n8", DataType::Of(TypeKind::kInt8)},
      {"price", DataType::Decimal(6, 3)},
      {"f", DataType::Float64()},
      {"id", DataType::Uuid()},
      {"ip", DataType::Of(TypeKind::kIpv4)},
      {"ip6", DataType::Of(TypeKind::kIpv6)},
      {"kind", DataType::Enum({"a", "b"})},
      {"flag", DataType::Bool().AsOptional()},
      {"took", DataType::Duration()},
      {"geo", geo},
      {"tags", DataType::List(DataType::String())},
      {"raw", DataType::Bytes()},
      {"attrs", DataType::Map(DataType::String(), DataType::Int64())},
      {"props", DataType::Json()}};
  std::vector<Field> declared;
  for (const Field3& field : fields) declared.push_back({field.name, field.type, {}});
  std::unique_ptr<SourceConnector> source = Open(
      Options({{"count", Value::Int64(500)}, {"rate", Value::Int64(100)}}), Schema::Make(declared));
  const std::vector<std::string> records = Read(*source);
  const std::vector<std::string_view> views(records.begin(), records.end());
  Result<std::unique_ptr<Decoder>> decoder = MakeDecoder("json", RequestFor(fields));
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;
  (*decoder)->Decode({views, {}, {}}, columns, errors);
  ASSERT_TRUE(errors.empty()) << errors[0].Reason() << " " << records[errors[0].record];
  EXPECT_EQ(columns[0]->data<int64_t>()[1] - columns[0]->data<int64_t>()[0], 10'000);
}

TEST_F(GeneratorTest, WrongOptionsAreRefused) {
  const auto status = [this](const ConnectorOptions& options) {
    SourceRequest request;
    request.options = &options;
    request.clock = &clock_;
    return (*GeneratorConnectorSpec().source->make(request))->Open();
  };
  EXPECT_FALSE(status(Options({{"model", Value::String("x")}})).ok());
  EXPECT_FALSE(status(Options({{"model", kEcommerce}, {"rate", Value::Int64(0)}})).ok());
  EXPECT_FALSE(status(Options({{"model", kEcommerce}, {"late", Value::Float64(1.5)}})).ok());
  EXPECT_FALSE(status(Options({{"model", kEcommerce}, {"start", Value::String("today")}})).ok());
  EXPECT_FALSE(status(Options({})).ok());
}

}  // namespace
}  // namespace weir
