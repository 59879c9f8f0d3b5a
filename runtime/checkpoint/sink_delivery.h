#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "runtime/base/result.h"
#include "runtime/connector/sink_connector.h"

namespace weir {

/// Up to which commit rows may go to targets when `committed` is the last one. `last`: no other
/// commit follows, so it should be that one, whatever it takes.
using ReleaseRule = std::function<Result<uint64_t>(uint64_t committed, bool last)>;

/// Tells sinks which commits they may deliver, each in its time: at once, or when a snapshot has
/// the commit (`durability = snapshot`), or behind another sink (`into a after b`). One thread,
/// but for `delayed`.
class SinkDelivery {
 public:
  using Sinks = std::vector<std::pair<std::string, SinkConnector*>>;

  /// `committed`: up to which the sinks have been restored.
  SinkDelivery(Sinks sinks, uint64_t committed);
  /// `after`: sink -> the one that it waits for. Before the first commit, like Release.
  void SetOrder(std::map<std::string, std::string> after) { after_ = std::move(after); }
  void Release(ReleaseRule rule) { rule_ = std::move(rule); }

  /// `epoch` is committed, with these positions of all sources ("": not known).
  Status Committed(uint64_t epoch, const std::string& positions, bool last,
                   const std::set<std::string>& ended = {});
  /// Looks again whether sinks that wait for others may go on. `ended`: those that get no more
  /// rows.
  Status Continue(bool last, const std::set<std::string>& ended = {});
  /// Some sink has not been told of the last commit yet. Any thread.
  bool delayed() const { return delayed_.load(std::memory_order_acquire); }

 private:
  struct Progress {
    uint64_t told = 0;  ///< last commit that the sink may deliver
    uint64_t done = 0;  ///< up to here the target has everything
  };
  Result<uint64_t> DoneBy(const std::string& sink, bool ended);

  const Sinks sinks_;
  std::map<std::string, std::string> after_;
  ReleaseRule rule_;
  uint64_t committed_;
  std::map<uint64_t, std::shared_ptr<const std::string>>
      positions_;  ///< of commits not told to all
  std::map<std::string, Progress> progress_;
  std::atomic<bool> delayed_{false};
};

}  // namespace weir
