#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "runtime/dlq/dead_letter_reader.h"
#include "runtime/dlq/replay_marks.h"
#include "runtime/dlq/replay_target.h"

namespace weir {

struct ReplayOptions {
  std::string state_folder;
  bool dry_run = false;  ///< say what would be sent; write nothing
  bool force = false;    ///< send also what the present schema refuses
  bool resend = false;   ///< send also what an interrupted replay may have sent already
  std::function<bool(const DeadLetterEntry&)> wanted;
  /// Letters read and sent so far, now and then; false stops.
  std::function<bool(int64_t read, int64_t sent)> progress;
};

struct ReplayReport {
  int64_t wanted = 0;
  int64_t sent = 0;  ///< with dry_run: would be
  int64_t sent_before = 0;
  int64_t uncertain = 0;                   ///< being sent when an earlier replay was interrupted
  std::map<std::string, int64_t> refused;  ///< by why the present schema refuses them
  std::map<std::string, int64_t> not_replayable;  ///< by why
  std::map<std::string, int64_t> sent_to;         ///< by source
  bool stopped = false;

  /// Everything that was asked for is back in its source.
  bool complete() const {
    return !stopped && uncertain == 0 && refused.empty() && not_replayable.empty();
  }
};

/// Puts the records of dead letters back into the sources they came from, each once.
class DeadLetterReplay {
 public:
  DeadLetterReplay(const plan::LogicalPlan& plan, const ConnectorRegistry& registry,
                   const Clock& clock, ReplayOptions options);

  Status Run(DeadLetterReader& letters);
  const ReplayReport& report() const { return report_; }

 private:
  struct Target {
    std::unique_ptr<ReplayTarget> replay;  ///< null: it can't be written
    std::string why_not;
    std::vector<DeadLetterEntry> batch;
  };

  Status Take(DeadLetterEntry entry);
  Target& TargetOf(const std::string& source);
  Status Flush(const std::string& source, Target& target);
  bool HasTimedRecords(const std::string& source) const;
  std::string IdentityOf(const DeadLetterEntry& entry) const;

  const plan::LogicalPlan& plan_;
  const ConnectorRegistry& registry_;
  const Clock& clock_;
  ReplayOptions options_;
  ReplayMarks marks_;
  ReplayReport report_;
  std::map<std::string, Target> targets_;
  std::map<std::string, bool> seen_;  ///< identities of this run
};

}  // namespace weir
