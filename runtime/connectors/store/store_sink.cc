#include "runtime/connectors/store/store_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "runtime/connectors/store/durable_store_writer.h"
#include "runtime/connectors/store/store_rehearsal.h"
#include "runtime/connectors/store/store_repeats.h"
#include "runtime/connectors/store/store_schema.h"
#include "runtime/connectors/store/store_target.h"
#include "runtime/connectors/store/store_writer.h"

namespace weir {
namespace {

constexpr int64_t kWaitingBytes = int64_t{64} << 20;
constexpr int64_t kDefaultBatchRows = 10'000;
constexpr Micros kDefaultBatchTime = 2 * kMicrosPerSecond;
constexpr int64_t kMostBatchRows = 500'000;  ///< a unit is one block of the engine
constexpr Micros kBackoffMin = 200'000, kBackoffMax = 10 * kMicrosPerSecond;

SchemaPtr RowSchema(const StoreTable& table) {
  std::vector<Field> row = table.batch_schema->fields();
  row.resize(static_cast<size_t>(table.num_row_columns));
  return Schema::Make(std::move(row));
}

}  // namespace

StoreSink::StoreSink(StoreSinkSettings settings, StoreTable table)
    : settings_(std::move(settings)),
      table_(std::move(table)),
      row_schema_(RowSchema(table_)),
      budget_(kWaitingBytes) {
  for (int64_t i = 0; i < settings_.lanes; ++i) turns_.push_back(std::make_unique<std::mutex>());
}

Result<std::unique_ptr<SinkConnector>> StoreSink::Make(const SinkRequest& request) {
  StoreSinkSettings settings;
  settings.name = request.name;
  settings.dir = request.options->GetString("dir", "data/store");
  settings.clock = request.clock == nullptr ? &SystemClock::Instance() : request.clock;
  settings.unit_prefix =
      fmt::format("{}/{}/{}", request.pipeline, request.name,
                  request.incarnation.empty() ? fmt::format("{:x}", settings.clock->Now())
                                              : request.incarnation);
  settings.pipeline = request.pipeline;
  settings.incarnation = request.incarnation;
  settings.outbox = request.outbox;
  settings.num_writers = request.num_writers;
  settings.lanes = std::max<int64_t>(request.options->GetInt64("lanes", 1), 1);
  const bool batched = request.batch_rows > 0 || request.batch_bytes > 0 || request.batch_time > 0;
  settings.batch_rows = batched ? request.batch_rows : kDefaultBatchRows;
  if (settings.batch_rows <= 0) settings.batch_rows = kMostBatchRows;
  settings.batch_rows = std::min(settings.batch_rows, kMostBatchRows);
  settings.batch_bytes = request.batch_bytes;
  settings.batch_time = batched ? request.batch_time : kDefaultBatchTime;
  settings.backoff_min = request.backoff_min > 0 ? request.backoff_min : kBackoffMin;
  settings.backoff_max = request.backoff_max > 0 ? request.backoff_max : kBackoffMax;
  WEIR_ASSIGN(StoreTable table, StoreTable::From(request));
  return std::unique_ptr<SinkConnector>(
      std::make_unique<StoreSink>(std::move(settings), std::move(table)));
}

Status StoreSink::Open() {
  WEIR_ASSIGN(database_, ChdbDatabase::Open(settings_.dir));
  StoreSchema schema(*database_, table_);
  WEIR_TRY(schema.Create());
  WEIR_ASSIGN(targets_, schema.Match());
  if (settings_.outbox != nullptr) WEIR_TRY(OpenDurable());
  WEIR_TRY(Rehearse());
  WEIR_ASSIGN(const uint64_t last, schema.LastVersion());
  version_ = last;
  return Status::Ok();
}

/// What units that are sent again after a crash need.
Status StoreSink::OpenDurable() {
  StoreRepeats repeats(*database_);
  WEIR_TRY(repeats.Ensure(table_.name));
  for (const std::string& entry : repeats.taken_back()) {
    std::fprintf(stderr,
                 "flowc: sink %s: an earlier process ended within an insert: %s is not there and "
                 "will be inserted again\n",
                 settings_.name.c_str(), entry.c_str());
  }
  marks_ = std::make_unique<StoreMarks>(database_, settings_.pipeline, settings_.name,
                                        settings_.incarnation);
  units_ = std::make_unique<StoreUnits>(settings_.outbox, settings_.unit_prefix,
                                        table_.batch_schema, settings_.num_writers);
  return marks_->Open();
}

Result<std::optional<SinkMark>> StoreSink::ReadMark() {
  return marks_ == nullptr ? std::optional<SinkMark>() : marks_->mark();
}

Result<std::string> StoreSink::Prepare(uint64_t epoch) {
  return units_ == nullptr ? Result<std::string>(std::string()) : units_->Prepare(epoch);
}

void StoreSink::NotePositions(uint64_t, std::shared_ptr<const std::string> positions) {
  if (units_ != nullptr) units_->NotePositions(std::move(positions));
}

Status StoreSink::Committed(uint64_t epoch) {
  if (units_ != nullptr) units_->Committed(epoch);
  return Status::Ok();
}

Status StoreSink::Restore(uint64_t epoch, std::string_view state) {
  if (units_ == nullptr) return Status::Ok();
  WEIR_TRY(units_->Restore(epoch, state, *marks_));
  if (!table_.own_version) return Status::Ok();
  // Rows to come are newer than those that wait, also when the clock was set back.
  for (const RecordBatch& batch : units_->Waiting()) {
    const ColumnView<uint64_t> versions(*batch.column(table_.version_column()));
    uint64_t last = version_;
    batch.rows().ForEach([&](RowIndex row) { last = std::max(last, versions[row]); });
    version_ = last;
  }
  return Status::Ok();
}

/// The columns that the store fills.
RecordBatch StoreSink::Complete(const RecordBatch& batch) {
  std::vector<ColumnPtr> columns = batch.columns();
  columns.resize(static_cast<size_t>(table_.num_given_columns));
  const Micros expires = table_.ttl > 0 ? settings_.clock->Now() + table_.ttl : 0;
  const uint64_t version = table_.own_version ? NextVersion() : 0;
  columns.push_back(Column::Constant(Value::Timestamp(expires), batch.capacity()));
  columns.push_back(
      Column::Constant(Value(DataType::Of(TypeKind::kUInt64), version), batch.capacity()));
  // An op is a bool in its physical form: 1 is a delete.
  const ColumnPtr& op = batch.hidden().op;
  columns.push_back(op == nullptr ? Column::Constant(Value::Bool(false), batch.capacity())
                                  : Column::Retype(op, DataType::Bool()));
  return batch.WithColumns(table_.batch_schema, std::move(columns));
}

RecordBatch StoreSink::AsGiven(const RecordBatch& stored) const {
  std::vector<ColumnPtr> columns = stored.columns();
  columns.resize(static_cast<size_t>(table_.num_row_columns));
  return stored.WithColumns(row_schema_, std::move(columns));
}

DeliveryLaneSettings StoreSink::LaneSettings(uint32_t lane) const {
  DeliveryLaneSettings settings;
  settings.name = fmt::format("sink {}: table {}", settings_.name, table_.name);
  settings.backoff_min = settings_.backoff_min;
  settings.backoff_max = settings_.backoff_max;
  settings.seed = lane + 1;
  settings.breaker = breaker_;
  settings.clock = settings_.clock;
  settings.report = [](const std::string& message) {
    std::fprintf(stderr, "flowc: %s\n", message.c_str());
  };
  return settings;
}

Status StoreSink::Rehearse() {
  StoreRehearsal rehearsal(*database_, settings_.name);
  WEIR_ASSIGN(rehearsal_, rehearsal.Make(table_.name));
  for (const std::string& view : rehearsal.left_out()) {
    std::fprintf(stderr,
                 "flowc: sink %s: a row for which the view %s fails will end the sink, since it "
                 "can't be found beforehand\n",
                 settings_.name.c_str(), view.c_str());
  }
  return Status::Ok();
}

Result<std::unique_ptr<SinkWriter>> StoreSink::MakeWriter(uint32_t worker) {
  std::unique_ptr<NativeEncoder> encoders[2];  // for the worker's thread and for the lane's
  for (std::unique_ptr<NativeEncoder>& encoder : encoders) {
    WEIR_ASSIGN(encoder, NativeEncoder::Make(*table_.batch_schema, targets_));
  }
  // Rows of a key are written by one worker, so each worker delivers in an order of its own;
  // `lanes` bounds how many do so at the same time.
  std::mutex* turns = turns_[worker % turns_.size()].get();
  StoreInserts inserts{StoreInsertStatement(table_.Quoted(), targets_), ""};
  if (!rehearsal_.empty()) inserts.rehearsal = StoreInsertStatement(rehearsal_, targets_);
  auto target =
      std::make_unique<StoreTarget>(database_, std::move(inserts), std::move(encoders[1]), turns);
  if (units_ != nullptr) return DurableWriter(worker, std::move(target), std::move(encoders[0]));
  return std::unique_ptr<SinkWriter>(
      std::make_unique<StoreWriter>(this, worker, std::move(encoders[0]), std::move(target)));
}

std::unique_ptr<SinkWriter> StoreSink::DurableWriter(uint32_t worker,
                                                     std::unique_ptr<StoreTarget> target,
                                                     std::unique_ptr<NativeEncoder> encoder) {
  const bool stores_deletes = std::any_of(
      targets_.begin(), targets_.end(),
      [this](const NativeTarget& column) { return column.column == table_.deleted_column(); });
  auto durable = std::make_unique<DurableStoreTarget>(
      std::move(target), std::move(encoder), units_.get(), marks_.get(), worker,
      stores_deletes ? -1 : table_.deleted_column());
  return std::make_unique<DurableStoreWriter>(this, worker, units_.get(), std::move(durable));
}

uint64_t StoreSink::NextVersion() {
  const auto now = static_cast<uint64_t>(std::max<Micros>(settings_.clock->Now(), 0));
  uint64_t last = version_.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    next = std::max(last + 1, now);
  } while (!version_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return next;
}

Status StoreSink::Close() {
  marks_ = nullptr;
  database_ = nullptr;
  return Status::Ok();
}

}  // namespace weir
