#include "runtime/operators/top_operator.h"

#include <algorithm>

#include "runtime/operators/expr_types.h"
#include "runtime/operators/project_operator.h"
#include "runtime/operators/state_value.h"
#include "runtime/operators/value_order.h"
#include "runtime/vector/column_gather.h"

namespace weir {
namespace {

constexpr char kGroupVersion = 1;

}  // namespace

TopOperator::TopOperator(const plan::TopNode& node)
    : Operator(node),
      top_(node),
      errors_to_(node, node.error),
      keys_(TypesOf(node.per)),
      table_(sizeof(Group), [](uint8_t* block) { delete GroupOf(block).entries; }) {}

Status TopOperator::Open(const OperatorContext& context) {
  WEIR_TRY(Operator::Open(context));
  errors_to_.Open(context_);
  WEIR_ASSIGN(by_exprs_, CompileAll(top_.by));
  WEIR_ASSIGN(per_exprs_, CompileAll(top_.per));
  Store(table_, "groups", [](const uint8_t* block, std::string& out) {
    Serialize(*reinterpret_cast<const Group*>(block), out);
  });
  return Status::Ok();
}

bool TopOperator::Before(const Entry& a, const Entry& b) {
  for (size_t i = 0; i < a.by.size(); ++i) {
    if (const int order = CompareInOrder(a.by[i], b.by[i]); order != 0) return order > 0;
  }
  for (size_t i = 0; i < a.row.size(); ++i) {
    if (const int order = CompareInOrder(a.row[i], b.row[i]); order != 0) return order < 0;
  }
  return false;
}

void TopOperator::Add(uint8_t* block, Entry entry) {
  std::vector<Entry>& entries = *GroupOf(block).entries;
  if (entries.size() >= static_cast<size_t>(std::max<int64_t>(top_.count, 0))) {
    if (entries.empty() || !Before(entry, entries.front())) return;
    std::pop_heap(entries.begin(), entries.end(), Before);
    entries.pop_back();
  }
  entries.push_back(std::move(entry));
  std::push_heap(entries.begin(), entries.end(), Before);
}

Status TopOperator::ProcessBatch(int, const RecordBatch& batch, Collector& out) {
  ledger_.rows_in += batch.num_rows();
  failing_.Begin();
  const EvalInput input = EvalInput::Of(batch, context_.clock->Now());
  std::vector<ColumnPtr> columns;
  std::vector<const Column*> key_columns;
  for (const auto& per : per_exprs_) {
    columns.push_back(per->Evaluate(input, batch.rows(), failing_.errors()));
    key_columns.push_back(columns.back().get());
  }
  std::vector<ColumnPtr> by;
  for (const auto& expr : by_exprs_) {
    by.push_back(expr->Evaluate(input, batch.rows(), failing_.errors()));
  }
  RowSet rows;
  WEIR_TRY(failing_.TakeOut(batch, batch.rows(), errors_to_, ledger_, out, rows));
  keys_.Encode(key_columns, rows, batch.capacity());
  blocks_.resize(batch.capacity());
  created_.clear();
  table_.FindOrCreate(keys_, rows, blocks_.data(), created_);
  for (uint8_t* block : created_) GroupOf(block) = {new std::vector<Entry>(), kMinTimestamp};
  const ColumnView<Micros> times(*batch.hidden().event_time);
  rows.ForEach([&](RowIndex row) {
    uint8_t* block = blocks_[row];
    GroupOf(block).until = std::max(GroupOf(block).until, times[row]);
    Entry entry;
    for (const ColumnPtr& column : by) entry.by.push_back(column->ValueAt(row));
    for (const ColumnPtr& column : batch.columns()) entry.row.push_back(column->ValueAt(row));
    Add(block, std::move(entry));
  });
  for (uint8_t* block : created_) due_[GroupOf(block).until].push_back(block);
  ledger_.absorbed += rows.count();
  return Status::Ok();
}

Status TopOperator::ProcessWatermark(Micros watermark, Collector& out) {
  std::vector<uint8_t*> leaving;
  while (!due_.empty() && due_.begin()->first < watermark) {
    const std::vector<uint8_t*> blocks = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    for (uint8_t* block : blocks) {
      if (GroupOf(block).until < watermark) {
        leaving.push_back(block);
      } else {
        due_[GroupOf(block).until].push_back(block);
      }
    }
  }
  std::sort(leaving.begin(), leaving.end(), [](uint8_t* a, uint8_t* b) {
    return GroupOf(a).until != GroupOf(b).until ? GroupOf(a).until < GroupOf(b).until
                                                : StateTable::KeyOf(a) < StateTable::KeyOf(b);
  });
  leave_up_to_ = watermark;
  leaving_.emplace();
  for (uint8_t* block : leaving) {
    table_.MarkDirty(block);
    std::vector<Entry>& entries = *GroupOf(block).entries;
    std::sort(entries.begin(), entries.end(), Before);
    for (const Entry& entry : entries) leaving_->rows.emplace_back(&entry, GroupOf(block).until);
  }
  leaving_->blocks = std::move(leaving);
  return Resume(out);
}

Status TopOperator::Resume(Collector& out) {
  if (leaving_->next < leaving_->rows.size()) EmitNext(out);
  if (leaving_->next < leaving_->rows.size()) return Status::Ok();
  for (uint8_t* block : leaving_->blocks) table_.Erase(block);
  leaving_.reset();
  watermark_ = std::max(watermark_, leave_up_to_);
  ledger_.gauges["keys"] = static_cast<int64_t>(table_.size());
  return Status::Ok();
}

void TopOperator::EmitNext(Collector& out) {
  const auto& rows = leaving_->rows;
  const size_t begin = leaving_->next;
  const size_t end = leaving_->next = std::min<size_t>(rows.size(), begin + context_.batch_rows);
  const auto count = static_cast<uint32_t>(end - begin);
  std::vector<ColumnPtr> columns;
  for (int i = 0; i < top_.schema->num_fields(); ++i) {
    ColumnGather gather(top_.schema->field(i).type, /*copy_strings=*/true);
    for (size_t row = begin; row < end; ++row) {
      gather.AppendValue(rows[row].first->row[static_cast<size_t>(i)]);
    }
    columns.push_back(gather.Finish());
  }
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (uint32_t i = 0; i < count; ++i) {
    times->mutable_data<Micros>()[i] = rows[begin + i].second;
  }
  HiddenColumns hidden;
  hidden.event_time = std::move(times);
  hidden.watermark = Column::Constant(Value::Timestamp(watermark_), count);
  ledger_.produced["top"] += count;
  ledger_.rows_out += count;
  out.Emit(0, RecordBatch(top_.schema, std::move(columns), count, std::move(hidden)));
}

// Entries: slot "groups", by encoded key: version, time, number of rows, then for each its sort
// values and its columns.
void TopOperator::Serialize(const Group& group, std::string& out) {
  out.push_back(kGroupVersion);
  AppendStateValue(Value::Int64(group.until), out);
  AppendStateValue(Value::Int64(static_cast<int64_t>(group.entries->size())), out);
  for (const Entry& entry : *group.entries) {
    for (const Value& by : entry.by) AppendStateValue(by, out);
    for (const Value& column : entry.row) AppendStateValue(column, out);
  }
}

Status TopOperator::Snapshot(StateWriter& out) {
  table_.Seal(&out);
  times_.Put(context_, {watermark_}, out);
  return Status::Ok();
}

Status TopOperator::ReadGroup(std::string_view value, uint8_t* block) {
  if (value.empty() || value[0] != kGroupVersion) {
    return DataLossError("{}: a stored group is damaged", top_.name);
  }
  value.remove_prefix(1);
  WEIR_ASSIGN(const Value until, ReadStateValue(DataType::Int64(), value));
  WEIR_ASSIGN(const Value count, ReadStateValue(DataType::Int64(), value));
  GroupOf(block).until = until.as_int64();
  for (int64_t i = 0; i < count.as_int64(); ++i) {
    Entry entry;
    for (const plan::ExprPtr& expr : top_.by) {
      WEIR_ASSIGN(Value by, ReadStateValue(expr->type, value));
      entry.by.push_back(std::move(by));
    }
    for (const Field& field : top_.schema->fields()) {
      WEIR_ASSIGN(Value column, ReadStateValue(field.type, value));
      entry.row.push_back(std::move(column));
    }
    Add(block, std::move(entry));
  }
  return Status::Ok();
}

Status TopOperator::Restore(const StateReader& in) {
  WEIR_TRY(in.ForEach("groups",
                      [this](uint32_t, std::string_view key, std::string_view value) -> Status {
                        uint8_t* block = table_.AddCommitted(key, HashBytes(key));
                        GroupOf(block) = {new std::vector<Entry>(), kMinTimestamp};
                        WEIR_TRY(ReadGroup(value, block));
                        due_[GroupOf(block).until].push_back(block);
                        return Status::Ok();
                      }));
  return times_.Read(in, top_.name, {&watermark_});
}

}  // namespace weir
