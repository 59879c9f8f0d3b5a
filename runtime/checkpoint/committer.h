#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "runtime/checkpoint/accepted_mark.h"
#include "runtime/checkpoint/sink_delivery.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/state/state_backend.h"

namespace weir {

class StateWriter;

/// What one checkpoint commits, besides what sinks have frozen.
struct CommitRequest {
  uint64_t epoch = 0;
  std::vector<StateDelta> deltas;
  /// Of all sources at the barrier, as SourcePositions::ToText; "": not known.
  std::string positions = {};
  bool last = false;                 ///< no other commit follows
  std::set<std::string> ended = {};  ///< nodes of sinks that get no more rows
  /// Nothing to commit: sinks that wait for others are looked after.
  bool only_delivery = false;
};

struct CommitResult {
  uint64_t epoch = 0;
  /// The commit. Not ok: nothing of it counts, and `deltas` are given back for the next one.
  Status status;
  /// After a commit: a sink that could not deliver what is committed.
  Status delivery;
  std::vector<StateDelta> deltas;
};

/// The part of a checkpoint that waits for disks: sinks make durable what they have frozen, one
/// atomic commit of the state follows, sinks deliver. One checkpoint at a time; workers go on
/// meanwhile.
///
/// Either `Start` gives it a thread, or its owner calls `RunOnce` (tests, a simulated schedule).
/// Submit and TakeResult: one thread.
class Committer {
 public:
  /// Sinks by the name of their node. `backend` may be null: then only sinks are asked.
  /// `incarnation`: of the state; marks of others are not what this state delivered.
  Committer(StateBackend* backend, std::vector<std::pair<std::string, SinkConnector*>> sinks,
            std::string incarnation = {}, uint64_t committed = 0);
  /// Each commit says which of these still hold. Before the first one.
  void Accept(std::vector<AcceptedMark> marks) { accepted_ = std::move(marks); }
  SinkDelivery& delivery() { return delivery_; }
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// `done` is called on the thread after each commit.
  void Start(std::function<void()> done);
  /// Finishes the commit under way, then ends the thread.
  void Stop();
  bool has_thread() const { return thread_.joinable(); }

  void Submit(CommitRequest request);
  /// Performs what was submitted; false when there is nothing.
  bool RunOnce();
  std::optional<CommitResult> TakeResult();

 private:
  void Loop();
  CommitResult Perform(CommitRequest request);
  Result<StateDelta> PrepareSinks(const CommitRequest& request);
  void WriteMarks(uint64_t epoch, const std::string& sink, const std::optional<SinkMark>& mark,
                  StateWriter& writer) const;

  StateBackend* const backend_;
  const std::vector<std::pair<std::string, SinkConnector*>> sinks_;
  const std::string incarnation_;
  std::vector<AcceptedMark> accepted_;
  SinkDelivery delivery_;
  std::function<void()> done_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<CommitRequest> request_;
  std::optional<CommitResult> result_;
  bool stopping_ = false;
  std::thread thread_;
};

/// Where a commit keeps what `SinkConnector::Prepare` returned, and the epoch of the sink's mark as
/// text, by name of the sink's node.
inline constexpr char kSinksOperator[] = "@sinks";
inline constexpr char kSinksSlot[] = "units";
inline constexpr char kMarksSlot[] = "marks";
/// … the AcceptedMark, by name of the sink's node
inline constexpr char kAcceptedSlot[] = "accepted";
/// … and the positions of all sources, under one key.
inline constexpr char kPositionsSlot[] = "positions";
inline constexpr char kPositionsKey[] = "sources";

}  // namespace weir
