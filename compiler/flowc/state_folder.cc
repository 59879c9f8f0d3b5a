#include "compiler/flowc/state_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <thread>

namespace weir::flowc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kDefaultRoot = ".weir";

constexpr auto kPatience = std::chrono::seconds(60);
constexpr auto kPause = std::chrono::milliseconds(50);

/// What the process that has the lock wrote into it.
struct Holder {
  int64_t process = 0;
  std::string use;  ///< run, query; "" until it is written
};

Holder ReadHolder(const std::string& file) {
  Holder holder;
  std::ifstream in(file);
  in >> holder.process >> holder.use;
  return holder;
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

Status StateFolder::Open(const std::string& path, Use use) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    Status status = Lock(path, use);
    if (status.code() != StatusCode::kUnavailable) return status;
    if (std::chrono::steady_clock::now() > deadline) {
      return Status(StatusCode::kFailedPrecondition, status.message());
    }
    std::this_thread::sleep_for(kPause);
  }
}

/// Unavailable: it may work soon.
Status StateFolder::Lock(const std::string& path, Use use) {
  const std::string file = path + "/lock";
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return IoError("the state folder: {}: {}", path, error.message());
  const int lock = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  // A run that ended has just removed the folder.
  if (lock < 0 && errno == ENOENT) return UnavailableError("{} comes and goes", path);
  if (lock < 0) return OpenError(file);
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    const bool taken = errno == EWOULDBLOCK;
    const Status failed = OpenError(file);
    ::close(lock);
    if (!taken) return failed;
    const Holder holder = ReadHolder(file);
    if (holder.use != "run") {
      return UnavailableError("a query (process {}) has the store of {} open", holder.process,
                              path);
    }
    return FailedPreconditionError(
        "the state folder {} is in use by another run (process {}): stop that one, or give this "
        "one a folder of its own with --state DIR",
        path, holder.process);
  }
  if (!IsStillThere(lock, file)) {
    ::close(lock);
    return UnavailableError("{} comes and goes", path);
  }
  lock_ = lock;
  path_ = path;
  const std::string holder = fmt::format("{} {}\n", ::getpid(), use == Use::kRun ? "run" : "query");
  if (::ftruncate(lock_, 0) != 0 ||
      ::write(lock_, holder.data(), holder.size()) != static_cast<ssize_t>(holder.size())) {
    return OpenError(file);
  }
  return Status::Ok();
}

}  // namespace weir::flowc
