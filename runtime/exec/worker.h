#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

#include "runtime/checkpoint/checkpoint_coordinator.h"
#include "runtime/checkpoint/mute_stop.h"
#include "runtime/exec/event_count.h"
#include "runtime/exec/exchange_receiver.h"
#include "runtime/exec/exchange_sender.h"
#include "runtime/exec/job_signals.h"
#include "runtime/exec/operator_task.h"
#include "runtime/exec/source_task.h"
#include "runtime/exec/state_keeper.h"
#include "runtime/exec/worker_context.h"

namespace weir {

class SinkConnector;

/// A place where rows enter a worker (a source or the receiving end of an exchange) and everything
/// that they reach there by direct calls.
struct Entry {
  SourceTask* source = nullptr;
  ExchangeReceiver* receiver = nullptr;
  int depth = 0;  ///< larger: further downstream
  std::vector<OperatorTask*> tasks;
  std::vector<ExchangeSender*> senders;     ///< where its rows may leave the worker
  std::vector<const SinkConnector*> sinks;  ///< of a source: whatever its rows may end in, anywhere
  uint64_t barrier = 0;                     ///< last one that entered here
  uint64_t settled = 0;                     ///< last one that all its tasks have
};

/// What a worker tells about one source, for people.
struct SourceView {
  int node_id = 0;
  Micros watermark = kMinTimestamp;
  bool idle = false;
  bool ended = false;
};

/// One share of a job: an instance of every node, run cooperatively by one thread (or, in tests,
/// with all other workers by the same one). `Step` does a bounded piece of work: control first,
/// then the most downstream entry that has rows, sources last (guarantees.md rule 18).
class Worker {
 public:
  /// `budget`: of the keyed state; may be null.
  Worker(uint32_t index, JobSignals* signals, CheckpointCoordinator* checkpoints,
         std::shared_ptr<StateBudget> budget = nullptr);
  ~Worker();

  // Building
  WorkerContext* context() { return &context_; }
  EventCount* events() { return &events_; }
  OperatorTask* AddTask(std::unique_ptr<OperatorTask> task);
  SourceTask* AddSource(std::unique_ptr<SourceTask> source);
  ExchangeSender* AddSender(std::unique_ptr<ExchangeSender> sender);
  ExchangeReceiver* AddReceiver(std::unique_ptr<ExchangeReceiver> receiver);
  Output* AddTap(std::unique_ptr<Output> tap);
  void AddEntry(Entry entry);
  /// Sources wait at each of these for its barrier. Before Start; must outlive it.
  void StopAt(const std::vector<MuteStop>* stops) { stops_ = stops; }
  /// After all is connected and restored.
  Status Start(Micros now);

  // Running; one thread
  struct Progress {
    bool worked = false;
    Micros wake_at = kMaxTimestamp;
  };
  /// `random`: take any ready entry instead of the most downstream one.
  Progress Step(Micros now, std::mt19937_64* random = nullptr);
  void Close();
  /// Tests: see SourceTask.
  void Heartbeat(Micros now);
  void PokeSources();

  // Any thread
  bool failed() const { return failed_.load(std::memory_order_acquire); }
  /// Stops at which all sources of this worker wait or have waited.
  size_t stops_reached() const { return stops_reached_.load(std::memory_order_acquire); }
  uint64_t delivered() const { return delivered_.load(std::memory_order_acquire); }
  /// Everything up to this many sinks deep has finished; -1: nothing yet.
  int finished_level() const { return finished_level_.load(std::memory_order_acquire); }
  /// Books as of the last barrier; valid until the next one begins. After ReadyToCommit only.
  const std::vector<std::pair<int, NodeAccount>>& barrier_accounts() const {
    return barrier_accounts_;
  }
  /// Where this worker's partitions were at the last barrier. After ReadyToCommit only.
  const SourcePositions& barrier_positions() const { return barrier_positions_; }
  /// How long the last barrier held up rows here. After ReadyToCommit only.
  Micros barrier_pause() const { return barrier_pause_; }
  /// The last published copy.
  void Published(std::vector<std::pair<int, NodeAccount>>& accounts,
                 std::vector<SourceView>& sources) const;

  // When nobody runs it
  const Status& failure() const { return context_.failure; }
  std::vector<std::pair<int, NodeAccount>> Accounts() const;
  const std::vector<std::unique_ptr<OperatorTask>>& tasks() const { return tasks_; }
  const std::vector<std::unique_ptr<SourceTask>>& sources() const { return sources_; }
  uint32_t index() const { return index_; }

 private:
  bool ObeySignals();
  bool InjectBarrier();
  bool CompleteBarrier();
  bool WriteSlice(std::mt19937_64* random);
  bool TendState(bool every_time);
  bool Deliver();
  void RunTimers(Micros now);
  bool Paused(Entry& entry);
  bool Blocked(const Entry& entry) const;
  /// The most downstream task of the entry that has more to do; null when none has.
  static OperatorTask* Unfinished(const Entry& entry);
  static bool SinksHaveRoom(const Entry& entry);
  bool ReceiverReady(Entry& entry);
  Entry* PickReceiver(std::mt19937_64* random);
  bool RunSources(Micros now, std::mt19937_64* random, Micros& wake_at);
  Micros NextTimer() const;
  bool FlushAll();
  void UpdateFinishedLevel();
  void LimitSources();
  void UpdateStopsReached();
  void Publish();

  const uint32_t index_;
  JobSignals* signals_;
  CheckpointCoordinator* checkpoints_;
  WorkerContext context_;
  EventCount events_;
  std::vector<std::unique_ptr<OperatorTask>> tasks_;
  std::vector<std::unique_ptr<SourceTask>> sources_;
  std::vector<std::unique_ptr<ExchangeSender>> senders_;
  std::vector<std::unique_ptr<ExchangeReceiver>> receivers_;
  std::vector<std::unique_ptr<Output>> taps_;
  std::vector<Entry> receiver_entries_;  ///< most downstream first
  std::vector<Entry> source_entries_;
  std::vector<Entry*> ready_;  ///< scratch
  size_t next_source_ = 0;
  StateKeeper keeper_;
  uint64_t injected_ = 0;
  bool barrier_open_ = false;
  bool writing_ = false;    ///< what the barrier has sealed, after all tasks have aligned
  size_t next_writer_ = 0;  ///< tasks before it have written
  bool stopped_ = false;
  bool awaits_delivery_ = false;  ///< of the last rows: sinks have not heard from their targets
  bool flushed_ = true;           ///< nothing was done since the last FlushAll
  Micros last_timers_ = kMinTimestamp;
  Micros last_tick_ = kMinTimestamp;
  uint64_t published_request_ = 0;
  std::vector<std::pair<int, NodeAccount>> barrier_accounts_;
  SourcePositions barrier_positions_;
  Micros barrier_pause_ = 0;

  const std::vector<MuteStop>* stops_ = nullptr;
  size_t stop_ = 0;  ///< that sources read up to

  std::atomic<bool> failed_{false};
  std::atomic<size_t> stops_reached_{0};
  std::atomic<uint64_t> delivered_{0};
  std::atomic<int> finished_level_{-1};
  mutable std::mutex published_mutex_;
  std::vector<std::pair<int, NodeAccount>> published_accounts_;
  std::vector<SourceView> published_sources_;
};

}  // namespace weir
