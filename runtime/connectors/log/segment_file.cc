#include "runtime/connectors/log/segment_file.h"

#include <filesystem>
#include <utility>

#include "runtime/base/durable_files.h"

namespace weir {

Result<std::shared_ptr<SegmentFile>> SegmentFile::Create(std::string path, std::string_view header,
                                                         bool sync) {
  std::shared_ptr<SegmentFile> file(new SegmentFile(std::move(path), sync));
  WEIR_TRY(file->Append(header));
  return file;
}

Status SegmentFile::WriteSome(std::string_view& bytes) {
  if (!path_.empty()) {
    WEIR_ASSIGN(file_, LogFile::OpenToWrite(path_));
    if (sync_name_) WEIR_TRY(FsyncFolder(std::filesystem::path(path_).parent_path().string()));
    path_.clear();
  }
  // A part that was written counts for nothing: the next try begins where this one did.
  WEIR_TRY(file_.WriteAt(written_, bytes));
  written_ += static_cast<int64_t>(bytes.size());
  bytes = {};
  return Status::Ok();
}

Status SegmentFile::Append(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  Status status;
  if (held_.empty()) status = WriteSome(bytes);
  if (!status.ok() && status.code() != StatusCode::kResourceExhausted) return status;
  held_.append(bytes);
  return Status::Ok();
}

Status SegmentFile::Settle() {
  const std::lock_guard lock(mutex_);
  if (held_.empty()) return Status::Ok();
  std::string_view rest = held_;
  WEIR_TRY(WriteSome(rest));
  held_ = std::string();
  return Status::Ok();
}

/// Without the lock, since appending need not wait for the disk: the file is open since Settle.
Status SegmentFile::Sync() const { return file_.Sync(); }

int64_t SegmentFile::held() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int64_t>(held_.size());
}

}  // namespace weir
