// Records read by predicted key order and in any order give the same rows and the same errors, and
// an independent parser agrees about what is JSON.
#include <simdjson.h>

#include <random>

#include "tests/unit/runtime/format/decode_fixture.h"

namespace weir {
namespace {

std::vector<std::string> Seeds() {
  return {
      EventRecord(),
      R"({"event_id":"00000000-0000-0000-0000-000000000002","user_id":"11111111-1111-1111-1111-111111111111",)"
      R"("session_id":"22222222-2222-2222-2222-222222222222","event_type":"PURCHASE",)"
      R"("timestamp":"2026-01-01T10:05:00+01:00","product_id":"33333333-3333-3333-3333-333333333333",)"
      R"("transaction_id":"44444444-4444-4444-4444-444444444444",)"
      R"("properties":{"amount":"19.99","quantity":2,"deep":[[[{"x":null}]]],"e":"\u00e9\ud83d\ude00"}})",
      R"( { "timestamp" : "2026-01-01T10:05:00.123456Z", "event_id" : "00000000-0000-0000-0000-000000000003",)"
      R"( "unknown" : [ 1e5 , -0.25, true, false, null ], "user_id":"11111111-1111-1111-1111-111111111111",)"
      R"("session_id":"22222222-2222-2222-2222-222222222222","event_type":"search","search_query":"café \"x\"",)"
      R"("ip_address":null,"user_tier":"gold"})",
  };
}

std::string Mutate(std::string text, std::mt19937& random) {
  const auto below = [&random](size_t bound) { return bound == 0 ? 0 : random() % bound; };
  static const std::vector<std::string> pieces = {"\"",
                                                  "\\",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  ":",
                                                  " ",
                                                  "\n",
                                                  "null",
                                                  "true",
                                                  "0",
                                                  "-",
                                                  "1.5",
                                                  "e9",
                                                  "\x80",
                                                  "\xc3\xa9",
                                                  std::string(1, '\0'),
                                                  "\\u00e9",
                                                  "\\ud83d",
                                                  "\"event_id\":",
                                                  "\"x\":1,",
                                                  "  "};
  const size_t changes = 1 + below(3);
  for (size_t i = 0; i < changes; ++i) {
    const size_t at = below(text.size() + 1);
    switch (below(5)) {
      case 0: text.insert(at, pieces[below(pieces.size())]); break;
      case 1: text.erase(at, 1 + below(8)); break;
      case 2:
        if (at < text.size()) text[at] = static_cast<char>(random());
        break;
      case 3: text.resize(at); break;
      default: {
        const std::string part = text.substr(at, below(60));
        text.insert(below(text.size() + 1), part);
        break;
      }
    }
  }
  return text;
}

TEST(JsonPropertyTest, PredictedAndAnyOrderAgree) {
  std::mt19937 random(20260101);
  const std::vector<std::string> seeds = Seeds();
  for (const UnknownKeyPolicy policy : {UnknownKeyPolicy::kIgnore, UnknownKeyPolicy::kReject}) {
    DecodeRequest request = EventRequest();
    request.unknown_keys = policy;
    JsonDecoder predicting(request);
    JsonDecoder plain(request, /*predict=*/false);
    for (int batch = 0; batch < 60; ++batch) {
      std::vector<std::string> records;
      for (int i = 0; i < 100; ++i) {
        const std::string& seed = seeds[random() % seeds.size()];
        // Unchanged ones between keep the prediction alive.
        records.push_back(random() % 3 == 0 ? seed : Mutate(seed, random));
      }
      const Decoded a = DecodeWith(predicting, records);
      const Decoded b = DecodeWith(plain, records);
      for (uint32_t row = 0; row < records.size(); ++row) {
        ASSERT_EQ(a.Row(row), b.Row(row)) << records[row];
      }
    }
  }
}

TEST(JsonPropertyTest, AgreesWithSimdjsonOnWhatIsJson) {
  std::mt19937 random(7);
  const std::vector<std::string> seeds = Seeds();
  DecodeRequest request;
  request.fields.push_back(MakeField("none", DataType::Int64().AsOptional(), 0));
  request.num_outputs = 1;
  JsonDecoder decoder(request);
  simdjson::dom::parser parser;
  int valid = 0;
  for (int i = 0; i < 6000; ++i) {
    const std::string record = Mutate(seeds[random() % seeds.size()], random);
    const Decoded decoded = DecodeWith(decoder, {record});
    simdjson::dom::element element;
    const simdjson::error_code error = parser.parse(simdjson::padded_string(record)).get(element);
    const std::string reason = decoded.errors.empty() ? "" : decoded.errors[0].Reason();
    if (error != simdjson::SUCCESS) {
      // Numbers beyond 64 bits are JSON all the same; simdjson takes a byte order mark.
      if (error == simdjson::NUMBER_ERROR) continue;
      EXPECT_FALSE(decoded.errors.empty()) << error << " " << record;
      continue;
    }
    if (reason.empty()) ++valid;
    const bool stricter = reason.find("duplicate key") != std::string::npos ||
                          reason.find("surrogate") != std::string::npos ||
                          reason.find("needs an object") != std::string::npos ||
                          reason.find("byte order mark") != std::string::npos;
    EXPECT_TRUE(reason.empty() || stricter) << reason << "\n" << record;
  }
  EXPECT_GT(valid, 500);
}

TEST(JsonPropertyTest, AnyOrderOfKeysIsFine) {
  std::mt19937 random(3);
  JsonDecoder decoder(EventRequest());
  std::vector<std::string> members = {R"("event_id":"00000000-0000-0000-0000-000000000001")",
                                      R"("user_id":"11111111-1111-1111-1111-111111111111")",
                                      R"("session_id":"22222222-2222-2222-2222-222222222222")",
                                      R"("event_type":"login")",
                                      R"("timestamp":"2026-01-01T10:00:00Z")",
                                      R"("z":{"y":[]})"};
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    std::shuffle(members.begin(), members.end(), random);
    std::string record = "{";
    for (const std::string& member : members) record += (record.size() > 1 ? "," : "") + member;
    const Decoded decoded = DecodeWith(decoder, {record + "}"});
    if (expected.empty()) expected = decoded.Row(0);
    ASSERT_EQ(decoded.Row(0), expected);
    ASSERT_TRUE(decoded.errors.empty());
  }
}

}  // namespace
}  // namespace weir
