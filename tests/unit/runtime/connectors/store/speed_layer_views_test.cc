// The bundled pipeline's tables and views on the real engine, against a computation of their own in
// plain C++: the production DDL is right before and after parts merge, and the form that the seeds
// had (SummingMergeTree over uniq() and avgIf()) is wrong after.
#include <gmock/gmock.h>

#include <array>
#include <map>
#include <set>
#include <tuple>

#include "tests/unit/runtime/connectors/store/store_fixture.h"

namespace weir {
namespace {

using testing::HasSubstr;

constexpr const char* kDdl = "pipelines/speed_layer/ddl/speed_layer.sql";
const std::vector<std::string> kTypes = {
    "page_view",      "product_view", "search", "add_to_cart", "remove_from_cart",
    "checkout_start", "purchase",     "login",  "logout"};
const std::vector<std::string> kTiers = {"bronze", "silver", "gold", "platinum", "unknown"};
constexpr int64_t kDay = 86'400, kStart = 20'454;  ///< 2026-01-01

struct Event {
  uint64_t id, user, session;
  size_t type, tier;
  int64_t second;
  int product;  ///< -1: none
  int64_t cents;
};

/// The same events each time, spread over two days; enough of each kind that every part of every
/// view has some of them.
std::vector<Event> MakeEvents(size_t count) {
  std::vector<Event> events;
  uint64_t random = 42;
  const auto next = [&random](uint64_t below) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % below;
  };
  for (size_t i = 0; i < count; ++i) {
    Event event;
    event.id = i + 1;
    event.user = next(60);
    event.session = event.user * 100 + next(4);
    event.type = next(kTypes.size());
    event.tier = event.user % kTiers.size();
    event.second = kStart * kDay + static_cast<int64_t>(next(2 * kDay));
    event.product =
        event.type == 1 || event.type == 3 || event.type == 6 ? static_cast<int>(next(12)) : -1;
    event.cents = event.type == 6 ? static_cast<int64_t>(100 + next(50'000)) : 0;
    events.push_back(event);
  }
  return events;
}

Value Uuid(uint64_t kind, uint64_t number) {
  return Value(DataType::Uuid(), Fixed16{kind << 48, 0x8000000000000000u | number});
}

SchemaPtr EventSchema() {
  const DataType uuid = DataType::Uuid(), text = DataType::String();
  return Schema::Make({{"event_id", uuid, {}},
                       {"user_id", uuid, {}},
                       {"session_id", uuid, {}},
                       {"event_type", DataType::Enum(kTypes), {}},
                       {"timestamp", DataType::Timestamp(), {}},
                       {"device_type", text, {}},
                       {"browser", text, {}},
                       {"ip_address", DataType::Of(TypeKind::kIpv4).AsOptional(), {}},
                       {"page_url", text.AsOptional(), {}},
                       {"product_id", uuid.AsOptional(), {}},
                       {"search_query", text.AsOptional(), {}},
                       {"transaction_id", uuid.AsOptional(), {}},
                       {"user_tier", DataType::Enum(kTiers), {}},
                       {"properties", DataType::String(), {}},
                       {"batch_id", text, {}}});
}

std::vector<Value> Row(const Event& event) {
  const DataType type = DataType::Enum(kTypes), tier = DataType::Enum(kTiers);
  const std::string properties = event.type == 6 ? fmt::format(R"({{"amount":"{}.{:02}"}})",
                                                               event.cents / 100, event.cents % 100)
                                                 : "{}";
  return {Uuid(1, event.id),
          Uuid(2, event.user),
          Uuid(3, event.session),
          Value(type, static_cast<uint16_t>(event.type)),
          Value::Timestamp(event.second * kMicrosPerSecond),
          Value::String("mobile"),
          Value::String("firefox"),
          Value::Null(),
          Value::Null(),
          event.product < 0 ? Value::Null() : Uuid(4, static_cast<uint64_t>(event.product)),
          Value::Null(),
          Value::Null(),
          Value(tier, static_cast<uint16_t>(event.tier)),
          Value::String(properties),
          Value::String("b")};
}

std::string DayText(int64_t second) {
  return second / kDay == kStart ? "2026-01-01" : "2026-01-02";
}

// ---- what the views should hold, computed here

using Lines = std::set<std::string>;

Lines ExpectedFunnel(const std::vector<Event>& events) {
  struct Cell {
    std::array<int64_t, 9> types{};
    std::set<uint64_t> users, sessions;
  };
  std::map<std::tuple<std::string, int64_t, std::string>, Cell> cells;
  for (const Event& event : events) {
    Cell& cell = cells[{DayText(event.second), event.second % kDay / 3600, kTiers[event.tier]}];
    ++cell.types[event.type];
    cell.users.insert(event.user);
    cell.sessions.insert(event.session);
  }
  Lines lines;
  for (const auto& [key, cell] : cells) {
    const auto& [day, hour, tier] = key;
    lines.insert(fmt::format("{}\t{}\t{}\t{}\t{}\t{}", day, hour, tier, fmt::join(cell.types, "\t"),
                             cell.users.size(), cell.sessions.size()));
  }
  return lines;
}

Lines ExpectedTiers(const std::vector<Event>& events) {
  struct Cell {
    int64_t events = 0, purchases = 0, cents = 0;
    std::set<uint64_t> users, sessions;
  };
  std::map<std::pair<std::string, std::string>, Cell> cells;
  for (const Event& event : events) {
    Cell& cell = cells[{DayText(event.second), kTiers[event.tier]}];
    ++cell.events;
    cell.purchases += event.type == 6;
    cell.cents += event.cents;
    cell.users.insert(event.user);
    cell.sessions.insert(event.session);
  }
  Lines lines;
  for (const auto& [key, cell] : cells) {
    // The average is compared as the sum that it came from: nothing is rounded.
    lines.insert(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}", key.first, key.second, cell.events,
                             cell.users.size(), cell.sessions.size(), cell.purchases, cell.cents));
  }
  return lines;
}

Lines ExpectedProducts(const std::vector<Event>& events) {
  struct Cell {
    int64_t views = 0, carts = 0, purchases = 0;
    std::set<uint64_t> users, sessions;
  };
  std::map<std::pair<std::string, int>, Cell> cells;
  for (const Event& event : events) {
    if (event.product < 0) continue;
    Cell& cell = cells[{DayText(event.second), event.product}];
    cell.views += event.type == 1;
    cell.carts += event.type == 3;
    cell.purchases += event.type == 6;
    cell.users.insert(event.user);
    cell.sessions.insert(event.session);
  }
  Lines lines;
  for (const auto& [key, cell] : cells) {
    lines.insert(fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}", key.first,
                             Uuid(4, static_cast<uint64_t>(key.second)).ToJson(), cell.views,
                             cell.carts, cell.purchases, cell.users.size(), cell.sessions.size()));
  }
  return lines;
}

constexpr const char* kFunnel =
    "SELECT date, hour, user_tier, page_views, product_views, searches, add_to_carts, "
    "remove_from_cart, checkout_starts, purchases, logins, logouts, unique_users, "
    "unique_sessions FROM conversion_funnel_mv";
constexpr const char* kTiersView =
    "SELECT date, user_tier, total_events, active_users, sessions, purchases, "
    "toInt64(round(avg_order_value * purchases * 100)) FROM ";
constexpr const char* kProducts =
    "SELECT date, concat('\"', toString(product_id), '\"'), views, add_to_carts, purchases, "
    "unique_viewers, unique_sessions FROM product_performance_mv";

/// As the seeds have it, under another name.
constexpr const char* kSeedTiers =
    "CREATE MATERIALIZED VIEW seed_tiers ENGINE = SummingMergeTree() ORDER BY (date, user_tier) "
    "AS SELECT toDate(timestamp) as date, user_tier, count() as total_events, uniq(user_id) as "
    "active_users, uniq(session_id) as sessions, countIf(event_type = 'purchase') as purchases, "
    "avgIf(toFloat64OrZero(JSONExtractString(properties, 'amount')), event_type = 'purchase') as "
    "avg_order_value FROM user_events_realtime GROUP BY date, user_tier";
constexpr const char* kSeedProducts =
    "CREATE MATERIALIZED VIEW seed_products ENGINE = SummingMergeTree() ORDER BY (date, "
    "product_id) AS SELECT toDate(timestamp) as date, product_id, countIf(event_type = "
    "'product_view') as views, uniq(user_id) as unique_viewers FROM user_events_realtime WHERE "
    "product_id IS NOT NULL GROUP BY date, product_id";

class SpeedLayerViews : public StoreFixture {
 protected:
  Lines View(const std::string& sql) {
    const std::string answer = Ask(sql);
    Lines lines;
    size_t at = 0;
    while (at < answer.size()) {
      const size_t end = std::min(answer.find('\n', at), answer.size());
      lines.insert(answer.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }

  void ExpectRight(const std::vector<Event>& events) {
    EXPECT_EQ(View(kFunnel), ExpectedFunnel(events));
    EXPECT_EQ(View(std::string(kTiersView) + "user_tier_performance_mv"), ExpectedTiers(events));
    EXPECT_EQ(View(kProducts), ExpectedProducts(events));
    EXPECT_EQ(Ask("SELECT count(), uniqExact(event_id) FROM user_events_realtime"),
              fmt::format("{0}\t{0}\n", events.size()));
  }
};

TEST_F(SpeedLayerViews, TheCorrectedFormIsRightAfterMergesAndTheSeedsFormIsNot) {
  constexpr size_t kEvents = 6'000, kUnit = 500;
  const SchemaPtr schema = EventSchema();
  SinkRequest request = Request(schema);
  request.batch_rows = kUnit;
  options_->Set("table", Value::String("user_events_realtime"));
  options_->Set("ddl", Value::String(kDdl));
  ASSERT_EQ(OpenSink(request).ToString(), "ok");
  // No row can make these views fail, so nothing is computed twice to find out.
  EXPECT_EQ(Ask("SELECT count() FROM system.databases WHERE name LIKE '_weir%'"), "0\n");
  EXPECT_EQ(Ask(kSeedTiers), "");
  EXPECT_THAT(Ask(kSeedProducts), HasSubstr("nullable columns"));  // refused as it is

  const std::vector<Event> events = MakeEvents(kEvents);
  for (size_t at = 0; at < kEvents; at += kUnit) {
    std::vector<std::vector<Value>> rows;
    for (size_t i = at; i < at + kUnit; ++i) rows.push_back(Row(events[i]));
    ASSERT_TRUE(writer_->Append(Batch(schema, rows)).ok());
  }
  EXPECT_TRUE(DeliverAll().empty());
  ExpectRight(events);  // in 12 parts, or fewer
  for (const char* table :
       {"user_events_realtime", "conversion_funnel_state", "user_tier_performance_state",
        "product_performance_state", "seed_tiers"}) {
    EXPECT_EQ(Ask(std::string("OPTIMIZE TABLE ") + table + " FINAL"), "") << table;
  }
  ExpectRight(events);

  // The seeds' form: sums are right, unique users and averages are sums of those of each part.
  const Lines seeds = View(std::string(kTiersView) + "seed_tiers");
  EXPECT_EQ(seeds.size(), ExpectedTiers(events).size());
  EXPECT_NE(seeds, ExpectedTiers(events));
  EXPECT_EQ(Ask("SELECT sum(total_events), sum(purchases) FROM seed_tiers"),
            Ask("SELECT sum(total_events), sum(purchases) FROM user_tier_performance_mv"));
  // 60 users, a fifth of them in each tier.
  EXPECT_EQ(Ask("SELECT max(active_users) FROM user_tier_performance_mv"), "12\n");
  EXPECT_EQ(Ask("SELECT min(active_users) > 100 FROM seed_tiers"), "1\n");
  EXPECT_EQ(Ask("SELECT min(s.avg_order_value / r.avg_order_value) > 10 FROM seed_tiers s JOIN "
                "user_tier_performance_mv r ON s.date = r.date AND s.user_tier = r.user_tier"),
            "1\n");
}

/// A unit that is sent again, as after an answer that was lost: neither the table nor any view may
/// count it twice.
TEST_F(SpeedLayerViews, AUnitSentAgainCountsOnceInTheTableAndBehindEveryView) {
  const SchemaPtr schema = EventSchema();
  const std::vector<Event> events = MakeEvents(700);
  for (int run = 0; run < 2; ++run) {
    SinkRequest request = Request(schema);
    request.incarnation = "the same";  // so its units have the same names
    options_->Set("table", Value::String("user_events_realtime"));
    options_->Set("ddl", Value::String(kDdl));
    ASSERT_EQ(OpenSink(request).ToString(), "ok");
    std::vector<std::vector<Value>> rows;
    for (const Event& event : events) rows.push_back(Row(event));
    ASSERT_TRUE(writer_->Append(Batch(schema, rows)).ok());
    EXPECT_TRUE(DeliverAll().empty());
    CloseSink();
  }
  ExpectRight(events);
}

}  // namespace
}  // namespace weir
