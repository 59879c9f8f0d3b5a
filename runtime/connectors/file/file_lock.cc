#include "runtime/connectors/file/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

constexpr int kMostTries = 100;

/// Whether `path` still names the open file: who had the lock before may have renamed it.
bool IsAt(int file, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return ::fstat(file, &opened) == 0 && ::stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

FileLock::~FileLock() {
  if (file_ >= 0) ::close(file_);
}

Status FileLock::Take(const std::string& path) {
  for (int i = 0; i < kMostTries; ++i) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0) return FileError("write", path, errno);
    const bool taken = ::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (!taken && IsAt(file, path)) {
      file_ = file;
      return Status::Ok();
    }
    ::close(file);
    if (taken) break;
  }
  return MakeStatus(StatusCode::kAlreadyExists, "another process is writing {}", path);
}

}  // namespace weir
