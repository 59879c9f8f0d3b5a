#include "runtime/base/durable_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace weir {
namespace {

namespace fs = std::filesystem;

bool IsFull(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

Status DurableFileError(const std::string& file, int error) {
  if (IsFull(error)) {
    return ResourceExhaustedError("{}: {}", file, std::strerror(error));
  }
  return IoError("{}: {}", file, std::strerror(error));
}

Status Sync(const std::string& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return DurableFileError(path, errno);
  const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  // Some file systems can't sync a folder, nor devices themselves; they don't need it either.
  return failed == 0 || failed == EINVAL ? Status::Ok() : SyncError(path, failed);
}

std::string ParentOf(const std::string& path) {
  const std::string parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

Status WriteAndSync(const std::string& file, std::string_view content) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return DurableFileError(file, errno);
  int failed = 0;
  while (!content.empty() && failed == 0) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written >= 0) {
      content.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      failed = errno;
    }
  }
  const int unsynced = failed == 0 && ::fsync(descriptor) != 0 ? errno : 0;
  ::close(descriptor);
  if (failed != 0) return DurableFileError(file, failed);
  return unsynced == 0 ? Status::Ok() : SyncError(file, unsynced);
}

}  // namespace

Status SyncError(const std::string& path, int error) {
  if (IsFull(error)) return DurableFileError(path, error);
  return DataLossError(
      "{}: the disk did not keep what was written ({}); a start from the last checkpoint writes it "
      "again",
      path, std::strerror(error));
}

Status FsyncFolder(const std::string& folder) {
  return Sync(folder.empty() ? "." : folder, O_DIRECTORY);
}

Status FsyncFile(const std::string& file) { return Sync(file, 0); }

Status RenameDurably(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return DurableFileError(to, errno);
  return FsyncFolder(ParentOf(to));
}

Status WriteFileDurably(const std::string& file, std::string_view content) {
  const std::string aside = file + ".new";
  WEIR_TRY(WriteAndSync(aside, content));
  return RenameDurably(aside, file);
}

Status MakeFolderDurably(const std::string& folder) {
  std::error_code error;
  const std::string parent = ParentOf(folder);
  if (fs::is_directory(folder, error)) {
    // A process that was killed may have made it and not come to the sync. Whose parent can't be
    // opened is not ours.
    const Status synced = FsyncFolder(parent);
    return synced.code() == StatusCode::kDataLoss ? synced : Status::Ok();
  }
  WEIR_TRY(MakeFolderDurably(parent));
  if (!fs::create_directory(folder, error) && error) {
    return DurableFileError(folder, error.value());
  }
  return FsyncFolder(parent);
}

}  // namespace weir
