#include "runtime/connectors/file/part_lease.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockStart = ".weir-";
constexpr std::string_view kLockEnd = ".lock";

std::string LockPath(const std::string& folder, const std::string& incarnation) {
  return fmt::format("{}/{}{}{}", folder, kLockStart, incarnation, kLockEnd);
}

std::vector<std::string> NamesIn(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  return names;
}

size_t RemoveParts(const std::string& folder, const std::vector<std::string>& names,
                   const std::string& incarnation) {
  const std::string start = ".part-" + incarnation + "-";
  size_t removed = 0;
  for (const std::string& name : names) {
    if (!name.starts_with(start) || !name.ends_with(".tmp")) continue;
    std::error_code ignored;
    if (fs::remove(folder + "/" + name, ignored)) ++removed;
  }
  return removed;
}

}  // namespace

PartLease::~PartLease() {
  if (lock_ < 0) return;
  RemoveParts(folder_, NamesIn(folder_), incarnation_);
  ::unlink(LockPath(folder_, incarnation_).c_str());
  ::close(lock_);
}

Status PartLease::Take(const std::string& folder, const std::string& incarnation) {
  // Locked before it gets its name: another run that looks for abandoned ones must never find it
  // free.
  const std::string path = LockPath(folder, incarnation);
  const std::string unnamed = path + ".new";
  const int file = ::open(unnamed.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return FileError("write", unnamed, errno);
  // Without locks on this file system nothing is marked, and so nothing will be removed.
  const bool locked = ::flock(file, LOCK_EX | LOCK_NB) == 0;
  if (!locked || ::rename(unnamed.c_str(), path.c_str()) != 0) {
    ::unlink(unnamed.c_str());
    ::close(file);
    return Status::Ok();
  }
  folder_ = folder;
  incarnation_ = incarnation;
  lock_ = file;
  return Status::Ok();
}

void RemoveAbandonedParts(const std::string& folder) {
  const std::vector<std::string> names = NamesIn(folder);
  for (const std::string& name : names) {
    if (!name.starts_with(kLockStart) || !name.ends_with(kLockEnd)) continue;
    const std::string path = folder + "/" + name;
    const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (file < 0) continue;
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
      const std::string incarnation =
          name.substr(kLockStart.size(), name.size() - kLockStart.size() - kLockEnd.size());
      const size_t removed = RemoveParts(folder, names, incarnation);
      ::unlink(path.c_str());
      if (removed > 0) {
        fmt::print(stderr, "flowc: {}: removed {} unfinished part{} of run {}, which was killed\n",
                   folder, removed, removed == 1 ? "" : "s", incarnation);
      }
    }
    ::close(file);
  }
}

}  // namespace weir
