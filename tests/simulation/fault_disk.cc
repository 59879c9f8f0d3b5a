#include "tests/simulation/fault_disk.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace weir::simulation {
namespace {

constexpr off_t kPage = 4096;

FaultDisk* active = nullptr;

pid_t ThisThread() { return static_cast<pid_t>(::syscall(SYS_gettid)); }

}  // namespace

FaultDisk::FaultDisk(std::string root, const DiskPlan& plan, Trail* trail)
    : root_(std::move(root)), plan_(plan), trail_(trail), thread_(ThisThread()) {
  struct stat info {};
  if (::stat(root_.c_str(), &info) == 0) device_ = info.st_dev;
}

void FaultDisk::Begin(const std::string& root, const DiskPlan& plan, Trail* trail) {
  trail->operations() = 0;
  active = new FaultDisk(root, plan, trail);
}

FaultDisk* FaultDisk::Active() { return active; }

bool FaultDisk::IsCounted() const { return ThisThread() == thread_; }

void FaultDisk::Die() { ::_exit(kExitKilled); }

int FaultDisk::Ask(Kind kind) {
  if (!IsCounted()) return 0;
  const uint64_t now = ++trail_->operations();
  if (now == plan_.kill_at) Die();
  if (kind == Kind::kGrow && now >= plan_.full_from && now < plan_.full_until) return ENOSPC;
  if (kind == Kind::kSync && plan_.failing_sync_at != 0 && now >= plan_.failing_sync_at &&
      !std::exchange(sync_failed_, true)) {
    return EIO;
  }
  return 0;
}

int FaultDisk::AskWrite(size_t size, off_t offset, off_t file_size, size_t* partial, bool* dies) {
  *partial = size;
  *dies = false;
  if (!IsCounted()) return 0;
  const uint64_t now = ++trail_->operations();
  const uint64_t some = (plan_.seed * 0x9e3779b97f4a7c15 + now * 0xbf58476d1ce4e5b9) >> 33;
  if (now == plan_.kill_at) {
    // The kernel copies page by page.
    *partial = some % (size + 1) / kPage * kPage;
    if (some % 2 == 0) *partial = 0;
    *dies = true;
    return 0;
  }
  if (now < plan_.full_from || now >= plan_.full_until) return 0;
  // What has its block takes no room, and blocks are taken whole.
  const off_t room = (file_size + kPage - 1) / kPage * kPage;
  if (offset + static_cast<off_t>(size) <= room) return 0;
  if (offset < room) {
    *partial = static_cast<size_t>(room - offset);
    return 0;
  }
  return ENOSPC;
}

bool FaultDisk::Covers(const char* path) const {
  const std::string_view given(path);
  return given.starts_with(root_);
}

bool FaultDisk::Covers(int descriptor, uint64_t* inode) const {
  struct stat info {};
  if (::fstat(descriptor, &info) != 0 || info.st_dev != device_) return false;
  if (!S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)) return false;
  *inode = info.st_ino;
  return true;
}

uint64_t FaultDisk::InodeOf(const char* path) {
  struct stat info {};
  return ::lstat(path, &info) == 0 ? info.st_ino : 0;
}

bool FaultDisk::Place(const char* path, uint64_t* folder, std::string* name) {
  std::string whole(path);
  while (whole.size() > 1 && whole.ends_with('/')) whole.pop_back();
  const size_t slash = whole.rfind('/');
  if (slash == std::string::npos) return false;
  *name = whole.substr(slash + 1);
  whole.resize(slash);
  *folder = InodeOf(whole.c_str());
  return *folder != 0;
}

}  // namespace weir::simulation
