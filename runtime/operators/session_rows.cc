#include "runtime/operators/session_rows.h"

#include <algorithm>

#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {
namespace {

Status FailOutput(const plan::LogicalNode& node, const RowErrors& errors) {
  if (errors.empty()) return Status::Ok();
  return FailedPreconditionError("{}: output of a session: {}", node.name,
                                 errors.errors().front().message);
}

}  // namespace

SessionRows::SessionRows(const plan::SessionNode& node, StateExecutor& executor)
    : node_(node), executor_(executor) {
  for (const plan::ExprPtr& key : node.program.keys) key_types_.push_back(key->type);
}

StateExecutor::Round SessionRows::RoundOf(std::span<Session* const> sessions,
                                          std::span<uint8_t*> blocks, std::span<SessionMeta> metas,
                                          bool closed, Micros now) const {
  std::vector<std::string_view> keys;
  for (size_t i = 0; i < sessions.size(); ++i) {
    blocks[i] = SessionPool::BlockOf(sessions[i]);
    metas[i] = sessions[i]->Meta(closed, false);
    keys.push_back(StateTable::KeyOf(sessions[i]->key_block));
  }
  StateExecutor::Round round;
  round.size = static_cast<uint32_t>(sessions.size());
  round.keys = KeyEncoder::Decode(key_types_, keys);
  round.blocks = blocks;
  round.sessions = metas;
  round.now = now;
  return round;
}

Status SessionRows::Emit(std::span<Session* const> sessions, bool closed, Micros watermark,
                         const OperatorContext& context, Ledger& ledger, Collector& out) {
  for (size_t begin = 0; begin < sessions.size(); begin += context.batch_rows) {
    const size_t count = std::min<size_t>(sessions.size() - begin, context.batch_rows);
    const std::span<Session* const> part = sessions.subspan(begin, count);
    std::vector<uint8_t*> blocks(count);
    std::vector<SessionMeta> metas(count);
    RowErrors errors;
    std::vector<ColumnPtr> columns =
        executor_.Output(RoundOf(part, blocks, metas, closed, context.clock->Now()), errors);
    WEIR_TRY(FailOutput(node_, errors));
    const auto rows = static_cast<uint32_t>(count);
    MutableColumnPtr times = Column::Make(DataType::Int64(), rows);
    for (uint32_t i = 0; i < rows; ++i) times->mutable_data<int64_t>()[i] = part[i]->last_event;
    HiddenColumns hidden;
    hidden.event_time = std::move(times);
    hidden.watermark = Column::Constant(Value::Int64(watermark), rows);
    ledger.produced[closed ? "session" : "update"] += rows;
    ledger.rows_out += rows;
    out.Emit(0, RecordBatch(node_.schema, std::move(columns), rows, std::move(hidden)));
  }
  return Status::Ok();
}

Status SessionRows::EmitDeletes(std::span<const Renamed> renamed, Micros watermark,
                                const OperatorContext& context, Ledger& ledger, Collector& out) {
  if (renamed.empty()) return Status::Ok();
  const auto count = static_cast<uint32_t>(renamed.size());
  // A blank session under the old id gives the key columns; the others don't count in a delete.
  SessionPool blanks(executor_.layout());
  std::vector<uint8_t*> blocks(count);
  std::vector<SessionMeta> metas(count);
  std::vector<std::string_view> keys;
  MutableColumnPtr times = Column::Make(DataType::Int64(), count);
  MutableColumnPtr ops = Column::Make(DataType::Bool(), count);
  for (uint32_t i = 0; i < count; ++i) {
    blocks[i] = SessionPool::BlockOf(blanks.New());
    metas[i].start = metas[i].last_event = renamed[i].old_start;
    keys.push_back(renamed[i].key);
    times->mutable_data<int64_t>()[i] = renamed[i].old_start;
    ops->mutable_data<uint8_t>()[i] = static_cast<uint8_t>(RowOp::kDelete);
  }
  StateExecutor::Round round;
  round.size = count;
  round.keys = KeyEncoder::Decode(key_types_, keys);
  round.blocks = blocks;
  round.sessions = metas;
  round.now = context.clock->Now();
  RowErrors errors;
  // An expression may fail for a blank session: its column doesn't count.
  std::vector<ColumnPtr> columns = executor_.Output(round, errors);
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Int64(watermark), count);
  hidden.op = std::move(ops);
  ledger.produced["delete"] += count;
  ledger.rows_out += count;
  out.Emit(0, RecordBatch(node_.schema, std::move(columns), count, std::move(hidden)));
  return Status::Ok();
}

}  // namespace weir
