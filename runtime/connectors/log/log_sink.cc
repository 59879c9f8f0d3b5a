#include "runtime/connectors/log/log_sink.h"

#include <algorithm>

#include "runtime/connectors/log/log_writer.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

/// Option `key`: names of columns, where no key clause gave them.
Result<std::vector<int>> KeyColumns(const std::string& names, const Schema& schema) {
  std::vector<int> key;
  size_t begin = 0;
  while (begin <= names.size()) {
    const size_t comma = std::min(names.find(',', begin), names.size());
    std::string name = names.substr(begin, comma - begin);
    std::erase(name, ' ');
    const std::optional<int> column = schema.IndexOf(name);
    if (!column) {
      return InvalidArgumentError("log(key: \"{}\"): the rows have no column \"{}\"; they are {}",
                                  names, name, schema.ToString());
    }
    key.push_back(*column);
    begin = comma + 1;
  }
  return key;
}

}  // namespace

Result<LogSinkSettings> LogSinkSettings::From(const SinkRequest& request) {
  const ConnectorOptions& options = *request.options;
  LogSinkSettings settings;
  WEIR_ASSIGN(const std::vector<std::string> topics, LogTopics(options, request.name));
  if (topics.size() > 1) {
    return InvalidArgumentError("log(topic: \"{}\"): a sink writes one topic",
                                options.GetString("topic"));
  }
  settings.topic.dir = LogDir(options);
  settings.topic.topic = topics[0];
  settings.topic.partitions = static_cast<uint32_t>(options.GetInt64("partitions", 4));
  settings.topic.segment_bytes = options.GetInt64("segment_size", settings.topic.segment_bytes);
  settings.topic.segment_time = options.GetInt64("segment_time", settings.topic.segment_time);
  if (options.Has("retain")) settings.topic.retain_time = options.GetInt64("retain");
  if (options.Has("retain_size")) settings.topic.retain_bytes = options.GetInt64("retain_size");
  settings.topic.sync = options.GetString("fsync", "unit") != "never";
  settings.clock = request.clock == nullptr ? &SystemClock::Instance() : request.clock;
  settings.topic.clock = settings.clock;
  settings.format = request.format.empty() ? "json" : request.format;
  if (request.format_options != nullptr) settings.format_options = *request.format_options;
  settings.schema = request.schema;
  settings.key = request.key;
  if (settings.key.empty() && options.Has("key")) {
    WEIR_ASSIGN(settings.key, KeyColumns(options.GetString("key"), *request.schema));
  }
  settings.upsert = request.upsert;
  settings.keep_headers = request.keep_headers;
  settings.batch_rows = request.batch_rows;
  settings.batch_bytes = request.batch_bytes;
  settings.batch_time = request.batch_time;
  settings.resumable = request.resumable;
  settings.accept_loss = request.accept_resend;
  settings.incarnation = request.incarnation.empty() ? fmt::format("{:x}", settings.clock->Now())
                                                     : request.incarnation;
  settings.owner = fmt::format("{}/{}/", request.pipeline, request.name);
  return settings;
}

Status LogSink::Open() {
  WEIR_ASSIGN(topic_, LogTopic::Open(settings_.topic));
  units_ = std::make_unique<LogUnits>(topic_, settings_.resumable);
  return Status::Ok();
}

/// Of this incarnation if it has one, else of the latest that delivered from a state folder.
Result<std::optional<SinkMark>> LogSink::ReadMark() {
  std::optional<SinkMark> mine, other;
  for (const LaneMark& lane : topic_->Marks(settings_.owner)) {
    if (lane.note.empty()) continue;
    const std::optional<LogNote> note = LogNote::FromText(lane.note);
    if (!note) {
      return DataLossError("the journal of {} has \"{}\" as the mark of {}", topic_->folder(),
                           lane.note, lane.lane);
    }
    const std::string_view rest = std::string_view(lane.lane).substr(settings_.owner.size());
    SinkMark mark{std::string(rest.substr(0, rest.find('/'))), note->epoch, note->positions};
    std::optional<SinkMark>& known = mark.incarnation == settings_.incarnation ? mine : other;
    if (!known || known->incarnation != mark.incarnation || known->epoch < mark.epoch) {
      known = std::move(mark);
    } else if (known->epoch == mark.epoch && known->positions.empty()) {
      known->positions = std::move(mark.positions);
    }
  }
  return mine ? mine : other;
}

Status LogSink::Restore(uint64_t epoch, std::string_view state) {
  return units_->Restore(epoch, state, settings_.accept_loss);
}

/// What a run leaves frozen, the next one delivers if there can be one.
Status LogSink::Close() {
  if (units_ == nullptr || settings_.resumable) return Status::Ok();
  WEIR_TRY(units_->Prepare(UINT64_MAX).status());
  return units_->Deliver(UINT64_MAX);
}

Result<std::unique_ptr<SinkWriter>> LogSink::MakeWriter(uint32_t worker) {
  WEIR_TRY(topic_->StartWriting());
  // Also for runs that end before their sinks have had a tick.
  WEIR_TRY(topic_->Maintain(settings_.clock->Now()));
  EncodeRequest request{settings_.schema, settings_.key, settings_.upsert,
                        FormatOptions::From(settings_.format_options)};
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, MakeEncoder(settings_.format, std::move(request)));
  return std::unique_ptr<SinkWriter>(
      new LogWriter(settings_, topic_, units_.get(), worker, std::move(encoder)));
}

}  // namespace weir
