#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "compiler/plan/row_nodes.h"
#include "runtime/eval/evaluator.h"
#include "runtime/operators/failing_rows.h"
#include "runtime/operators/instance_times.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"
#include "runtime/state/state_table.h"
#include "runtime/types/value.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

/// `top n by exprs per keys` over final rows of windows: the first n of each group, highest first,
/// ties by all columns. A group leaves once, when the watermark passes its rows' event time, so
/// that no row of its window can follow. Holds at most n rows a group. For the few rows that
/// windows give: one value at a time.
class TopOperator final : public Operator, public Resumable {
 public:
  explicit TopOperator(const plan::TopNode& node);
  Status Open(const OperatorContext& context) override;
  Status ProcessBatch(int input, const RecordBatch& batch, Collector& out) override;
  Status ProcessWatermark(Micros watermark, Collector& out) override;
  bool HasMore() const override { return leaving_.has_value(); }
  Status Resume(Collector& out) override;
  Status Snapshot(StateWriter& out) override;
  StateTable* table() override { return &table_; }
  Status Restore(const StateReader& in) override;

 private:
  struct Entry {
    std::vector<Value> by;
    std::vector<Value> row;
  };
  struct Group {
    std::vector<Entry>* entries;  ///< a heap, the lowest entry first; at most `count`
    Micros until;                 ///< largest event time of its rows
  };
  static Group& GroupOf(uint8_t* block) { return *reinterpret_cast<Group*>(block); }
  /// Whether `a` ranks before `b`.
  static bool Before(const Entry& a, const Entry& b);

  void Add(uint8_t* block, Entry entry);
  /// Groups on their way out: their rows, of which those before `next` have left.
  struct Leaving {
    std::vector<uint8_t*> blocks;
    std::vector<std::pair<const Entry*, Micros>> rows;
    size_t next = 0;
  };
  void EmitNext(Collector& out);
  static void Serialize(const Group& group, std::string& out);
  Status ReadGroup(std::string_view value, uint8_t* block);

  const plan::TopNode& top_;
  RowRouter errors_to_;
  std::vector<std::unique_ptr<Evaluator>> by_exprs_;
  std::vector<std::unique_ptr<Evaluator>> per_exprs_;
  KeyEncoder keys_;
  StateTable table_;
  FailingRows failing_;
  /// Groups by the time at which they may leave; each once, looked at again when it comes.
  std::map<Micros, std::vector<uint8_t*>> due_;
  std::optional<Leaving> leaving_;
  Micros leave_up_to_ = kMinTimestamp;  ///< watermark under way
  Micros watermark_ = kMinTimestamp;
  std::vector<uint8_t*> blocks_;
  std::vector<uint8_t*> created_;

  InstanceTimes times_;
};

}  // namespace weir
