#include "runtime/connectors/file/part_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

/// So much is written before the disk has to have what came before it: else the end of a large file
/// would wait minutes for all of it.
constexpr int64_t kPartWriteBack = 32 << 20;

bool IsFull(const Status& status) { return status.code() == StatusCode::kResourceExhausted; }

class PartBytes final : public ByteWriter {
 public:
  explicit PartBytes(std::shared_ptr<PartFile> part) : part_(std::move(part)) {}
  Status Write(std::string_view bytes) override { return part_->Write(bytes); }
  Status EndFrame() override { return Status::Ok(); }
  int64_t size() const override { return part_->size(); }
  Status Finish() override { return part_->Finish(); }

 private:
  std::shared_ptr<PartFile> part_;
};

}  // namespace

Result<std::shared_ptr<PartFile>> PartFile::Create(const std::string& path) {
  auto part = std::make_shared<PartFile>(path);
  const Status opened = part->Open();
  if (!opened.ok() && !IsFull(opened)) return opened;
  return part;
}

PartFile::~PartFile() {
  if (file_ >= 0) ::close(file_);
}

Status PartFile::Open() {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file_ < 0) return FileError("write", path_, errno);
  created_ = true;
  return Status::Ok();
}

Status PartFile::WriteSome(std::string_view& bytes) {
  if (!created_) WEIR_TRY(Open());
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path_, errno);
    bytes.remove_prefix(static_cast<size_t>(written));
    written_ += written;
  }
  if (written_ - started_ >= kPartWriteBack) WriteBack();
  return Status::Ok();
}

/// Starts writing what is new, and waits for what was started before. Only a hint: an error shows
/// itself when the file is synced.
void PartFile::WriteBack() {
  ::sync_file_range(file_, started_, written_ - started_, SYNC_FILE_RANGE_WRITE);
  if (started_ > 0) {
    ::sync_file_range(file_, 0, started_, SYNC_FILE_RANGE_WAIT_BEFORE);
  }
  started_ = written_;
}

Status PartFile::Write(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Status status;
  if (kept_.empty()) status = WriteSome(bytes);
  if (!status.ok() && !IsFull(status)) return status;
  kept_.append(bytes);
  return Status::Ok();
}

Status PartFile::SettleLocked() {
  if (kept_.empty() && created_) return Status::Ok();
  std::string_view rest = kept_;
  const Status status = WriteSome(rest);
  kept_.erase(0, kept_.size() - rest.size());
  if (kept_.empty()) kept_.shrink_to_fit();
  return status;
}

Status PartFile::Settle() {
  const std::lock_guard lock(mutex_);
  WEIR_TRY(SettleLocked());
  return finished_ ? Close() : Status::Ok();
}

Status PartFile::Close() {
  if (file_ < 0) return Status::Ok();
  const int closed = ::close(file_);
  file_ = -1;
  return closed == 0 ? Status::Ok() : FileError("close", path_, errno);
}

Status PartFile::Finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  return kept_.empty() && created_ ? Close() : Status::Ok();
}

int64_t PartFile::size() const {
  const std::lock_guard lock(mutex_);
  return written_ + static_cast<int64_t>(kept_.size());
}

int64_t PartFile::kept() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(kept_.size());
}

std::unique_ptr<ByteWriter> WriteInto(std::shared_ptr<PartFile> part,
                                      std::string_view compression) {
  return PackedWriter(std::make_unique<PartBytes>(std::move(part)), compression);
}

}  // namespace weir
