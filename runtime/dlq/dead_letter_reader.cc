#include "runtime/dlq/dead_letter_reader.h"

#include <algorithm>
#include <thread>

#include "compiler/plan/dead_letter_schema.h"
#include "runtime/connector/check_options.h"

namespace weir {
namespace {

constexpr size_t kReadRecords = 1024;
/// A payload of 64 KiB may be six times as long as a JSON string.
constexpr int64_t kMaxLine = int64_t{8} << 20;
constexpr auto kPollPause = std::chrono::milliseconds(5);
/// Without these a row is no dead letter.
constexpr std::string_view kNeeded[] = {"stage",        "reason",       "source",
                                        "partition",    "offset",       "payload",
                                        "payload_kind", "payload_size", "payload_hash"};

bool HasDeadLetters(const Schema& row) {
  return std::all_of(std::begin(kNeeded), std::end(kNeeded),
                     [&row](std::string_view name) { return row.IndexOf(name).has_value(); });
}

std::string TextOf(const Value& value) { return value.is_null() ? "" : value.as_string(); }

}  // namespace

std::vector<const plan::SinkNode*> FindDeadLetterSinks(const plan::LogicalPlan& plan) {
  std::vector<const plan::SinkNode*> sinks;
  for (const auto& node : plan.nodes) {
    if (node == nullptr || node->kind != plan::NodeKind::kSink) continue;
    const auto& sink = static_cast<const plan::SinkNode&>(*node);
    if (HasDeadLetters(*sink.row)) sinks.push_back(&sink);
  }
  return sinks;
}

ConnectorOptions CarryOver(const ConnectorOptions& given, const std::vector<OptionSpec>& known) {
  ConnectorOptions carried;
  for (const auto& [name, value] : given.entries()) {
    const bool takes = std::any_of(known.begin(), known.end(), [&name](const OptionSpec& option) {
      return option.name == name;
    });
    if (takes) carried.Set(name, value);
  }
  FillDefaults(known, carried);
  return carried;
}

Result<std::unique_ptr<DeadLetterReader>> DeadLetterReader::Open(const plan::SinkNode& sink,
                                                                 const ConnectorRegistry& registry,
                                                                 const Clock& clock) {
  const ConnectorSpec* spec = registry.Find(sink.connector.connector);
  if (spec == nullptr || !spec->source || !spec->source->make) {
    return FailedPreconditionError(
        "sink {}: what {} has written can't be read back here; send dead letters to file, log or "
        "kafka to list and replay them",
        sink.sink, sink.connector.connector);
  }
  std::unique_ptr<DeadLetterReader> reader(new DeadLetterReader(sink, clock));
  WEIR_TRY(reader->OpenSource(*spec).WithContext("sink " + sink.sink));
  return reader;
}

Status DeadLetterReader::OpenSource(const ConnectorSpec& spec) {
  options_ = CarryOver(sink_.connector.options, spec.source->options);
  for (const OptionSpec& option : spec.source->options) {
    if (option.name == "end") options_.Set("end", Value::String("latest"));
    if (option.name == "start") options_.Set("start", Value::String("earliest"));
  }
  format_ = sink_.connector.options.GetString("format", sink_.format);
  plan::DecodeSpec decode;
  decode.format = format_;
  decode.format_options = sink_.format_options;
  decode.max_line = kMaxLine;
  for (int i = 0; i < sink_.row->num_fields(); ++i) {
    const Field& field = sink_.row->field(i);
    decode.fields.push_back({field.name, field.type, {}, nullptr, "", i});
  }
  WEIR_ASSIGN(RecordDecoder decoder, RecordDecoder::Make(decode, sink_.row));
  decoder_.emplace(std::move(decoder));
  SourceRequest request;
  request.name = sink_.sink;
  request.options = &options_;
  request.schema = sink_.row;
  request.format = format_;
  request.format_options = &sink_.format_options;
  request.max_line = kMaxLine;
  request.clock = &clock_;
  WEIR_ASSIGN(source_, spec.source->make(request));
  return source_->Open();
}

Result<bool> DeadLetterReader::Read(std::vector<DeadLetterEntry>& entries) {
  while (partition_ < source_->num_partitions()) {
    if (reader_ == nullptr) {
      WEIR_ASSIGN(reader_, source_->MakeReader(partition_));
      WEIR_TRY(reader_->Open(""));
    }
    RecordChunk chunk;
    WEIR_ASSIGN(const PollResult polled, reader_->Poll(kReadRecords, clock_.Now(), chunk));
    if (chunk.size() > 0) Convert(chunk, entries);
    if (polled.state == PollState::kEnd) {
      reader_ = nullptr;
      ++partition_;
    } else if (polled.state != PollState::kData) {
      std::this_thread::sleep_for(kPollPause);
    }
    if (chunk.size() > 0) return true;
  }
  return false;
}

void DeadLetterReader::Convert(const RecordChunk& chunk, std::vector<DeadLetterEntry>& entries) {
  std::vector<RejectedRow> rejected;
  decoder_->Decode(chunk, clock_.Now(), columns_, rejected);
  unreadable_ += static_cast<int64_t>(rejected.size());
  size_t next = 0;
  for (RowIndex row = 0; row < chunk.size(); ++row) {
    if (next < rejected.size() && rejected[next].row == row) {
      ++next;
    } else {
      entries.push_back(EntryAt(row));
    }
  }
}

DeadLetterEntry DeadLetterReader::EntryAt(RowIndex row) const {
  const auto at = [this, row](std::string_view name) {
    const std::optional<int> column = sink_.row->IndexOf(name);
    return column ? columns_[static_cast<size_t>(*column)]->ValueAt(row) : Value();
  };
  const auto number = [&at](std::string_view name, int64_t otherwise) {
    const Value value = at(name);
    return value.is_null() ? otherwise : value.as_int64();
  };
  const auto time = [&at](std::string_view name) {
    const Value value = at(name);
    return value.is_null() ? std::optional<Micros>() : std::optional<Micros>(value.as_int64());
  };
  DeadLetterEntry entry;
  entry.stage = TextOf(at("stage"));
  entry.reason = TextOf(at("reason"));
  entry.source = TextOf(at("source"));
  entry.partition = number("partition", -1);
  entry.offset = number("offset", -1);
  entry.event_time = time("event_time");
  entry.ingest_time = time("ingest_time");
  entry.payload = TextOf(at("payload"));
  entry.payload_kind = TextOf(at("payload_kind"));
  entry.payload_size = number("payload_size", 0);
  entry.payload_hash = TextOf(at("payload_hash"));
  entry.envelope = TextOf(at("envelope"));
  entry.generation = number("generation", 0);
  if (const Value rules = at("rules"); !rules.is_null()) {
    for (const Value& rule : rules.as_list()) entry.rules.push_back(TextOf(rule));
  }
  if (const Value errors = at("errors"); !errors.is_null()) {
    for (const Value& error : errors.as_list()) {
      entry.errors.emplace_back(TextOf(error.as_list()[0]), TextOf(error.as_list()[1]));
    }
  }
  return entry;
}

}  // namespace weir
