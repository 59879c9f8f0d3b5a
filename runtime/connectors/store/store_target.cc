#include "runtime/connectors/store/store_target.h"

#include <fmt/format.h>

#include "runtime/ddl/clickhouse_type.h"

namespace weir {
namespace {

int64_t CountRows(const std::vector<RecordBatch>& batches) {
  int64_t rows = 0;
  for (const RecordBatch& batch : batches) rows += batch.num_rows();
  return rows;
}

bool FailedInView(const Status& status) {
  return status.code() == StatusCode::kInvalidArgument &&
         status.message().find("while pushing to view") != std::string_view::npos;
}

/// The first or second half of the rows.
std::vector<RecordBatch> HalfOf(const std::vector<RecordBatch>& batches, bool second) {
  const int64_t half = CountRows(batches) / 2;
  std::vector<RecordBatch> part;
  int64_t position = 0;
  for (const RecordBatch& batch : batches) {
    RowIndices rows;
    batch.rows().ForEach([&](RowIndex row) {
      if ((position++ >= half) == second) rows.push_back(row);
    });
    if (!rows.empty()) part.push_back(batch.WithSelection(std::move(rows)));
  }
  return part;
}

}  // namespace

StoreTarget::StoreTarget(std::shared_ptr<ChdbDatabase> database, StoreInserts inserts,
                         std::unique_ptr<NativeEncoder> encoder, std::mutex* turns)
    : database_(std::move(database)),
      inserts_(std::move(inserts)),
      encoder_(std::move(encoder)),
      turns_(turns) {}

Status StoreTarget::Insert(const std::string& name, std::string_view block) {
  const std::lock_guard<std::mutex> turn(*turns_);
  const std::string token = ClickhouseString(name);
  if (!inserts_.rehearsal.empty()) {
    WEIR_TRY(database_->Insert(inserts_.rehearsal + token, "Native", block).status());
  }
  const Status status = database_->Insert(inserts_.table + token, "Native", block).status();
  return FailedInView(status) ? AfterView(name, block, status) : status;
}

/// The table has the block by now. The same name again is no harm, and helps where the failure was
/// a passing one; halving the block would store its rows twice.
Status StoreTarget::AfterView(const std::string& name, std::string_view block,
                              const Status& failure) {
  const Status again =
      database_->Insert(inserts_.table + ClickhouseString(name), "Native", block).status();
  if (!FailedInView(again)) return again;
  return FailedPreconditionError(
      "a materialized view fails for rows that its table has taken already: {}; correct the view, "
      "and fill what it has missed from the table",
      failure.message());
}

Status StoreTarget::Send(const DeliveryUnit& unit, std::vector<RefusedRow>& refused) {
  const Status status = Insert(unit.name, unit.bytes);
  if (status.code() != StatusCode::kInvalidArgument) return status;
  if (unit.rows > 1) return Halve(unit.name, unit.batches, refused);
  return SendPart(unit.name, unit.batches, refused);
}

Status StoreTarget::SendPart(const std::string& name, const std::vector<RecordBatch>& batches,
                             std::vector<RefusedRow>& refused) {
  std::string block;
  std::vector<NativeRefusal> unfit;  // found when the unit was cut; none are left
  encoder_->Encode(batches, block, unfit);
  const Status status = Insert(name, block);
  if (status.code() != StatusCode::kInvalidArgument) return status;
  if (CountRows(batches) > 1) return Halve(name, batches, refused);
  refused.push_back(
      {batches.front(), batches.front().rows()[0], "refused_by_table", status.message(), 1});
  return Status::Ok();
}

Status StoreTarget::Halve(const std::string& name, const std::vector<RecordBatch>& batches,
                          std::vector<RefusedRow>& refused) {
  WEIR_TRY(SendPart(name + "/0", HalfOf(batches, false), refused));
  return SendPart(name + "/1", HalfOf(batches, true), refused);
}

std::string StoreInsertStatement(const std::string& quoted_table,
                                 const std::vector<NativeTarget>& targets) {
  std::string names;
  for (const NativeTarget& target : targets) {
    names += (names.empty() ? "" : ", ") + ClickhouseName(target.name);
  }
  // One unit is one block: the window knows whole blocks. Partitions are the table's own concern.
  return fmt::format(
      "INSERT INTO {} ({}) SETTINGS async_insert = 0, insert_deduplicate = 1, "
      "deduplicate_blocks_in_dependent_materialized_views = 1, max_insert_threads = 1, "
      "max_insert_block_size = 1048576, min_insert_block_size_rows = 0, "
      "min_insert_block_size_bytes = 0, parallel_view_processing = 0, "
      "max_partitions_per_insert_block = 0, insert_allow_materialized_columns = 1, "
      "insert_deduplication_token = ",
      quoted_table, names);
}

}  // namespace weir
