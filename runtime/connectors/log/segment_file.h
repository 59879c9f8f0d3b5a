#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "runtime/base/result.h"
#include "runtime/connectors/log/log_file.h"

namespace weir {

/// A segment that is being written, at its end. What a full disk has no room for is held in memory
/// until there is some; nothing may rely on it before Settle. Thread-safe.
class SegmentFile {
 public:
  /// A new file that begins with these bytes. `sync`: its name is durable, too, once it is there.
  static Result<std::shared_ptr<SegmentFile>> Create(std::string path, std::string_view header,
                                                     bool sync);
  /// A file that is there, with `size` bytes that count.
  SegmentFile(LogFile file, int64_t size) : file_(std::move(file)), written_(size) {}

  /// OK also when the disk is full: the bytes are held then.
  Status Append(std::string_view bytes);
  /// Writes what is held. ResourceExhausted: there is still no room.
  Status Settle();
  /// What is settled is on the disk.
  Status Sync() const;
  int64_t held() const;

 private:
  SegmentFile(std::string path, bool sync) : path_(std::move(path)), sync_name_(sync) {}
  Status WriteSome(std::string_view& bytes);

  std::string path_;  ///< of a file that is not there yet, else ""
  bool sync_name_ = false;
  mutable std::mutex mutex_;
  LogFile file_;
  int64_t written_ = 0;
  std::string held_;
};

}  // namespace weir
