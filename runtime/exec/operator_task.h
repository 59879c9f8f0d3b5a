#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/checkpoint/accepted_mark.h"
#include "runtime/exec/exchange_channel.h"
#include "runtime/exec/input_progress.h"
#include "runtime/exec/output.h"
#include "runtime/exec/worker_context.h"
#include "runtime/operators/operator.h"
#include "runtime/operators/resumable.h"

namespace weir {

class SinkControl;

/// One operator instance with its inputs and ports: combines watermarks, aligns barriers, calls the
/// operator, forwards what it emits. Readers that are chained to it are called directly, within
/// Emit. One thread.
class OperatorTask final : public Collector {
 public:
  /// `node_id`: in the physical plan. `level`: how many sinks rows pass before they get here.
  OperatorTask(std::unique_ptr<Operator> op, int node_id, size_t inputs, int level,
               WorkerContext* context);
  ~OperatorTask() override;

  /// Where elements for input `index` go.
  Output* input(size_t index);
  OutputPort& port(int index) { return ports_[static_cast<size_t>(index)]; }
  size_t num_ports() const { return ports_.size(); }
  size_t num_inputs() const { return inputs_.size(); }
  int node_id() const { return node_id_; }
  NodeAccount Account() const;
  void SetAccount(const NodeAccount& account);

  // Collector
  void Emit(int port, RecordBatch batch) override;

  /// Something waits inside: the rest of what a Resumable operator emits, and what came after.
  bool has_more() const {
    return !waiting_.empty() || (resumable_ != nullptr && resumable_->HasMore());
  }
  /// Goes on with it for about a batch. Only while has_more, and with room downstream.
  void Resume();

  /// Writes on what the last barrier has sealed, within the budget; true when nothing is left.
  bool WriteSealed(SliceBudget& budget);
  /// Commit `epoch` has returned.
  void Committed(uint64_t epoch);
  /// Goes on with a sweep of the state; true while there is one.
  bool Sweep(SliceBudget& budget, bool take_all);
  /// State leaves memory; the bytes that did.
  size_t Evict(size_t bytes);
  void ProcessTime(Micros now);
  /// The worker has nothing else to do.
  void Flush();
  Micros NextProcessingTime() const {
    return has_more() ? kMaxTimestamp : op_->NextProcessingTime();
  }
  /// After the commit of the barrier: sinks make their rows visible.
  void Deliver();
  /// Deliver has more to do.
  bool HasUndelivered() const;
  /// Sinks at the end of their input: the last delivery is done, readers of refused rows may end.
  void EndAfterDelivery();
  void Tick(Micros now);
  void Close();
  /// A sink: counts its rows and sends none, up to the barrier that `barrier` says.
  void MuteUntil(std::shared_ptr<const UnmuteBarrier> barrier);

  bool is_sink() const { return sink_ != nullptr; }
  int level() const { return level_; }
  /// Input has ended and Finish was called.
  bool finished() const { return finished_; }
  /// Readers have been told so.
  bool ended() const { return ended_; }
  uint64_t aligned() const { return progress_.aligned(); }
  Micros watermark() const { return progress_.watermark(); }
  Operator& op() { return *op_; }
  const Operator& op() const { return *op_; }
  const std::string& name() const { return op_->node().name; }

 private:
  class Input;
  void ReceiveBatch(size_t input, const RecordBatch& batch);
  void ReceiveControl(size_t input, const Control& control);
  void Process(size_t input, const RecordBatch& batch);
  void Process(size_t input, const Control& control);
  /// Does what a change of the inputs asks for, in order; stops where the operator has more to
  /// emit.
  void Settle();
  bool operator_has_more() const { return resumable_ != nullptr && resumable_->HasMore(); }
  void End();
  void Barrier();
  void ForwardWatermark();
  void ForwardStatus();
  void SendAll(const Control& control);
  void Check(const Status& status);

  std::unique_ptr<Operator> op_;
  SinkControl* sink_;     ///< of op_, or null
  Resumable* resumable_;  ///< of op_, or null
  WorkerContext* context_;
  InputProgress progress_;
  std::vector<std::unique_ptr<Input>> inputs_;
  std::vector<int64_t> rows_received_;
  std::vector<OutputPort> ports_;
  std::unique_ptr<StateWriter> sealed_;  ///< of the last barrier until all is written
  InputProgress::Change change_;         ///< what Settle has yet to do
  /// What came while the operator had more to emit, by input. Bounded: what feeds the task stops.
  std::deque<std::pair<size_t, StreamElement>> waiting_;
  Micros forwarded_ = kMinTimestamp;
  bool forwarded_idle_ = false;
  const int node_id_;
  const int level_;
  bool ending_ = false;  ///< Finish was called, and what it left inside may still be leaving
  bool finished_ = false;
  bool ended_ = false;
};

}  // namespace weir
