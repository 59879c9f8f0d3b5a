#include "runtime/connectors/store/store_units.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "runtime/vector/batch_codec.h"

namespace weir {
namespace {

/// More units of a lane than can be on their way at once: numbers behind the last marked one that
/// may be used.
constexpr uint64_t kMostOutstanding = 1'000'000;
/// First line of what a commit holds. `lane LANE LAST` follows for each lane, the number of its
/// last unit; `unit LANE NUMBER cut|open`, then per segment an outbox chunk and its rows.
constexpr std::string_view kStateVersion = "store-units 1";

std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

Result<uint64_t> TakeCount(std::string_view& text) {
  const std::string_view word = TakeUntil(text, ' ');
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (error == std::errc() && end == word.data() + word.size()) return number;
  return DataLossError("\"{}\" is no number", word);
}

}  // namespace

bool StoreUnits::Unit::IsWithin(uint64_t epoch) const {
  return std::all_of(segments.begin(), segments.end(), [epoch](const Segment& segment) {
    return segment.epoch != 0 && segment.epoch <= epoch;
  });
}

StoreUnits::StoreUnits(std::shared_ptr<Outbox> outbox, std::string prefix, SchemaPtr schema,
                       uint32_t num_writers)
    : outbox_(std::move(outbox)),
      prefix_(std::move(prefix)),
      schema_(std::move(schema)),
      schema_text_(schema_->ToString()),
      num_writers_(std::max<uint32_t>(num_writers, 1)) {}

StoreUnits::Unit& StoreUnits::OpenUnit(uint32_t lane) {
  const auto open = std::find_if(units_.rbegin(), units_.rend(), [lane](const Unit& unit) {
    return unit.lane == lane && !unit.cut;
  });
  if (open != units_.rend()) return *open;
  Unit& unit = units_.emplace_back();
  unit.lane = lane;
  unit.number = ++last_number_[lane];
  return unit;
}

Status StoreUnits::Append(uint32_t lane, std::vector<RecordBatch> batches) {
  // The row's types come first, so that a pipeline with another row does not read it as its own.
  std::string bytes;
  const auto size = static_cast<uint32_t>(schema_text_.size());
  bytes.append(reinterpret_cast<const char*>(&size), sizeof(size));
  bytes.append(schema_text_);
  Segment segment;
  int64_t memory = 0;
  for (const RecordBatch& batch : batches) {
    AppendBatchBytes(batch, bytes);
    segment.rows += batch.num_rows();
    memory += static_cast<int64_t>(batch.ByteSize());
  }
  WEIR_ASSIGN(segment.chunk, outbox_->Append(bytes));
  const std::lock_guard lock(mutex_);
  Unit& unit = OpenUnit(lane);
  unit.rows += segment.rows;
  unit.memory += memory;
  unit.segments.push_back(segment);
  std::move(batches.begin(), batches.end(), std::back_inserter(unit.batches));
  return Status::Ok();
}

void StoreUnits::Cut(uint32_t lane) {
  const std::lock_guard lock(mutex_);
  for (Unit& unit : units_) unit.cut |= unit.lane == lane;
}

void StoreUnits::Freeze(uint32_t lane, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  for (Unit& unit : units_) {
    if (unit.lane != lane) continue;
    for (Segment& segment : unit.segments) {
      if (segment.epoch == 0) segment.epoch = epoch;
    }
  }
}

bool StoreUnits::CutCommitted(uint32_t lane) {
  const std::lock_guard lock(mutex_);
  bool any = false;
  for (Unit& unit : units_) {
    if (unit.lane != lane || unit.cut || !unit.IsWithin(committed_)) continue;
    unit.cut = any = true;
  }
  return any;
}

Result<std::string> StoreUnits::Prepare(uint64_t epoch) {
  WEIR_TRY(outbox_->Sync());
  std::string state(kStateVersion);
  const std::lock_guard lock(mutex_);
  for (const auto& [lane, last] : last_number_) {
    fmt::format_to(std::back_inserter(state), "\nlane {} {}", lane, last);
  }
  for (const Unit& unit : units_) {
    if (!unit.IsListed(epoch)) continue;
    std::string segments;
    for (const Segment& segment : unit.segments) {
      if (segment.epoch == 0 || segment.epoch > epoch) continue;
      fmt::format_to(std::back_inserter(segments), " {} {}", segment.chunk.ToText(), segment.rows);
    }
    if (segments.empty()) continue;
    const bool cut = unit.cut && unit.IsWithin(epoch);
    fmt::format_to(std::back_inserter(state), "\nunit {} {} {}{}", unit.lane, unit.number,
                   cut ? "cut" : "open", segments);
  }
  return state;
}

void StoreUnits::NotePositions(std::shared_ptr<const std::string> positions) {
  const std::lock_guard lock(mutex_);
  noted_ = std::move(positions);
}

SinkMark StoreUnits::StandWith(const StoreUnitPlace& place) {
  const std::lock_guard lock(mutex_);
  for (Unit& unit : units_) {
    unit.in_table |= unit.lane == place.lane && unit.number <= place.number;
    const bool done = unit.in_table || unit.settled_from != 0;
    for (const Segment& segment : unit.segments) {
      const bool committed = segment.epoch != 0 && segment.epoch <= committed_;
      if (!done && committed) return {};
    }
    if (unit.in_table && unit.refused) return {};
  }
  return {"", committed_, positions_ == nullptr ? "" : *positions_};
}

void StoreUnits::Committed(uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  committed_ = std::max(committed_, epoch);
  positions_ = noted_;
  // Not before: a commit that lists them would miss their bytes.
  for (const Unit& unit : units_) {
    if (unit.IsListed(epoch)) continue;
    for (const Segment& segment : unit.segments) outbox_->Release(segment.chunk);
  }
  std::erase_if(units_, [epoch](const Unit& unit) { return !unit.IsListed(epoch); });
}

Status StoreUnits::Load(Unit& unit) const {
  for (const Segment& segment : unit.segments) {
    WEIR_ASSIGN(std::string read, outbox_->Read(segment.chunk));
    const auto bytes = std::make_shared<const std::string>(std::move(read));
    std::string_view in = *bytes;
    uint32_t size = 0;
    if (in.size() < sizeof(size)) return DataLossError("an outbox chunk ends too early");
    std::memcpy(&size, in.data(), sizeof(size));
    in.remove_prefix(sizeof(size));
    if (in.substr(0, size) != schema_text_) {
      return FailedPreconditionError(
          "the state folder holds {} rows that are not delivered yet, with other columns than the "
          "pipeline has now; run the earlier .flow once more until it has delivered them\n  then: "
          "{}\n  now:  {}",
          unit.rows, in.substr(0, size), schema_text_);
    }
    in.remove_prefix(size);
    while (!in.empty()) {
      WEIR_ASSIGN(RecordBatch batch, ReadBatchBytes(schema_, bytes, in));
      unit.memory += static_cast<int64_t>(batch.ByteSize());
      unit.batches.push_back(std::move(batch));
    }
  }
  return Status::Ok();
}

Status StoreUnits::ReadUnit(uint64_t epoch, std::string_view line, const StoreMarks& marks) {
  Unit unit;
  WEIR_ASSIGN(const uint64_t lane, TakeCount(line));
  WEIR_ASSIGN(unit.number, TakeCount(line));
  TakeUntil(line, ' ');  // open or not: nothing can be added to it any more
  unit.lane = static_cast<uint32_t>(lane);
  unit.cut = true;
  while (!line.empty()) {
    Segment segment;
    segment.epoch = epoch;
    WEIR_ASSIGN(segment.chunk, OutboxChunk::FromText(line));
    if (line.starts_with(' ')) line.remove_prefix(1);
    WEIR_ASSIGN(const uint64_t rows, TakeCount(line));
    segment.rows = static_cast<int64_t>(rows);
    unit.rows += segment.rows;
    unit.segments.push_back(segment);
    outbox_->Keep(segment.chunk);
  }
  if (unit.number <= marks.Delivered(unit.lane)) {
    unit.settled_from = epoch + 1;
  } else {
    WEIR_TRY(Load(unit));
  }
  units_.push_back(std::move(unit));
  return Status::Ok();
}

Status StoreUnits::Restore(uint64_t epoch, std::string_view state, const StoreMarks& marks) {
  const std::lock_guard lock(mutex_);
  committed_ = epoch;
  positions_ = noted_;
  if (!state.empty() && TakeUntil(state, '\n') != kStateVersion) {
    return DataLossError("the state of the store's units is of another version");
  }
  while (!state.empty()) {
    std::string_view line = TakeUntil(state, '\n');
    const std::string_view kind = TakeUntil(line, ' ');
    if (kind == "unit") {
      WEIR_TRY(ReadUnit(epoch, line, marks));
    } else if (kind == "lane") {
      WEIR_ASSIGN(const uint64_t lane, TakeCount(line));
      WEIR_ASSIGN(last_number_[static_cast<uint32_t>(lane)], TakeCount(line));
    } else {
      return DataLossError("the state of the store's units is damaged: {}", kind);
    }
  }
  SkipUsedNumbers(epoch, marks);
  return Status::Ok();
}

/// An older copy of the state that went on from here used the numbers that come next for rows of
/// its own: under these names the store would take ours for repeats and drop them.
void StoreUnits::SkipUsedNumbers(uint64_t epoch, const StoreMarks& marks) {
  for (const auto& [lane, reached] : marks.Ahead(epoch)) {
    uint64_t& last = last_number_[lane];
    last = std::max(last, reached) + kMostOutstanding;
  }
}

std::vector<RecordBatch> StoreUnits::Waiting() const {
  const std::lock_guard lock(mutex_);
  std::vector<RecordBatch> batches;
  for (const Unit& unit : units_) {
    batches.insert(batches.end(), unit.batches.begin(), unit.batches.end());
  }
  return batches;
}

std::vector<DeliveryUnit> StoreUnits::TakeReady(uint32_t writer) {
  const std::lock_guard lock(mutex_);
  std::vector<DeliveryUnit> ready;
  for (Unit& unit : units_) {
    const bool is_due = unit.cut && unit.handed_out == 0 && unit.settled_from == 0 &&
                        WriterOf(unit) == writer && unit.IsWithin(committed_);
    if (!is_due) continue;
    unit.handed_out = ++handed_out_[writer];
    unit.handed_out_at = committed_;
    DeliveryUnit& delivery = ready.emplace_back();
    delivery.name = fmt::format("{}/{}/{}", prefix_, unit.lane, unit.number);
    delivery.batches = std::exchange(unit.batches, {});
    delivery.rows = unit.rows;
    delivery.memory = unit.memory;
  }
  return ready;
}

StoreUnitPlace StoreUnits::PlaceOf(uint32_t writer, uint64_t handed_out) const {
  const std::lock_guard lock(mutex_);
  for (const Unit& unit : units_) {
    if (WriterOf(unit) != writer || unit.handed_out != handed_out) continue;
    return {unit.lane, unit.number, unit.handed_out_at};
  }
  return {};
}

void StoreUnits::Settle(uint32_t writer, uint64_t handed_out, uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  for (Unit& unit : units_) {
    const bool is_done = WriterOf(unit) == writer && unit.settled_from == 0 &&
                         unit.handed_out != 0 && unit.handed_out <= handed_out;
    if (is_done) unit.settled_from = epoch;
  }
}

void StoreUnits::NoteRefused(const StoreUnitPlace& place) {
  const std::lock_guard lock(mutex_);
  for (Unit& unit : units_) {
    unit.refused |= unit.lane == place.lane && unit.number == place.number;
  }
}

uint64_t StoreUnits::MarkLimit(uint32_t lane) const {
  const std::lock_guard lock(mutex_);
  for (const Unit& unit : units_) {
    if (unit.lane == lane && unit.refused) return unit.number - 1;
  }
  return UINT64_MAX;
}

bool StoreUnits::HasFrozen(uint64_t epoch) const {
  const std::lock_guard lock(mutex_);
  for (const Unit& unit : units_) {
    if (unit.settled_from != 0) continue;
    for (const Segment& segment : unit.segments) {
      if (segment.epoch != 0 && segment.epoch <= epoch) return true;
    }
  }
  return false;
}

bool StoreUnits::HasUndelivered(uint32_t writer) const {
  const std::lock_guard lock(mutex_);
  return std::any_of(units_.begin(), units_.end(), [&](const Unit& unit) {
    return WriterOf(unit) == writer && unit.settled_from == 0 && unit.segments[0].epoch != 0;
  });
}

int64_t StoreUnits::Rows(uint32_t writer) const {
  const std::lock_guard lock(mutex_);
  int64_t rows = 0;
  for (const Unit& unit : units_) {
    if (WriterOf(unit) == writer && unit.settled_from == 0) rows += unit.rows;
  }
  return rows;
}

}  // namespace weir
