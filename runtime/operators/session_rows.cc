#include "runtime/operators/session_rows.h"

#include "runtime/operators/result_rows.h"
#include "runtime/state/state_table.h"
#include "runtime/vector/key_encoder.h"

namespace weir {
SessionRows::SessionRows(const plan::SessionNode& node, StateExecutor& executor)
    : node_(node), executor_(executor), failed_to_(node, node.result_error) {
  for (const plan::ExprPtr& key : node.program.keys) key_types_.push_back(key->type);
}

StateExecutor::Round SessionRows::RoundOf(std::span<Session* const> sessions,
                                          std::span<uint8_t*> blocks, std::span<SessionMeta> metas,
                                          bool closed, Micros now) const {
  std::vector<std::string_view> keys;
  for (size_t i = 0; i < sessions.size(); ++i) {
    blocks[i] = StateSessionPool::BlockOf(sessions[i]);
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
                         RowErrors& errors, const OperatorContext& context, Ledger& ledger,
                         Collector& out) {
  const auto count = static_cast<uint32_t>(sessions.size());
  std::vector<uint8_t*> blocks(count);
  std::vector<SessionMeta> metas(count);
  std::vector<ColumnPtr> columns =
      executor_.Output(RoundOf(sessions, blocks, metas, closed, context.clock->Now()), errors);
  MutableColumnPtr times = Column::Make(DataType::Int64(), count);
  for (uint32_t i = 0; i < count; ++i) times->mutable_data<int64_t>()[i] = sessions[i]->last_event;
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Int64(watermark), count);
  const RecordBatch batch(node_.schema, std::move(columns), count, std::move(hidden));
  return EmitResults(batch, errors, failed_to_, closed ? "session" : "update", ledger, out);
}

void SessionRows::EmitDeletes(std::span<const RenamedSession> renamed, Micros watermark,
                              const OperatorContext& context, Ledger& ledger, Collector& out) {
  if (renamed.size() > context.batch_rows) {
    EmitDeletes(renamed.first(context.batch_rows), watermark, context, ledger, out);
    return EmitDeletes(renamed.subspan(context.batch_rows), watermark, context, ledger, out);
  }
  if (renamed.empty()) return;
  const auto count = static_cast<uint32_t>(renamed.size());
  // A blank session under the old id gives the key columns; the others don't count in a delete.
  StateSessionPool blanks(executor_.layout());
  std::vector<uint8_t*> blocks(count);
  std::vector<SessionMeta> metas(count);
  std::vector<std::string_view> keys;
  MutableColumnPtr times = Column::Make(DataType::Int64(), count);
  MutableColumnPtr ops = Column::Make(DataType::Bool(), count);
  for (uint32_t i = 0; i < count; ++i) {
    blocks[i] = StateSessionPool::BlockOf(blanks.New());
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
  StateExecutor::FillFailed(columns);
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Int64(watermark), count);
  hidden.op = std::move(ops);
  ledger.produced["delete"] += count;
  ledger.rows_out += count;
  out.Emit(0, RecordBatch(node_.schema, std::move(columns), count, std::move(hidden)));
}

}  // namespace weir
