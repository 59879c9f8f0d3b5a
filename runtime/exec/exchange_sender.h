#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "compiler/plan/physical_plan.h"
#include "runtime/base/clock.h"
#include "runtime/exec/exchange_channel.h"
#include "runtime/exec/output.h"
#include "runtime/exec/worker_context.h"
#include "runtime/vector/batch_builder.h"
#include "runtime/vector/key_encoder.h"

namespace weir {

class Evaluator;

/// One worker's end of an exchange: spreads rows over the workers by key group, or sends all to
/// worker 0. Sending never blocks: what a channel refuses waits in an overflow list, and the
/// worker runs nothing that would add rows to it (guarantees.md rule 18). One thread.
class ExchangeSender final : public Output {
 public:
  /// Rows for one target are sent when there are this many of them.
  static constexpr uint32_t kFlushRows = 1024;

  ExchangeSender(SchemaPtr schema, std::vector<ExchangeChannel*> targets, uint32_t self,
                 const Clock* clock, WorkerContext* context);
  ~ExchangeSender() override;

  /// kHash: compiles the keys. Without keys everything goes to worker 0.
  Status Open(const std::vector<plan::ExprPtr>& keys);

  void Batch(const RecordBatch& batch) override;
  void Send(const Control& control) override;

  /// Sends gathered rows though they are few; true when there were any.
  bool Flush();
  /// Tries to empty the overflow lists; true when something moved.
  bool Drain();
  /// Rows must not be added: a channel is full.
  bool blocked() const { return overflowing_ > 0; }

 private:
  struct Target {
    ExchangeChannel* channel = nullptr;
    std::unique_ptr<BatchBuilder> gathered;
    RowIndices rows;
    std::deque<StreamElement> overflow;
  };
  void Assign(const RecordBatch& batch);
  void Push(Target& target, StreamElement element);
  void FlushTarget(Target& target);

  SchemaPtr schema_;
  std::vector<Target> targets_;
  const uint32_t self_;
  const Clock* clock_;
  WorkerContext* context_;
  std::vector<std::unique_ptr<Evaluator>> keys_;
  std::unique_ptr<KeyEncoder> encoder_;
  size_t overflowing_ = 0;
};

}  // namespace weir
