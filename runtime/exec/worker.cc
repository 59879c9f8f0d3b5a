#include "runtime/exec/worker.h"

#include <algorithm>
#include <utility>

#include "runtime/connector/sink_connector.h"

namespace weir {
namespace {

constexpr Micros kTimerPause = 1'000;   ///< how often timers are looked at under load
constexpr Micros kTickPause = 100'000;  ///< how often sinks may act on time
constexpr Micros kTargetPause = 1'000;  ///< how often targets that keep us waiting are looked at

}  // namespace

Worker::Worker(uint32_t index, JobSignals* signals, CheckpointCoordinator* checkpoints,
               std::shared_ptr<StateBudget> budget)
    : index_(index),
      signals_(signals),
      checkpoints_(checkpoints),
      keeper_(index, &tasks_, std::move(budget)) {
  context_.committed = &signals_->deliver;
  // A restored job continues the numbering of the one before.
  injected_ = checkpoints->committed();
  delivered_ = injected_;
}

Worker::~Worker() = default;

OperatorTask* Worker::AddTask(std::unique_ptr<OperatorTask> task) {
  tasks_.push_back(std::move(task));
  return tasks_.back().get();
}

SourceTask* Worker::AddSource(std::unique_ptr<SourceTask> source) {
  sources_.push_back(std::move(source));
  return sources_.back().get();
}

ExchangeSender* Worker::AddSender(std::unique_ptr<ExchangeSender> sender) {
  senders_.push_back(std::move(sender));
  return senders_.back().get();
}

ExchangeReceiver* Worker::AddReceiver(std::unique_ptr<ExchangeReceiver> receiver) {
  receivers_.push_back(std::move(receiver));
  return receivers_.back().get();
}

Output* Worker::AddTap(std::unique_ptr<Output> tap) {
  taps_.push_back(std::move(tap));
  return taps_.back().get();
}

void Worker::AddEntry(Entry entry) {
  std::vector<Entry>& entries = entry.source != nullptr ? source_entries_ : receiver_entries_;
  entries.push_back(std::move(entry));
  std::stable_sort(entries.begin(), entries.end(),
                   [](const Entry& a, const Entry& b) { return a.depth > b.depth; });
}

Status Worker::Start(Micros now) {
  for (auto& source : sources_) WEIR_TRY(source->Start(now));
  LimitSources();
  context_.progress_of_end = true;
  return context_.failure;
}

/// Sources read up to the stop that is next, or as far as they can behind the last one.
void Worker::LimitSources() {
  if (stops_ == nullptr || stops_->empty()) return;
  const bool more = stop_ < stops_->size();
  for (auto& source : sources_) source->Limit(more ? &(*stops_)[stop_].positions : nullptr);
  UpdateStopsReached();
}

void Worker::UpdateStopsReached() {
  if (stops_ == nullptr || stop_ == stops_->size() || stops_reached() > stop_) return;
  for (const auto& source : sources_) {
    if (!source->AtLimit()) return;
  }
  stops_reached_.store(stop_ + 1, std::memory_order_release);
  signals_->job.Notify();
}

bool Worker::ObeySignals() {
  if (!stopped_ && signals_->stop.load(std::memory_order_acquire)) {
    stopped_ = true;
    for (auto& source : sources_) source->Stop();
  }
  bool worked = InjectBarrier();
  worked |= CompleteBarrier();
  worked |= Deliver();
  const uint64_t publish = signals_->publish.load(std::memory_order_relaxed);
  if (publish != published_request_) {
    published_request_ = publish;
    Publish();
  }
  return worked;
}

bool Worker::InjectBarrier() {
  const uint64_t epoch = signals_->barrier.load(std::memory_order_acquire);
  if (epoch <= injected_) return false;
  injected_ = epoch;
  barrier_open_ = true;
  // Tasks that only exchanges feed may have it already. All sources get it at once, so that what
  // they share on this worker is aligned by itself.
  for (Entry& entry : source_entries_) {
    entry.source->Barrier(epoch);
    entry.barrier = epoch;
  }
  if (epoch == signals_->stop_barrier.load(std::memory_order_acquire)) {
    ++stop_;
    LimitSources();
  }
  return true;
}

bool Worker::CompleteBarrier() {
  if (!barrier_open_ || context_.aligned_tasks < tasks_.size() || context_.failed()) return false;
  barrier_open_ = false;
  context_.aligned_tasks = 0;
  barrier_accounts_ = std::move(context_.accounts);
  barrier_pause_ = std::exchange(context_.barrier_time, 0);
  context_.accounts.clear();
  barrier_positions_ = std::exchange(context_.positions, {});
  writing_ = true;
  next_writer_ = 0;
  return true;
}

/// Between two batches, so that rows wait for a slice at most. On a seeded schedule slices are tiny
/// and of any size: rows change before, in and after each.
bool Worker::WriteSlice(std::mt19937_64* random) {
  if (!writing_ || context_.failed()) return false;
  const Micros start = context_.clock == nullptr ? 0 : context_.clock->Now();
  SliceBudget budget(random == nullptr ? SliceBudget::kSlice : 1 + (*random)() % 1024);
  while (next_writer_ < tasks_.size() && tasks_[next_writer_]->WriteSealed(budget)) ++next_writer_;
  if (context_.clock != nullptr) {
    barrier_pause_ = std::max(barrier_pause_, context_.clock->Now() - start);
  }
  if (next_writer_ < tasks_.size()) return true;
  writing_ = false;
  std::vector<StateDelta> deltas = std::move(context_.deltas);
  context_.deltas.clear();
  checkpoints_->Complete(index_, injected_, std::move(deltas));
  signals_->job.Notify();
  return true;
}

bool Worker::TendState(bool every_time) {
  if (context_.failed()) return false;
  keeper_.Committed(signals_->deliver.load(std::memory_order_acquire));
  const Result<bool> worked = keeper_.Tend(every_time);
  if (!worked.ok()) {
    context_.Fail(worked.status(), "state");
    return true;
  }
  // Asked for by one worker, once: the barrier takes the request back.
  if (keeper_.wants_checkpoint() && !writing_ && !barrier_open_ &&
      injected_ <= signals_->deliver.load(std::memory_order_acquire) &&
      !signals_->early_checkpoint.exchange(true, std::memory_order_acq_rel)) {
    signals_->job.Notify();
  }
  return *worked;
}

bool Worker::Deliver() {
  const uint64_t epoch = signals_->deliver.load(std::memory_order_acquire);
  if (epoch <= delivered_.load(std::memory_order_relaxed)) return false;
  const int end_level = signals_->end_level.load(std::memory_order_acquire);
  for (auto& task : tasks_) task->Deliver();
  awaits_delivery_ = false;
  for (auto& task : tasks_) {
    if (!task->is_sink() || task->level() > end_level) continue;
    if (task->HasUndelivered()) {
      awaits_delivery_ = true;
    } else {
      task->EndAfterDelivery();
    }
  }
  if (awaits_delivery_) return false;
  delivered_.store(epoch, std::memory_order_release);
  signals_->job.Notify();
  return true;
}

void Worker::RunTimers(Micros now) {
  // Rows of a timer must not overtake a barrier that part of the tasks already have.
  if (barrier_open_ || context_.aligned_tasks > 0) return;
  last_timers_ = now;
  for (auto& task : tasks_) {
    if (task->NextProcessingTime() <= now) task->ProcessTime(now);
  }
  if (last_tick_ != kMinTimestamp && now - last_tick_ < kTickPause) return;
  last_tick_ = now;
  for (auto& task : tasks_) task->Tick(now);
}

/// A barrier has come in here and some task that rows from here reach still waits for it on
/// another input.
bool Worker::Paused(Entry& entry) {
  if (entry.settled >= entry.barrier) return false;
  for (const OperatorTask* task : entry.tasks) {
    if (task->aligned() < entry.barrier) return true;
  }
  entry.settled = entry.barrier;
  return false;
}

bool Worker::Blocked(const Entry& entry) const {
  return std::any_of(entry.senders.begin(), entry.senders.end(),
                     [](const ExchangeSender* sender) { return sender->blocked(); });
}

bool Worker::SinksHaveRoom(const Entry& entry) {
  return std::all_of(entry.sinks.begin(), entry.sinks.end(),
                     [](const SinkConnector* sink) { return sink->HasRoom(); });
}

OperatorTask* Worker::Unfinished(const Entry& entry) {
  const auto found = std::find_if(entry.tasks.rbegin(), entry.tasks.rend(),
                                  [](const OperatorTask* task) { return task->has_more(); });
  return found == entry.tasks.rend() ? nullptr : *found;
}

/// What an entry has let in comes first: while a task has more to emit, nothing else enters.
bool Worker::ReceiverReady(Entry& entry) {
  if (Unfinished(entry) != nullptr) return !Blocked(entry);
  if (entry.receiver->empty()) return false;
  return !Paused(entry) && entry.receiver->Ready(!Blocked(entry));
}

Entry* Worker::PickReceiver(std::mt19937_64* random) {
  ready_.clear();
  for (Entry& entry : receiver_entries_) {
    if (!ReceiverReady(entry)) continue;
    if (random == nullptr) return &entry;
    ready_.push_back(&entry);
  }
  if (ready_.empty()) return nullptr;
  return ready_[(*random)() % ready_.size()];
}

bool Worker::RunSources(Micros now, std::mt19937_64* random, Micros& wake_at) {
  const bool paused = signals_->pause.load(std::memory_order_acquire);
  const size_t count = source_entries_.size();
  const size_t first = random == nullptr || count == 0 ? next_source_ : (*random)() % count;
  for (size_t i = 0; i < count; ++i) {
    Entry& entry = source_entries_[(first + i) % count];
    if (OperatorTask* task = Unfinished(entry)) {
      if (Blocked(entry)) continue;
      task->Resume();
      return true;
    }
    if (Paused(entry) || Blocked(entry)) continue;
    if (!entry.source->ended() && (paused || keeper_.holds_back() || !SinksHaveRoom(entry))) {
      entry.source->HoldBack();
      wake_at = std::min(wake_at, now + kTargetPause);
      continue;
    }
    const SourceTask::Progress progress = entry.source->RunOnce(now);
    if (progress.worked) {
      next_source_ = (first + i + 1) % count;
      return true;
    }
    wake_at = std::min(wake_at, progress.wake_at);
  }
  return false;
}

Micros Worker::NextTimer() const {
  Micros next = kMaxTimestamp;
  for (const auto& task : tasks_) {
    if (!task->finished()) next = std::min(next, task->NextProcessingTime());
  }
  return next;
}

/// Nothing else to do: rows that only wait for company go now. True when there were any.
bool Worker::FlushAll() {
  if (flushed_) return false;
  bool emitted = false;
  // Rows must not overtake a barrier that part of the tasks already have.
  if (!barrier_open_ && context_.aligned_tasks == 0) {
    flushed_ = true;
    const uint64_t before = context_.batches;
    for (auto& task : tasks_) task->Flush();
    emitted = context_.batches != before;
  }
  for (auto& sender : senders_) emitted |= sender->Flush();
  return emitted;
}

Worker::Progress Worker::Step(Micros now, std::mt19937_64* random) {
  if (context_.failed()) {
    if (!failed_.exchange(true, std::memory_order_acq_rel)) signals_->job.Notify();
    return {};
  }
  bool worked = ObeySignals();
  worked |= WriteSlice(random);
  worked |= TendState(random != nullptr);
  for (auto& sender : senders_) {
    if (sender->blocked()) worked |= sender->Drain();
  }
  if (last_timers_ == kMinTimestamp || now - last_timers_ >= kTimerPause) RunTimers(now);
  Micros wake_at = kMaxTimestamp;
  if (Entry* entry = PickReceiver(random)) {
    if (OperatorTask* task = Unfinished(*entry)) {
      task->Resume();
    } else {
      entry->receiver->RunOne(!Blocked(*entry));
      entry->barrier = entry->receiver->aligned();
    }
    worked = true;
  } else if (RunSources(now, random, wake_at)) {
    worked = true;
  }
  UpdateStopsReached();
  if (context_.progress_of_end) UpdateFinishedLevel();
  if (context_.failed()) {
    failed_.store(true, std::memory_order_release);
    signals_->job.Notify();
    return {};
  }
  worked |= CompleteBarrier();
  if (worked) {
    flushed_ = false;
    return {true, now};
  }
  if (FlushAll()) return {true, now};
  if (!barrier_open_) wake_at = std::min(wake_at, NextTimer());
  if (awaits_delivery_) wake_at = std::min(wake_at, now + kTargetPause);
  return {false, wake_at};
}

void Worker::UpdateFinishedLevel() {
  context_.progress_of_end = false;
  int unfinished = INT32_MAX;
  for (const auto& source : sources_) {
    if (!source->ended()) unfinished = 0;
  }
  int deepest = 0;
  for (const auto& task : tasks_) {
    deepest = std::max(deepest, task->level());
    if (!task->finished()) unfinished = std::min(unfinished, task->level());
  }
  const int level = unfinished == INT32_MAX ? deepest : unfinished - 1;
  if (level == finished_level_.load(std::memory_order_relaxed)) return;
  finished_level_.store(level, std::memory_order_release);
  signals_->job.Notify();
}

void Worker::Close() {
  for (auto& task : tasks_) task->Close();
}

void Worker::Heartbeat(Micros now) {
  for (auto& source : sources_) source->Heartbeat(now);
}

void Worker::PokeSources() {
  for (auto& source : sources_) source->Poke();
}

std::vector<std::pair<int, NodeAccount>> Worker::Accounts() const {
  std::vector<std::pair<int, NodeAccount>> accounts;
  for (const auto& source : sources_) accounts.emplace_back(source->node_id(), source->Account());
  for (const auto& task : tasks_) accounts.emplace_back(task->node_id(), task->Account());
  return accounts;
}

void Worker::Publish() {
  std::vector<std::pair<int, NodeAccount>> accounts = Accounts();
  std::vector<SourceView> sources;
  for (const auto& source : sources_) {
    sources.push_back({source->node_id(), source->watermark(), source->idle(), source->ended()});
  }
  std::lock_guard lock(published_mutex_);
  published_accounts_ = std::move(accounts);
  published_sources_ = std::move(sources);
}

void Worker::Published(std::vector<std::pair<int, NodeAccount>>& accounts,
                       std::vector<SourceView>& sources) const {
  std::lock_guard lock(published_mutex_);
  accounts.insert(accounts.end(), published_accounts_.begin(), published_accounts_.end());
  sources.insert(sources.end(), published_sources_.begin(), published_sources_.end());
}

}  // namespace weir
