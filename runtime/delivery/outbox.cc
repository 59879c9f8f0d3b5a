#include "runtime/delivery/outbox.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "runtime/base/durable_files.h"
#include "runtime/base/take_number.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".chunks";

Status OutboxError(std::string_view action, const std::string& path, int error) {
  const StatusCode code = error == ENOSPC || error == EDQUOT || error == EFBIG
                              ? StatusCode::kResourceExhausted
                              : StatusCode::kIoError;
  return MakeStatus(code, "cannot {} {}: {}", action, path, std::generic_category().message(error));
}

uint64_t SumOf(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

}  // namespace

std::string OutboxChunk::ToText() const {
  return fmt::format("{} {} {} {}", file, offset, size, sum);
}

Result<OutboxChunk> OutboxChunk::FromText(std::string_view& text) {
  OutboxChunk chunk;
  const std::string_view given = text;
  if (TakeNumber(text, chunk.file) && TakeNumber(text, chunk.offset) &&
      TakeNumber(text, chunk.size) && TakeNumber(text, chunk.sum)) {
    return chunk;
  }
  return DataLossError("\"{}\" is no place in an outbox", given);
}

Outbox::Outbox(std::string folder, int64_t file_bytes)
    : folder_(std::move(folder)), file_bytes_(file_bytes) {}

Outbox::~Outbox() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string Outbox::PathOf(uint64_t file) const {
  return fmt::format("{}/{:010}{}", folder_, file, kSuffix);
}

Status Outbox::Open() {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) return OutboxError("make folder", folder_, error.value());
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    uint64_t number = 0;
    if (!name.ends_with(kSuffix)) continue;
    if (std::from_chars(name.data(), name.data() + name.size(), number).ec != std::errc()) continue;
    files_[number].size = static_cast<int64_t>(it->file_size(error));
  }
  return error ? OutboxError("read folder", folder_, error.value()) : Status::Ok();
}

/// Numbers go on behind those of earlier runs, so that a name never means two files.
Status Outbox::StartFile() {
  if (unsynced_ && ::fdatasync(descriptor_) != 0) return SyncError(PathOf(current_), errno);
  if (descriptor_ >= 0) ::close(descriptor_);
  const uint64_t before = std::exchange(current_, 0);
  descriptor_ = -1;
  if (before != 0) RemoveIfDone(before);
  const uint64_t number =
      files_.empty() ? before + 1 : std::max(before, files_.rbegin()->first) + 1;
  current_ = number;
  files_[number] = File();
  unsynced_ = false;
  unnamed_ = true;
  const Status made = CreateFile();
  return made.code() == StatusCode::kResourceExhausted ? Status::Ok() : made;
}

Status Outbox::CreateFile() {
  const std::string path = PathOf(current_);
  descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  return descriptor_ < 0 ? OutboxError("write", path, errno) : Status::Ok();
}

Status Outbox::WriteAt(int64_t offset, std::string_view bytes) {
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = ::pwrite(descriptor_, bytes.data() + written, bytes.size() - written,
                                   static_cast<off_t>(offset + static_cast<int64_t>(written)));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return OutboxError("write", PathOf(current_), errno);
    written += static_cast<size_t>(count);
  }
  return Status::Ok();
}

/// What the disk had no room for, in order. ResourceExhausted: it still has none.
Status Outbox::WriteUnwritten() {
  if (current_ != 0 && descriptor_ < 0) WEIR_TRY(CreateFile());
  while (!unwritten_.empty()) {
    WEIR_TRY(WriteAt(unwritten_.front().offset, unwritten_.front().bytes));
    unwritten_.pop_front();
  }
  return Status::Ok();
}

Result<OutboxChunk> Outbox::Append(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  const bool is_full = current_ != 0 && files_[current_].size >= file_bytes_;
  if (current_ == 0 || (is_full && unwritten_.empty())) WEIR_TRY(StartFile());
  File& file = files_[current_];
  OutboxChunk chunk{current_, file.size, static_cast<int64_t>(bytes.size()), SumOf(bytes)};
  bool waits = descriptor_ < 0 || !unwritten_.empty();
  if (!waits) {
    const Status written = WriteAt(chunk.offset, bytes);
    waits = written.code() == StatusCode::kResourceExhausted;
    if (!waits) WEIR_TRY(written);
  }
  if (waits) unwritten_.push_back({chunk.offset, std::string(bytes)});
  file.size += chunk.size;
  ++file.chunks;
  waiting_bytes_ += chunk.size;
  unsynced_ = true;
  return chunk;
}

Status Outbox::Sync() {
  int copy = -1;
  bool names = false;
  std::string path;
  {
    const std::lock_guard lock(mutex_);
    if (!unsynced_) return Status::Ok();
    WEIR_TRY(WriteUnwritten());
    path = PathOf(current_);
    // Appending goes on meanwhile.
    copy = ::dup(descriptor_);
    if (copy < 0) return OutboxError("sync", path, errno);
    unsynced_ = false;
    names = std::exchange(unnamed_, false);
  }
  Status status;
  if (::fdatasync(copy) != 0) status = SyncError(path, errno);
  ::close(copy);
  if (status.ok() && names) status = FsyncFolder(folder_);
  if (status.ok()) return status;
  const std::lock_guard lock(mutex_);
  unsynced_ = true;
  unnamed_ |= names;
  return status;
}

Result<std::string> Outbox::Read(const OutboxChunk& chunk) const {
  const std::string path = PathOf(chunk.file);
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return DataLossError("{} is gone: it holds rows that are not delivered yet ({})", path,
                         std::generic_category().message(errno));
  }
  std::string bytes(static_cast<size_t>(chunk.size), '\0');
  size_t read = 0;
  while (read < bytes.size()) {
    const ssize_t count = ::pread(file, bytes.data() + read, bytes.size() - read,
                                  static_cast<off_t>(chunk.offset + static_cast<int64_t>(read)));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    read += static_cast<size_t>(count);
  }
  ::close(file);
  if (read == bytes.size() && SumOf(bytes) == chunk.sum) return bytes;
  return DataLossError("{} is damaged: bytes {} to {} hold rows that are not delivered yet", path,
                       chunk.offset, chunk.offset + chunk.size);
}

void Outbox::RemoveIfDone(uint64_t file) {
  const auto found = files_.find(file);
  if (pins_ > 0 || file == current_ || found == files_.end() || found->second.chunks > 0) return;
  ::unlink(PathOf(file).c_str());
  files_.erase(found);
}

void Outbox::Release(const OutboxChunk& chunk) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(chunk.file);
  if (found == files_.end()) return;
  --found->second.chunks;
  waiting_bytes_ -= chunk.size;
  RemoveIfDone(chunk.file);
}

void Outbox::Keep(const OutboxChunk& chunk) {
  const std::lock_guard lock(mutex_);
  ++files_[chunk.file].chunks;
  waiting_bytes_ += chunk.size;
}

Status Outbox::RemoveUnlisted() {
  const std::lock_guard lock(mutex_);
  listed_ = true;
  for (auto it = files_.begin(); it != files_.end();) {
    const uint64_t file = (it++)->first;
    RemoveIfDone(file);
  }
  return Status::Ok();
}

std::vector<std::string> Outbox::Pin() {
  const std::lock_guard lock(mutex_);
  ++pins_;
  std::vector<std::string> paths;
  for (const auto& [number, file] : files_) {
    if (file.chunks > 0 || !listed_) paths.push_back(PathOf(number));
  }
  return paths;
}

void Outbox::Unpin() {
  const std::lock_guard lock(mutex_);
  if (--pins_ > 0 || !listed_) return;
  for (auto it = files_.begin(); it != files_.end();) {
    const uint64_t file = (it++)->first;
    RemoveIfDone(file);
  }
}

int64_t Outbox::waiting_bytes() const {
  const std::lock_guard lock(mutex_);
  return waiting_bytes_;
}

}  // namespace weir
