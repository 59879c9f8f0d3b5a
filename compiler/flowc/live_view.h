#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/flowc/live_tap.h"
#include "runtime/exec/job.h"
#include "runtime/metrics/rate_meter.h"

namespace weir::flowc {

/// Shows a run while it goes on: on a terminal a screen that is redrawn a few times per second,
/// else a plain line every few seconds. Called by the thread that runs the job.
class LiveView {
 public:
  enum class Mode { kNone, kScreen, kLines };

  LiveView(Mode mode, const LiveTaps* taps);
  ~LiveView();

  /// Command lines to show, for whoever wants to look at the tables meanwhile.
  void ShowCommands(std::vector<std::string> commands) { commands_ = std::move(commands); }
  /// Draws when it is time to.
  void Update(Job& job);
  /// Leaves the screen as it was before; the last state stays visible above.
  void Finish();

 private:
  void DrawScreen(Job& job, Micros now);
  void PrintLine(Job& job, Micros now);
  std::vector<std::string> SourceLines(Job& job, Micros now) const;
  void AddViews(Job& job, int width, std::vector<std::string>& lines) const;
  void AddStreams(int width, std::vector<std::string>& lines) const;
  int64_t Observe(Job& job, Micros now);

  const Mode mode_;
  const LiveTaps* taps_;
  RateMeter rate_;
  Micros next_ = 0;
  std::vector<NamedLedger> ledgers_;
  std::vector<std::string> commands_;
  size_t drawn_lines_ = 0;
};

}  // namespace weir::flowc
