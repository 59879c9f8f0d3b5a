#include "runtime/dlq/replay_target.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <thread>

#include "runtime/connector/check_options.h"
#include "runtime/dlq/dead_letter_reader.h"

namespace weir {
namespace {

constexpr auto kDeliverPause = std::chrono::milliseconds(5);
constexpr auto kDeliverTimeout = std::chrono::seconds(60);

std::vector<std::string> SplitTopics(const std::string& text) {
  std::vector<std::string> topics;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    std::string topic = text.substr(begin, comma - begin);
    std::erase(topic, ' ');
    topics.push_back(std::move(topic));
    begin = comma + 1;
  }
  return topics;
}

}  // namespace

Result<std::unique_ptr<ReplayTarget>> ReplayTarget::Make(const plan::SourceNode& node,
                                                         const std::string& pipeline,
                                                         const ConnectorRegistry& registry,
                                                         const Clock& clock) {
  const std::string& connector = node.connector.connector;
  const ConnectorSpec* spec = registry.Find(connector);
  if (spec == nullptr || !spec->sink || !spec->sink->make) {
    return FailedPreconditionError(
        "source {} reads from {}, which can't be written to: its dead letters can't be put back; "
        "replay under a profile in which it reads from file, log or kafka",
        node.source, connector);
  }
  std::unique_ptr<ReplayTarget> target(new ReplayTarget(node, *spec, clock));
  target->pipeline_ = pipeline;
  WEIR_TRY(target->Prepare().WithContext("source " + node.source));
  return target;
}

Status ReplayTarget::Prepare() {
  WEIR_TRY(CheckPlace());
  std::random_device random;
  incarnation_ = fmt::format("replay{:08x}", random());
  raw_ = Schema::Make(
      {{"payload", DataType::Bytes(), {}}, {"key", DataType::String().AsOptional(), {}}});
  WEIR_ASSIGN(RecordDecoder decoder, RecordDecoder::Make(node_.decode, node_.schema));
  decoder_.emplace(std::move(decoder));
  const std::string topic = node_.connector.options.GetString("topic");
  const bool has_topics = topic.find(',') != std::string::npos;
  if (!has_topics && node_.decode.format != "csv") return Status::Ok();

  SourceRequest request;
  request.name = node_.source;
  request.options = &node_.connector.options;
  request.schema = node_.schema;
  request.format = node_.decode.format;
  request.format_options = &node_.decode.format_options;
  request.max_line = node_.decode.max_line;
  request.clock = &clock_;
  WEIR_ASSIGN(const std::unique_ptr<SourceConnector> source, spec_.source->make(request));
  WEIR_TRY(source->Open());
  if (has_topics) {
    topics_ = SplitTopics(topic);
    for (size_t i = 0; i < source->num_partitions(); ++i) {
      partition_names_.push_back(source->partition_name(i));
    }
  }
  return node_.decode.format == "csv" ? ReadHeader(*source) : Status::Ok();
}

/// A sink of files makes a folder. Beside a file or a pattern it would be in the way.
Status ReplayTarget::CheckPlace() const {
  if (spec_.name != "file") return Status::Ok();
  const ConnectorOptions& options = node_.connector.options;
  std::string place = options.GetString("path");
  if (place.empty()) {
    const std::string below = options.GetString("topic", options.GetString("table", node_.source));
    place = options.GetString("dir") + "/" + below;
  }
  std::error_code error;
  if (std::filesystem::is_directory(place, error)) return Status::Ok();
  return FailedPreconditionError(
      "{} is no folder: records are put back as a further file, so the source must read a folder, "
      "such as file(path: \"events\")",
      place);
}

/// Files with a header line: a further file needs the same one.
Status ReplayTarget::ReadHeader(SourceConnector& source) {
  for (size_t i = 0; i < source.num_partitions(); ++i) {
    WEIR_ASSIGN(const std::unique_ptr<PartitionReader> reader, source.MakeReader(i));
    WEIR_TRY(reader->Open(""));
    RecordChunk chunk;
    WEIR_TRY(reader->Poll(1, clock_.Now(), chunk).status());
    if (chunk.header.empty() || chunk.header == header_) continue;
    if (!header_.empty()) {
      return FailedPreconditionError(
          "its files have different header lines ({} is not as those before it), and a dead letter "
          "does not say which was its own",
          source.partition_name(i));
    }
    header_ = std::string(chunk.header);
  }
  return Status::Ok();
}

std::string ReplayTarget::Refusal(const DeadLetterEntry& entry) {
  const std::string bytes = entry.Bytes();
  RecordChunk chunk;
  if (entry.is_tombstone()) chunk.tombstones.push_back(0);
  chunk.records.push_back(bytes);
  chunk.offsets.push_back(0);
  chunk.header = header_;
  std::vector<RejectedRow> rejected;
  decoder_->Decode(chunk, clock_.Now(), columns_, rejected);
  if (rejected.empty()) return "";
  const RejectedRow& row = rejected.front();
  return row.counted_as.empty() ? row.reason : row.counted_as;
}

/// Partitions are called after their topic: `topic/0`, `topic-0`.
std::string ReplayTarget::TopicOf(int64_t partition) const {
  if (topics_.empty()) return "";
  const auto index = static_cast<size_t>(partition);
  std::string best = topics_.front();
  if (partition < 0 || index >= partition_names_.size()) return best;
  size_t longest = 0;
  for (const std::string& topic : topics_) {
    const bool fits = partition_names_[index].starts_with(topic) && topic.size() > longest;
    if (!fits) continue;
    longest = topic.size();
    best = topic;
  }
  return best;
}

Result<ReplayTarget::Writer*> ReplayTarget::WriterOf(const std::string& topic) {
  const auto known = writers_.find(topic);
  if (known != writers_.end()) return &known->second;
  ConnectorOptions options = CarryOver(node_.connector.options, spec_.sink->options);
  if (!topic.empty()) options.Set("topic", Value::String(topic));
  // The records are complete as they are, whatever format the source reads them in.
  if (options.Has("format")) options.Set("format", Value::String("raw"));
  const ConnectorOptions no_options;
  SinkRequest request;
  request.pipeline = pipeline_;
  request.name = node_.source;
  request.options = &options;
  request.format = "raw";
  request.format_options = &no_options;
  request.schema = raw_;
  request.key = {1};
  request.keep_headers = true;
  request.incarnation = incarnation_;
  request.clock = &clock_;
  Writer made;
  WEIR_ASSIGN(made.sink, spec_.sink->make(request));
  WEIR_TRY(made.sink->Open());
  WEIR_TRY(made.sink->Restore(0, ""));
  WEIR_ASSIGN(made.writer, made.sink->MakeWriter(0));
  WEIR_TRY(made.writer->Open());
  return &writers_.emplace(topic, std::move(made)).first->second;
}

/// The header line of csv files first, when they have one.
Result<RecordBatch> ReplayTarget::MakeBatch(
    const std::vector<const DeadLetterEntry*>& entries) const {
  const uint32_t first = header_.empty() ? 0 : 1;
  const auto count = static_cast<uint32_t>(entries.size()) + first;
  const MutableColumnPtr payload = Column::Make(raw_->field(0).type, count);
  const MutableColumnPtr key = Column::Make(raw_->field(1).type, count);
  const MutableColumnPtr headers = Column::Make(DataType::Bytes().AsOptional(), count);
  const MutableColumnPtr op = Column::Make(DataType::Bool(), count);
  const auto set = [](const MutableColumnPtr& column, uint32_t row, std::string_view text) {
    column->mutable_data<std::string_view>()[row] = column->arena().Copy(text);
  };
  for (uint32_t row = 0; row < first; ++row) {
    set(payload, row, header_);
    key->SetNull(row);
    headers->SetNull(row);
    op->SetValue(row, Value::Bool(false));
  }
  for (uint32_t i = 0; i < entries.size(); ++i) {
    const DeadLetterEntry& entry = *entries[i];
    const uint32_t row = first + i;
    std::optional<std::string> its_key;
    std::string its_headers;
    WEIR_TRY(entry.ReadEnvelope(its_key, its_headers));
    set(payload, row, entry.Bytes());
    op->SetValue(row, Value::Bool(entry.is_tombstone()));  // true is RowOp::kDelete
    its_key ? set(key, row, *its_key) : key->SetNull(row);
    its_headers.empty() ? headers->SetNull(row) : set(headers, row, its_headers);
  }
  HiddenColumns hidden;
  hidden.record_headers = headers;
  hidden.op = op;
  return RecordBatch(raw_, {payload, key}, count, std::move(hidden));
}

Status ReplayTarget::DeliverAll(SinkWriter& writer) const {
  std::vector<RefusedRow> refused;
  const auto until = std::chrono::steady_clock::now() + kDeliverTimeout;
  do {
    WEIR_TRY(writer.Deliver(refused));
    if (!refused.empty()) {
      return FailedPreconditionError("{} records refused: {}", refused.size(),
                                     refused.front().message);
    }
    if (!writer.HasUndelivered()) return Status::Ok();
    std::this_thread::sleep_for(kDeliverPause);
    WEIR_TRY(writer.Tick(clock_.Now()));
  } while (std::chrono::steady_clock::now() < until);
  return UnavailableError("the records were not acknowledged within {} s",
                          std::chrono::seconds(kDeliverTimeout).count());
}

Status ReplayTarget::OpenFor(const std::vector<DeadLetterEntry>& entries) {
  for (const DeadLetterEntry& entry : entries) {
    WEIR_TRY(WriterOf(TopicOf(entry.partition)).status());
  }
  return Status::Ok();
}

Status ReplayTarget::Send(const std::vector<DeadLetterEntry>& entries) {
  std::map<std::string, std::vector<const DeadLetterEntry*>> by_topic;
  for (const DeadLetterEntry& entry : entries) {
    by_topic[TopicOf(entry.partition)].push_back(&entry);
  }
  for (const auto& [topic, records] : by_topic) {
    WEIR_ASSIGN(Writer* const writer, WriterOf(topic));
    WEIR_ASSIGN(const RecordBatch batch, MakeBatch(records));
    WEIR_TRY(writer->writer->Append(batch));
    WEIR_TRY(writer->writer->Freeze(++writer->epoch));
    WEIR_TRY(writer->sink->Prepare(writer->epoch).status());
    WEIR_TRY(writer->sink->Committed(writer->epoch));
    WEIR_TRY(DeliverAll(*writer->writer));
  }
  return Status::Ok();
}

Status ReplayTarget::Close() {
  Status status;
  for (auto& [topic, writer] : writers_) {
    for (const Status& closed : {writer.writer->Close(), writer.sink->Close()}) {
      if (status.ok()) status = closed;
    }
  }
  writers_.clear();
  return status.WithContext("source " + node_.source);
}

}  // namespace weir
