#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace weir {

/// A failed call on a file of a log as a Status that names the option to change.
Status LogFileError(std::string_view action, std::string_view path, int error_number);

/// An open file of a log, read and written at positions. Moves, closes itself. Reads and writes of
/// different threads don't disturb each other.
class LogFile {
 public:
  LogFile() = default;
  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&& other) noexcept;
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile();

  static Result<LogFile> OpenToRead(const std::string& path);
  /// Makes the file when it is not there.
  static Result<LogFile> OpenToWrite(const std::string& path);

  bool is_open() const { return file_ >= 0; }
  const std::string& path() const { return path_; }
  /// Up to `size` bytes from `position`; fewer only at the end of the file.
  Result<size_t> ReadAt(int64_t position, char* buffer, size_t size) const;
  /// All of `bytes`, or a failure after which a part of them may be there.
  Status WriteAt(int64_t position, std::string_view bytes) const;
  Result<int64_t> Size() const;
  Status Truncate(int64_t size) const;
  Status Sync() const;
  /// Whether the last name of the file is gone.
  bool IsDeleted() const;
  void Close();

 private:
  LogFile(std::string path, int file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  int file_ = -1;
};

}  // namespace weir
