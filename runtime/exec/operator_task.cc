#include "runtime/exec/operator_task.h"

#include <utility>

#include "runtime/base/check.h"
#include "runtime/operators/sink_control.h"

namespace weir {

class OperatorTask::Input final : public Output {
 public:
  Input(OperatorTask* task, size_t index) : task_(task), index_(index) {}
  void Batch(const RecordBatch& batch) override { task_->ReceiveBatch(index_, batch); }
  void Send(const Control& control) override { task_->ReceiveControl(index_, control); }

 private:
  OperatorTask* task_;
  size_t index_;
};

OperatorTask::OperatorTask(std::unique_ptr<Operator> op, int node_id, size_t inputs, int level,
                           WorkerContext* context)
    : op_(std::move(op)),
      sink_(dynamic_cast<SinkControl*>(op_.get())),
      resumable_(dynamic_cast<Resumable*>(op_.get())),
      context_(context),
      progress_(inputs),
      rows_received_(inputs, 0),
      ports_(static_cast<size_t>(op_->node().num_ports())),
      node_id_(node_id),
      level_(level) {
  for (size_t i = 0; i < inputs; ++i) inputs_.push_back(std::make_unique<Input>(this, i));
}

OperatorTask::~OperatorTask() = default;

Output* OperatorTask::input(size_t index) { return inputs_[index].get(); }

void OperatorTask::Check(const Status& status) {
  if (!status.ok()) context_->Fail(status, name());
}

void OperatorTask::Emit(int port, RecordBatch batch) {
  if (batch.empty() || context_->failed()) return;
  ++context_->batches;
  ports_[static_cast<size_t>(port)].Emit(batch);
}

void OperatorTask::ReceiveBatch(size_t input, const RecordBatch& batch) {
  if (has_more()) {
    waiting_.emplace_back(input, batch);
  } else {
    Process(input, batch);
  }
}

void OperatorTask::ReceiveControl(size_t input, const Control& control) {
  if (has_more()) {
    waiting_.emplace_back(input, control);
  } else {
    Process(input, control);
  }
}

void OperatorTask::Resume() {
  if (context_->failed()) return;
  if (operator_has_more()) {
    Check(resumable_->Resume(*this));
    if (operator_has_more()) return;
    // What was left may be what the output watermark waited for.
    change_.watermark = change_.status = true;
    Settle();
    return;
  }
  const auto [input, element] = std::move(waiting_.front());
  waiting_.pop_front();
  if (const auto* batch = std::get_if<RecordBatch>(&element)) {
    Process(input, *batch);
  } else {
    Process(input, std::get<Control>(element));
  }
}

void OperatorTask::Process(size_t input, const RecordBatch& batch) {
  if (context_->failed()) return;
  WEIR_CHECK(!progress_.Barred(input), "{}: rows of input {} overtook a barrier", name(), input);
  rows_received_[input] += batch.num_rows();
  Check(op_->ProcessBatch(static_cast<int>(input), batch, *this));
}

void OperatorTask::SendAll(const Control& control) {
  for (OutputPort& port : ports_) port.Send(control);
}

void OperatorTask::Process(size_t input, const Control& control) {
  if (context_->failed()) return;
  change_ = progress_.Receive(input, control);
  if (change_.watermark) {
    Check(op_->ProcessWatermark(progress_.watermark(), *this));
    if (operator_has_more()) return;
  }
  Settle();
}

void OperatorTask::Settle() {
  if (std::exchange(change_.watermark, false)) ForwardWatermark();
  if (std::exchange(change_.status, false)) ForwardStatus();
  if (std::exchange(change_.ended, false) && !context_->failed()) {
    ending_ = true;
    Check(op_->Finish(*this));
    if (operator_has_more()) return;
  }
  if (std::exchange(ending_, false) && !context_->failed()) End();
  if (std::exchange(change_.barrier, false)) Barrier();
}

void OperatorTask::End() {
  finished_ = true;
  context_->progress_of_end = true;
  // A sink may still hand out refused rows when it delivers.
  if (sink_ == nullptr) {
    ended_ = true;
    SendAll(Control::End());
  }
}

void OperatorTask::ForwardWatermark() {
  const Micros reached = progress_.watermark();
  const Micros output = reached == kMaxTimestamp ? reached : op_->OutputWatermark(reached);
  if (output <= forwarded_) return;
  forwarded_ = output;
  SendAll(Control::Watermark(output));
}

void OperatorTask::ForwardStatus() {
  const bool idle = progress_.idle() && !op_->HoldsBack();
  if (idle == forwarded_idle_) return;
  forwarded_idle_ = idle;
  SendAll(Control::Status(idle));
}

NodeAccount OperatorTask::Account() const {
  NodeAccount account{op_->ledger(), rows_received_, {}};
  for (const OutputPort& port : ports_) account.rows_out.push_back(port.rows());
  return account;
}

void OperatorTask::SetAccount(const NodeAccount& account) {
  const std::map<std::string, int64_t, std::less<>> gauges = op_->ledger().gauges;
  op_->ledger() = account.ledger;
  op_->ledger().gauges = gauges;  // counted anew by the operator itself
  if (sink_ != nullptr) {
    // What was frozen and not delivered, the connector has taken over when it was restored.
    op_->ledger().absorbed += std::exchange(op_->ledger().pending, 0);
  }
  for (size_t i = 0; i < rows_received_.size() && i < account.rows_in.size(); ++i) {
    rows_received_[i] = account.rows_in[i];
  }
  for (size_t i = 0; i < ports_.size() && i < account.rows_out.size(); ++i) {
    ports_[i].set_rows(account.rows_out[i]);
  }
}

void OperatorTask::Barrier() {
  const Micros start = context_->clock == nullptr ? 0 : context_->clock->Now();
  Check(op_->PrepareBarrier(*this));
  if (sink_ != nullptr) Check(sink_->Freeze(progress_.aligned()));
  if (context_->snapshot_state && !context_->failed()) {
    WEIR_CHECK(sealed_ == nullptr, "{}: what the last barrier sealed is not written", name());
    // Or rows that it holds could not be told from those that this barrier hands over.
    if (context_->committed != nullptr) {
      Committed(context_->committed->load(std::memory_order_acquire));
    }
    sealed_ = std::make_unique<StateWriter>(name());
    Check(op_->Snapshot(*sealed_));
  }
  context_->accounts.emplace_back(node_id_, Account());
  ++context_->aligned_tasks;
  if (context_->clock != nullptr) context_->barrier_time += context_->clock->Now() - start;
  SendAll(Control::Barrier(progress_.aligned()));
}

bool OperatorTask::WriteSealed(SliceBudget& budget) {
  if (sealed_ == nullptr) return true;
  if (!op_->WriteSealed(budget)) return false;
  StateDelta delta = sealed_->Take();
  if (!delta.empty()) context_->deltas.push_back(std::move(delta));
  sealed_.reset();
  return true;
}

void OperatorTask::Committed(uint64_t epoch) { op_->Committed(epoch); }

bool OperatorTask::Sweep(SliceBudget& budget, bool take_all) {
  if (!op_->has_upkeep() || context_->failed() || finished_ || has_more()) return false;
  // What it brings to light must not overtake a barrier that part of the tasks already have.
  if (context_->aligned_tasks > 0) return false;
  Check(op_->Sweep(budget, take_all));
  if (operator_has_more() || context_->failed()) return true;
  ForwardWatermark();
  ForwardStatus();
  return true;
}

size_t OperatorTask::Evict(size_t bytes) {
  return context_->failed() || has_more() ? 0 : op_->Evict(bytes);
}

void OperatorTask::ProcessTime(Micros now) {
  if (context_->failed() || finished_ || has_more()) return;
  Check(op_->ProcessTime(now, *this));
}

void OperatorTask::Flush() {
  if (context_->failed() || finished_ || has_more()) return;
  Check(op_->Flush(*this));
}

void OperatorTask::Deliver() {
  if (sink_ != nullptr && !context_->failed()) Check(sink_->Deliver(*this));
}

bool OperatorTask::HasUndelivered() const {
  return sink_ != nullptr && !context_->failed() && sink_->HasUndelivered();
}

void OperatorTask::EndAfterDelivery() {
  if (sink_ == nullptr || ended_ || context_->failed()) return;
  ended_ = true;
  SendAll(Control::End());
}

void OperatorTask::MuteUntil(std::shared_ptr<const UnmuteBarrier> barrier) {
  if (sink_ != nullptr) sink_->MuteUntil(std::move(barrier));
}

void OperatorTask::Tick(Micros now) {
  if (sink_ != nullptr && !ended_ && !context_->failed()) Check(sink_->Tick(now));
}

void OperatorTask::Close() {
  if (sink_ != nullptr) Check(sink_->Close());
}

}  // namespace weir
