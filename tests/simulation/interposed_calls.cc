// The calls of the C library by which this program, RocksDB and the standard library change files:
// the executable's definitions come before the library's for all of them. Nothing of the engine
// knows, and nothing costs anything outside of the simulation. What passes goes to the kernel
// directly.
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <random>
#include <string>

#include "tests/simulation/fault_disk.h"
#include "tests/simulation/interposed_randomness.h"

using weir::simulation::Entry;
using weir::simulation::FaultDisk;
using weir::simulation::Tag;
using Kind = weir::simulation::FaultDisk::Kind;

namespace {

int Fail(int error) {
  errno = error;
  return -1;
}

long Returned(long result) { return result; }

/// `path` as seen from `folder`, absolute as far as the folder's is.
std::string Absolute(int folder, const char* path) {
  if (path[0] == '/' || folder == AT_FDCWD) return path;
  char link[64], where[PATH_MAX];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", folder);
  const ssize_t size = ::readlink(link, where, sizeof(where));
  return size < 0 ? std::string(path) : std::string(where, static_cast<size_t>(size)) + "/" + path;
}

int Open(int folder, const char* given, int flags, mode_t mode) {
  FaultDisk* disk = FaultDisk::Active();
  const bool changes = (flags & (O_CREAT | O_TRUNC)) != 0;
  const std::string path = disk != nullptr && changes ? Absolute(folder, given) : std::string();
  if (disk == nullptr || !changes || !disk->Covers(path.c_str())) {
    return static_cast<int>(Returned(::syscall(SYS_openat, folder, given, flags, mode)));
  }
  const uint64_t before = FaultDisk::InodeOf(path.c_str());
  if (before == 0 || (flags & O_TRUNC) != 0) {
    const int error = disk->Ask(before == 0 ? Kind::kGrow : Kind::kChange);
    if (error != 0) return Fail(error);
  }
  const long file = ::syscall(SYS_openat, folder, given, flags, mode);
  if (file < 0) return static_cast<int>(file);
  uint64_t inode = 0, parent = 0;
  std::string name;
  disk->Covers(static_cast<int>(file), &inode);
  if (before == 0 && FaultDisk::Place(path.c_str(), &parent, &name)) {
    disk->trail().Append({Tag::kLink, parent, inode, 0, name, {}});
  } else if ((flags & O_TRUNC) != 0) {
    disk->trail().Append({Tag::kTruncate, inode, 0, 0, {}, {}});
  }
  return static_cast<int>(file);
}

/// At `offset`, or < 0 where the file stands.
ssize_t Write(int file, const void* bytes, size_t size, off_t offset) {
  FaultDisk* disk = FaultDisk::Active();
  uint64_t inode = 0;
  size_t part = size;
  bool dies = false;
  const bool covered = disk != nullptr && disk->Covers(file, &inode);
  off_t at = offset;
  if (covered) {
    struct stat info {};
    ::fstat(file, &info);
    const bool at_end = offset < 0 && (::fcntl(file, F_GETFL) & O_APPEND) != 0;
    if (offset < 0) at = at_end ? info.st_size : ::lseek(file, 0, SEEK_CUR);
    const int error = disk->AskWrite(size, at, info.st_size, &part, &dies);
    if (error != 0) return Fail(error);
  }
  const long done = offset < 0 ? ::syscall(SYS_write, file, bytes, part)
                               : ::syscall(SYS_pwrite64, file, bytes, part, offset);
  if (covered && done > 0) {
    disk->trail().Append({Tag::kWrite,
                          inode,
                          static_cast<uint64_t>(at),
                          0,
                          {static_cast<const char*>(bytes), static_cast<size_t>(done)},
                          {}});
  }
  if (dies) FaultDisk::Die();
  return done;
}

int Sync(int file, long number) {
  FaultDisk* disk = FaultDisk::Active();
  uint64_t inode = 0;
  if (disk == nullptr || !disk->Covers(file, &inode)) {
    return static_cast<int>(::syscall(number, file));
  }
  const int error = disk->Ask(Kind::kSync);
  disk->trail().Append({error == 0 ? Tag::kSync : Tag::kFailedSync, inode, 0, 0, {}, {}});
  return error == 0 ? 0 : Fail(error);
}

int Truncate(int file, off_t size) {
  FaultDisk* disk = FaultDisk::Active();
  uint64_t inode = 0;
  const bool covered = disk != nullptr && disk->Covers(file, &inode);
  if (covered) {
    if (const int error = disk->Ask(Kind::kChange); error != 0) return Fail(error);
  }
  const long done = ::syscall(SYS_ftruncate, file, size);
  if (covered && done == 0) {
    disk->trail().Append({Tag::kTruncate, inode, static_cast<uint64_t>(size), 0, {}, {}});
  }
  return static_cast<int>(done);
}

int Unlink(int folder, const char* given, int flags) {
  FaultDisk* disk = FaultDisk::Active();
  const std::string path = disk != nullptr ? Absolute(folder, given) : std::string();
  if (disk == nullptr || !disk->Covers(path.c_str())) {
    return static_cast<int>(::syscall(SYS_unlinkat, folder, given, flags));
  }
  uint64_t parent = 0;
  std::string name;
  if (FaultDisk::InodeOf(path.c_str()) == 0) return Fail(ENOENT);
  if (const int error = disk->Ask(Kind::kChange); error != 0) return Fail(error);
  const bool placed = FaultDisk::Place(path.c_str(), &parent, &name);
  const long done = ::syscall(SYS_unlinkat, folder, given, flags);
  if (placed && done == 0) disk->trail().Append({Tag::kUnlink, parent, 0, 0, name, {}});
  return static_cast<int>(done);
}

int Rename(const char* from, const char* to) {
  FaultDisk* disk = FaultDisk::Active();
  if (disk == nullptr || !disk->Covers(to)) {
    return static_cast<int>(::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
  }
  uint64_t old_folder = 0, new_folder = 0;
  std::string old_name, new_name;
  if (FaultDisk::InodeOf(from) == 0) return Fail(ENOENT);
  if (const int error = disk->Ask(Kind::kChange); error != 0) return Fail(error);
  const bool placed = FaultDisk::Place(from, &old_folder, &old_name) &&
                      FaultDisk::Place(to, &new_folder, &new_name);
  const long done = ::syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
  if (placed && done == 0) {
    disk->trail().Append({Tag::kRename, old_folder, new_folder, 0, old_name, new_name});
  }
  return static_cast<int>(done);
}

/// A new name: of a folder, or of a file that has another.
int Link(const char* path, bool is_folder, long (*make)(const char*, const char*, mode_t),
         const char* from, mode_t mode) {
  FaultDisk* disk = FaultDisk::Active();
  const bool covered = disk != nullptr && disk->Covers(path);
  if (covered && FaultDisk::InodeOf(path) == 0) {
    if (const int error = disk->Ask(Kind::kGrow); error != 0) return Fail(error);
  }
  const long done = make(path, from, mode);
  uint64_t parent = 0;
  std::string name;
  if (covered && done == 0 && FaultDisk::Place(path, &parent, &name)) {
    disk->trail().Append(
        {Tag::kLink, parent, FaultDisk::InodeOf(path), is_folder ? 1U : 0U, name, {}});
  }
  return static_cast<int>(done);
}

int Reserve(int file, int mode, off_t offset, off_t size) {
  FaultDisk* disk = FaultDisk::Active();
  uint64_t inode = 0;
  const bool covered = disk != nullptr && disk->Covers(file, &inode);
  if (covered) {
    if (const int error = disk->Ask(Kind::kGrow); error != 0) return Fail(error);
    // Room alone is nothing that a crash could show.
    if ((mode & FALLOC_FL_KEEP_SIZE) != 0) return 0;
    disk->trail().Append({Tag::kTruncate, inode, static_cast<uint64_t>(offset + size), 0, {}, {}});
    return static_cast<int>(::syscall(SYS_ftruncate, file, offset + size));
  }
  return static_cast<int>(::syscall(SYS_fallocate, file, mode, offset, size));
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? static_cast<mode_t>(va_arg(arguments, int)) : 0;
}

}  // namespace

extern "C" {

// NOLINTBEGIN(readability-identifier-naming): the names are the C library's.
int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open(AT_FDCWD, path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open(folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = ModeOf(flags, arguments);
  va_end(arguments);
  return Open(folder, path, flags, mode);
}

int __open_2(const char* path, int flags) { return Open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char* path, int flags) { return Open(AT_FDCWD, path, flags, 0); }
int creat(const char* path, mode_t mode) {
  return Open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char* path, mode_t mode) { return creat(path, mode); }

ssize_t write(int file, const void* bytes, size_t size) { return Write(file, bytes, size, -1); }
ssize_t pwrite(int file, const void* bytes, size_t size, off_t offset) {
  return Write(file, bytes, size, offset);
}
ssize_t pwrite64(int file, const void* bytes, size_t size, off64_t offset) {
  return Write(file, bytes, size, offset);
}
ssize_t writev(int file, const struct iovec* parts, int count) {
  uint64_t inode = 0;
  FaultDisk* disk = FaultDisk::Active();
  if (disk == nullptr || !disk->Covers(file, &inode)) {
    return ::syscall(SYS_writev, file, parts, count);
  }
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
  }
  return Write(file, bytes.data(), bytes.size(), -1);
}

int fsync(int file) { return Sync(file, SYS_fsync); }
int fdatasync(int file) { return Sync(file, SYS_fdatasync); }
/// Makes nothing durable: neither metadata nor what the disk itself caches.
int sync_file_range(int, off64_t, off64_t, unsigned int) { return 0; }

int ftruncate(int file, off_t size) noexcept { return Truncate(file, size); }
int ftruncate64(int file, off64_t size) noexcept { return Truncate(file, size); }
int truncate(const char* path, off_t size) noexcept {
  const int file = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CLOEXEC));
  if (file < 0) return -1;
  const int done = Truncate(file, size);
  const int error = errno;
  ::close(file);
  errno = error;
  return done;
}
int truncate64(const char* path, off64_t size) noexcept { return truncate(path, size); }

int fallocate(int file, int mode, off_t offset, off_t size) {
  return Reserve(file, mode, offset, size);
}
int fallocate64(int file, int mode, off64_t offset, off64_t size) {
  return Reserve(file, mode, offset, size);
}
int posix_fallocate(int file, off_t offset, off_t size) {
  return Reserve(file, 0, offset, size) == 0 ? 0 : errno;
}
int posix_fallocate64(int file, off64_t offset, off64_t size) {
  return posix_fallocate(file, offset, size);
}

int rename(const char* from, const char* to) noexcept { return Rename(from, to); }
int unlink(const char* path) noexcept { return Unlink(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* path, int flags) noexcept {
  return Unlink(folder, path, flags);
}
int rmdir(const char* path) noexcept { return Unlink(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char* path) noexcept {
  struct stat info {};
  if (::lstat(path, &info) != 0) return -1;
  return S_ISDIR(info.st_mode) ? rmdir(path) : unlink(path);
}
int link(const char* from, const char* to) noexcept {
  const auto make = [](const char* path, const char* other, mode_t) {
    return ::syscall(SYS_linkat, AT_FDCWD, other, AT_FDCWD, path, 0);
  };
  return Link(to, false, make, from, 0);
}
int mkdir(const char* path, mode_t mode) noexcept {
  const auto make = [](const char* made, const char*, mode_t how) {
    return ::syscall(SYS_mkdirat, AT_FDCWD, made, how);
  };
  return Link(path, true, make, nullptr, mode);
}

/// Names of threads are files in /proc, and what is in there of a process makes its end slow: more
/// than half of the time of a life.
int pthread_setname_np(pthread_t, const char*) noexcept { return 0; }

/// Incarnations and the like: those of the seed.
ssize_t getrandom(void* bytes, size_t size, unsigned int flags) {
  if (FaultDisk::Active() == nullptr) return ::syscall(SYS_getrandom, bytes, size, flags);
  for (size_t i = 0; i < size; ++i) {
    static_cast<unsigned char*>(bytes)[i] =
        static_cast<unsigned char>(weir::simulation::NextRandom());
  }
  return static_cast<ssize_t>(size);
}
// NOLINTEND(readability-identifier-naming)

}  // extern "C"

/// Of the standard library, for the same reason.
std::random_device::result_type std::random_device::_M_getval() {
  return static_cast<result_type>(weir::simulation::NextRandom());
}
