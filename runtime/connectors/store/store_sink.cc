#include "runtime/connectors/store/store_sink.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "runtime/connectors/store/store_rehearsal.h"
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

}  // namespace

StoreSink::StoreSink(StoreSinkSettings settings, StoreTable table)
    : settings_(std::move(settings)), table_(std::move(table)), budget_(kWaitingBytes) {
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
  WEIR_TRY(Rehearse());
  WEIR_ASSIGN(const uint64_t last, schema.LastVersion());
  version_ = last;
  return Status::Ok();
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
  return std::unique_ptr<SinkWriter>(
      std::make_unique<StoreWriter>(this, worker, std::move(encoders[0]), std::move(target)));
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
  database_ = nullptr;
  return Status::Ok();
}

}  // namespace weir
