#include "compiler/flowc/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace weir::flowc {

StateFolder::~StateFolder() {
  if (lock_ >= 0) close(lock_);
}

Status StateFolder::Open(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) return IoError("--state {}: {}", path, error.message());
  const std::string file = path + "/lock";
  lock_ = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) return IoError("--state {}: {}", file, std::strerror(errno));
  if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return Status::Ok();
  if (errno == EWOULDBLOCK) {
    return FailedPreconditionError("--state {}: another run uses this folder", path);
  }
  return IoError("--state {}: {}", file, std::strerror(errno));
}

}  // namespace weir::flowc
