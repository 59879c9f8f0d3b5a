#include "runtime/connectors/generator/generator_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "runtime/base/take_number.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

constexpr size_t kChunkBytes = 1 << 20;
constexpr int64_t kDefaultUsers = 1'000'000;
/// A live source is not asked more often than this.
constexpr Micros kLeastPause = 5'000;

class GeneratorReader final : public PartitionReader {
 public:
  GeneratorReader(SequenceSettings settings, GeneratorPace pace)
      : settings_(std::move(settings)), pace_(pace) {
    const int64_t partitions = settings_.of_model.partitions;
    const int64_t partition = settings_.of_model.partition;
    if (pace_.count.has_value()) count_ = (*pace_.count - partition + partitions - 1) / partitions;
  }

  /// A position is `<time of the first record>:<number of the last record that went on>`.
  Status Open(std::string_view position) override {
    WEIR_ASSIGN(sequence_, RecordSequence::Make(settings_));
    if (position.empty()) return Status::Ok();
    int64_t last = 0;
    WEIR_TRY(Parse(position, pace_.start, last));
    // Visits under way and records to repeat are what came before: made once more.
    std::string passed;
    while (static_cast<int64_t>(sequence_->next()) <= last) {
      passed.clear();
      sequence_->Append(TimeOf(sequence_->next()), passed);
    }
    return Status::Ok();
  }

  Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) override {
    auto block = std::make_shared<std::string>();
    block->reserve(std::min<size_t>(kChunkBytes + (kChunkBytes >> 4), max_records * 1024));
    ends_.clear();
    Micros due = kMinTimestamp;
    bool ended = false;
    while (ends_.size() < max_records && block->size() < kChunkBytes) {
      const uint64_t number = sequence_->next();
      ended = count_ >= 0 && static_cast<int64_t>(number) >= count_;
      if (ended) break;
      due = TimeOf(number);
      if (pace_.wait_for_clock && due > now) break;
      sequence_->Append(due, *block);
      ends_.push_back(block->size());
      chunk.offsets.push_back(static_cast<int64_t>(number));
    }
    if (ends_.empty()) {
      if (ended) return PollResult{PollState::kEnd, kMinTimestamp};
      return PollResult{PollState::kEmpty, std::max(due, now + kLeastPause)};
    }
    size_t begin = 0;
    for (const size_t end : ends_) {
      chunk.records.emplace_back(block->data() + begin, end - begin);
      begin = end;
    }
    chunk.owners.push_back(std::move(block));
    return PollResult{PollState::kData, kMinTimestamp};
  }

  std::string Position(int64_t offset) const override {
    return fmt::format("{}:{}", pace_.start, offset);
  }

  Result<int64_t> OffsetBefore(std::string_view position) const override {
    if (position.empty()) return -1;
    Micros start = 0;
    int64_t last = 0;
    WEIR_TRY(Parse(position, start, last));
    if (start == pace_.start) return last;
    return FailedPreconditionError(
        "generator: its records begin at another time now, so they are others than those of the "
        "marked position; with `start: \"…\"` they are the same at every start");
  }

 private:
  static Status Parse(std::string_view position, Micros& start, int64_t& last) {
    std::string_view rest = position;
    if (TakeNumber(rest, start) && rest.starts_with(':')) {
      rest.remove_prefix(1);
      if (TakeNumber(rest, last) && rest.empty()) return Status::Ok();
    }
    return DataLossError("generator: \"{}\" is no position", position);
  }

  /// Records of all partitions are evenly spaced.
  Micros TimeOf(uint64_t number) const {
    const UInt128 index =
        static_cast<UInt128>(number) * settings_.of_model.partitions + settings_.of_model.partition;
    return pace_.start +
           static_cast<Micros>(index * kMicrosPerSecond / static_cast<UInt128>(pace_.rate));
  }

  SequenceSettings settings_;
  GeneratorPace pace_;
  int64_t count_ = -1;  ///< of this partition; negative: no end
  std::unique_ptr<RecordSequence> sequence_;
  std::vector<size_t> ends_;
};

Result<GeneratorPace> PaceOf(const ConnectorOptions& options, Micros now) {
  GeneratorPace pace;
  pace.rate = options.GetInt64("rate", pace.rate);
  if (pace.rate <= 0)
    return InvalidArgumentError("generator(rate: {}): needs at least 1", pace.rate);
  if (options.Has("count")) {
    pace.count = options.GetInt64("count");
    pace.wait_for_clock = false;
  }
  if (options.Has("start")) {
    const std::string text = options.GetString("start");
    const std::optional<int64_t> start = ParseTimestamp(text);
    if (!start.has_value()) {
      return InvalidArgumentError("generator(start: \"{}\"): not a timestamp with an offset", text);
    }
    pace.start = *start;
  } else if (pace.count.has_value()) {
    // Ends now: no record claims to be of the future.
    pace.start =
        now - static_cast<Micros>(static_cast<Int128>(*pace.count) * kMicrosPerSecond / pace.rate);
  } else {
    pace.start = now - options.GetInt64("history", 0);
  }
  return pace;
}

}  // namespace

Result<SequenceSettings> GeneratorSettings(const ConnectorOptions& options, SchemaPtr schema) {
  SequenceSettings settings;
  settings.model = options.GetString("model");
  settings.stream = options.GetString("stream", "events");
  settings.of_model.seed = static_cast<uint64_t>(options.GetInt64("seed", 1));
  const int64_t users = options.GetInt64("users", kDefaultUsers);
  const int64_t partitions = options.GetInt64("partitions", 1);
  if (partitions < 1 || users < partitions) {
    return InvalidArgumentError("generator: needs at least one partition and a user for each");
  }
  settings.of_model.users = static_cast<uint64_t>(users);
  settings.of_model.partitions = static_cast<uint32_t>(partitions);
  settings.duplicates = options.GetFloat64("duplicates");
  settings.late = options.GetFloat64("late");
  settings.invalid = options.GetFloat64("invalid");
  if (std::min({settings.duplicates, settings.late, settings.invalid}) < 0 ||
      settings.duplicates + settings.late + settings.invalid > 1) {
    return InvalidArgumentError(
        "generator: duplicates, late and invalid are shares; together at most 1");
  }
  settings.schema = std::move(schema);
  return settings;
}

GeneratorSource::GeneratorSource(const SourceRequest& request)
    : options_(*request.options),
      schema_(request.schema),
      clock_(request.clock == nullptr ? &SystemClock::Instance() : request.clock),
      partitions_(static_cast<size_t>(std::max<int64_t>(options_.GetInt64("partitions", 1), 1))) {}

Status GeneratorSource::Open() {
  WEIR_ASSIGN(settings_, GeneratorSettings(options_, schema_));
  WEIR_TRY(RecordSequence::Make(settings_).status());
  WEIR_ASSIGN(pace_, PaceOf(options_, clock_->Now()));
  if (settings_.model == "ecommerce" && settings_.stream == "users" && !pace_.count.has_value()) {
    pace_.count = static_cast<int64_t>(settings_.of_model.users);
    pace_.wait_for_clock = false;
  }
  return Status::Ok();
}

Result<std::unique_ptr<PartitionReader>> GeneratorSource::MakeReader(size_t partition) {
  SequenceSettings settings = settings_;
  settings.of_model.partition = static_cast<uint32_t>(partition);
  return std::unique_ptr<PartitionReader>(new GeneratorReader(std::move(settings), pace_));
}

}  // namespace weir
