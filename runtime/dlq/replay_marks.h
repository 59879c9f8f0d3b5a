#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>

#include "runtime/base/result.h"

namespace weir {

/// Which dead letters have been sent again, on disk in `<state folder>/dlq.replayed`. A letter is
/// marked before it is sent and once more when it has arrived: after a crash in between it is known
/// that its fate is not. Locked for one process. One thread.
class ReplayMarks {
 public:
  enum class State { kNew, kSending, kSent };

  ReplayMarks() = default;
  ReplayMarks(const ReplayMarks&) = delete;
  ReplayMarks& operator=(const ReplayMarks&) = delete;
  ~ReplayMarks();

  /// Reads the marks; makes, locks and opens the file for writing unless `read_only`.
  Status Open(const std::string& state_folder, bool read_only);
  State Of(const std::string& identity) const;
  /// Durable when they return.
  Status MarkSending(std::span<const std::string> identities);
  Status MarkSent(std::span<const std::string> identities);

 private:
  Status Load();
  Status Append(char sign, std::span<const std::string> identities, State state);

  std::string path_;
  int file_ = -1;
  std::unordered_map<std::string, State> states_;
};

}  // namespace weir
