// µs per event of JSON decode (predicted and any order of keys) and encode, for generated events of
// the speed layer: `ninja bench_decode && bin/bench_decode`; see the counter us_per_event.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/connectors/generator/record_sequence.h"
#include "runtime/ddl/clickhouse_type_of.h"
#include "runtime/format/encoder.h"
#include "runtime/format/json/json_decoder.h"
#include "runtime/format/native/native_encoder.h"

namespace weir {
namespace {

constexpr size_t kEvents = 200'000;
constexpr size_t kBatch = 2048;

struct Events {
  std::string text;
  std::vector<std::string_view> records;
};

const Events& GeneratedEvents() {
  static const Events* const kAll = [] {
    auto* events = new Events();
    SequenceSettings settings;
    settings.model = "ecommerce";
    settings.stream = "events";
    settings.of_model.seed = 42;
    settings.of_model.users = 100'000;
    std::unique_ptr<RecordSequence> sequence = *RecordSequence::Make(settings);
    std::vector<size_t> ends;
    for (size_t i = 0; i < kEvents; ++i) {
      sequence->Append(1'767'225'600'000'000 + static_cast<Micros>(i) * 1000, events->text);
      ends.push_back(events->text.size());
    }
    size_t begin = 0;
    for (const size_t end : ends) {
      events->records.emplace_back(events->text.data() + begin, end - begin);
      begin = end;
    }
    return events;
  }();
  return *kAll;
}

DecodeRequest EventRequest(bool all_outputs) {
  const DataType uuid = DataType::Uuid();
  const DataType text = DataType::String();
  const std::pair<const char*, DataType> fields[] = {
      {"event_id", uuid},
      {"user_id", uuid},
      {"session_id", uuid},
      {"event_type",
       DataType::Enum({"page_view", "product_view", "search", "add_to_cart", "purchase",
                       "remove_from_cart", "checkout_start", "login", "logout"},
                      "EventType", true)},
      {"timestamp", DataType::Timestamp()},
      {"device_type", text},
      {"browser", text},
      {"ip_address", DataType::Of(TypeKind::kIpv4).AsOptional()},
      {"page_url", text.AsOptional()},
      {"product_id", uuid.AsOptional()},
      {"search_query", text.AsOptional()},
      {"transaction_id", uuid.AsOptional()},
      {"properties", DataType::Json()},
      {"user_tier", DataType::Enum({"bronze", "silver", "gold", "platinum"}).AsOptional()}};
  DecodeRequest request;
  for (const auto& [name, type] : fields) {
    DecodeField field;
    field.name = name;
    field.type = type;
    field.output = all_outputs || request.num_outputs < 5 ? request.num_outputs++ : -1;
    request.fields.push_back(std::move(field));
  }
  request.fields[12].default_value = Value(DataType::Json(), std::string("{}"));
  return request;
}

void CountEvents(benchmark::State& state) {
  state.counters["us_per_event"] = benchmark::Counter(
      static_cast<double>(kEvents) * 1e-6,
      benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void Decode(benchmark::State& state, bool predict, bool all_outputs) {
  const Events& events = GeneratedEvents();
  JsonDecoder decoder(EventRequest(all_outputs), predict);
  std::vector<ColumnPtr> columns;
  DecodeErrors errors;
  for (auto _ : state) {
    for (size_t at = 0; at < kEvents; at += kBatch) {
      const size_t count = std::min(kBatch, kEvents - at);
      decoder.Decode({{events.records.data() + at, count}, {}, {}}, columns, errors);
      benchmark::DoNotOptimize(columns.data());
    }
  }
  if (!errors.empty()) state.SkipWithError(errors[0].Reason().c_str());
  CountEvents(state);
}
BENCHMARK_CAPTURE(Decode, predicted, true, true)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decode, predicted_five_columns, true, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Decode, any_order, false, true)->Unit(benchmark::kMillisecond);

/// All events as batches.
std::vector<RecordBatch> DecodedEvents() {
  const Events& events = GeneratedEvents();
  const DecodeRequest request = EventRequest(true);
  std::vector<Field> fields;
  for (const DecodeField& field : request.fields) fields.push_back({field.name, field.type, {}});
  const SchemaPtr schema = Schema::Make(fields);
  JsonDecoder decoder(request);
  std::vector<RecordBatch> batches;
  for (size_t at = 0; at < kEvents; at += kBatch) {
    const size_t count = std::min(kBatch, kEvents - at);
    std::vector<ColumnPtr> columns;
    DecodeErrors errors;
    decoder.Decode({{events.records.data() + at, count}, {}, {}}, columns, errors);
    batches.emplace_back(schema, columns, static_cast<uint32_t>(count));
  }
  return batches;
}

void Encode(benchmark::State& state) {
  const std::vector<RecordBatch> batches = DecodedEvents();
  EncodeRequest encode;
  encode.schema = batches[0].schema();
  std::unique_ptr<Encoder> encoder = *MakeEncoder("json", encode);
  std::string out;
  for (auto _ : state) {
    for (const RecordBatch& batch : batches) {
      out.clear();
      encoder->Append(batch, out);
      benchmark::DoNotOptimize(out.data());
    }
  }
  CountEvents(state);
}
BENCHMARK(Encode)->Unit(benchmark::kMillisecond);

/// Blocks of ClickHouse's Native format, five batches each, for the columns of the events' table.
void EncodeNative(benchmark::State& state) {
  const std::vector<RecordBatch> batches = DecodedEvents();
  const Schema& schema = *batches[0].schema();
  std::vector<NativeTarget> targets;
  for (int i = 0; i < schema.num_fields(); ++i) {
    const std::string& name = schema.field(i).name;
    std::string type = ClickhouseTypeOf(schema.field(i).type);
    if (name == "device_type" || name == "browser") type = "LowCardinality(String)";
    targets.push_back({name, *ParseClickhouseType(type), i});
  }
  std::unique_ptr<NativeEncoder> encoder = *NativeEncoder::Make(schema, std::move(targets));
  constexpr size_t kBlock = 5;
  std::string out;
  std::vector<NativeRefusal> refused;
  size_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    for (size_t at = 0; at < batches.size(); at += kBlock) {
      out.clear();
      encoder->Encode({batches.data() + at, std::min(kBlock, batches.size() - at)}, out, refused);
      benchmark::DoNotOptimize(out.data());
      bytes += out.size();
    }
  }
  if (!refused.empty()) state.SkipWithError(refused[0].message.c_str());
  state.counters["bytes_per_event"] = static_cast<double>(bytes) / kEvents;
  CountEvents(state);
}
BENCHMARK(EncodeNative)->Unit(benchmark::kMillisecond);

void Generate(benchmark::State& state) {
  SequenceSettings settings;
  settings.model = "ecommerce";
  settings.stream = "events";
  settings.of_model.users = 100'000;
  for (auto _ : state) {
    std::unique_ptr<RecordSequence> sequence = *RecordSequence::Make(settings);
    std::string text;
    for (size_t i = 0; i < kEvents; ++i) {
      if (text.size() > (1 << 20)) text.clear();
      sequence->Append(static_cast<Micros>(i) * 1000, text);
    }
  }
  CountEvents(state);
}
BENCHMARK(Generate)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace weir

BENCHMARK_MAIN();
