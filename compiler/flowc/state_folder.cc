#include "compiler/flowc/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultRoot = ".weir";

/// What the run that has the lock wrote into it: ` (process 4711)`.
std::string Owner(const std::string& file) {
  std::ifstream in(file);
  int64_t process = 0;
  return in >> process ? fmt::format(" (process {})", process) : std::string();
}

Status OpenError(const std::string& path) {
  return IoError("the state folder: {}: {}", path, std::strerror(errno));
}

/// Whether the locked file is still the one with this name: whoever had it may have removed it.
bool IsStillThere(int lock, const std::string& file) {
  struct stat locked {
  }, named{};
  return ::fstat(lock, &locked) == 0 && ::stat(file.c_str(), &named) == 0 &&
         locked.st_ino == named.st_ino && locked.st_dev == named.st_dev;
}

}  // namespace

std::string DefaultStateFolder(const std::string& pipeline) {
  return fmt::format("{}/{}", kDefaultRoot, pipeline);
}

StateFolder::~StateFolder() {
  if (lock_ < 0) return;
  if (remove_) {
    // While it is locked, so that nobody else's goes. Folders that hold something stay.
    std::error_code ignored;
    fs::remove(path_ + "/lock", ignored);
    fs::remove(path_, ignored);
    const fs::path parent = fs::path(path_).parent_path();
    if (parent == kDefaultRoot) fs::remove(parent, ignored);
  }
  ::close(lock_);
}

Status StateFolder::Open(const std::string& path) {
  const std::string file = path + "/lock";
  while (true) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error) return IoError("the state folder: {}: {}", path, error.message());
    const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0 && errno == ENOENT) continue;  // a run that ended has just removed the folder
    if (lock < 0) return OpenError(file);
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
      const bool taken = errno == EWOULDBLOCK;
      const Status failed = OpenError(file);
      ::close(lock);
      if (!taken) return failed;
      return FailedPreconditionError(
          "the state folder {} is in use by another run{}: stop that one, or give this one a "
          "folder "
          "of its own with --state DIR",
          path, Owner(file));
    }
    if (!IsStillThere(lock, file)) {
      ::close(lock);
      continue;
    }
    lock_ = lock;
    path_ = path;
    // For the message of the next who tries; without it that one is only less clear.
    const std::string process = fmt::format("{}\n", ::getpid());
    const bool said =
        ::ftruncate(lock_, 0) == 0 && ::write(lock_, process.data(), process.size()) > 0;
    static_cast<void>(said);
    return Status::Ok();
  }
}

}  // namespace weir::flowc
