#include "runtime/connectors/log/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "runtime/base/durable_files.h"

namespace weir {

Status LogFileError(std::string_view action, std::string_view path, int error_number) {
  switch (error_number) {
    case ENOENT: return NotFoundError("cannot {} {}: no such file or folder", action, path);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      return ResourceExhaustedError(
          "cannot {} {}: the disk is full; free space, lower `retain` or `retain_size`, or set "
          "`dir` to a larger disk",
          action, path);
    case EACCES:
    case EPERM:
    case EROFS:
      return MakeStatus(StatusCode::kPermissionDenied, "cannot {} {}: {}; check `dir`", action,
                        path, std::strerror(error_number));
    default:
      return IoError("cannot {} {}: {}; check `dir`", action, path, std::strerror(error_number));
  }
}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
  if (this != &other) {
    Close();
    path_ = std::move(other.path_);
    file_ = std::exchange(other.file_, -1);
  }
  return *this;
}

LogFile::~LogFile() { Close(); }

void LogFile::Close() {
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

Result<LogFile> LogFile::OpenToRead(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return LogFileError("open", path, errno);
  return LogFile(path, file);
}

Result<LogFile> LogFile::OpenToWrite(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return LogFileError("write", path, errno);
  return LogFile(path, file);
}

Result<size_t> LogFile::ReadAt(int64_t position, char* buffer, size_t size) const {
  size_t done = 0;
  while (done < size) {
    const ssize_t got =
        ::pread(file_, buffer + done, size - done, position + static_cast<int64_t>(done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return LogFileError("read", path_, errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

Status LogFile::WriteAt(int64_t position, std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::pwrite(file_, bytes.data(), bytes.size(), position);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return LogFileError("write", path_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
    position += written;
  }
  return Status::Ok();
}

Result<int64_t> LogFile::Size() const {
  struct stat info {};
  if (::fstat(file_, &info) != 0) return LogFileError("read", path_, errno);
  return static_cast<int64_t>(info.st_size);
}

Status LogFile::Truncate(int64_t size) const {
  if (::ftruncate(file_, size) == 0) return Status::Ok();
  return LogFileError("cut", path_, errno);
}

Status LogFile::Sync() const {
  if (::fdatasync(file_) == 0 || errno == EINVAL) return Status::Ok();
  return SyncError(path_, errno);
}

bool LogFile::IsDeleted() const {
  struct stat info {};
  return ::fstat(file_, &info) == 0 && info.st_nlink == 0;
}

}  // namespace weir
