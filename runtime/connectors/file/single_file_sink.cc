#include "runtime/connectors/file/single_file_sink.h"

#include <filesystem>

#include "runtime/base/durable_files.h"
#include "runtime/connectors/file/file_paths.h"
#include "runtime/format/encoder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWriteBytes = 256 * 1024;

class SharedFileWriter final : public SinkWriter {
 public:
  SharedFileWriter(SingleFileSink& sink, std::unique_ptr<Encoder> encoder)
      : sink_(sink), encoder_(std::move(encoder)) {}

  Status Open() override { return Status::Ok(); }
  Status Append(const RecordBatch& batch) override {
    encoder_->Append(batch, buffer_);
    return buffer_.size() >= kWriteBytes ? HandOver() : Status::Ok();
  }
  Status Freeze(uint64_t) override { return HandOver(); }
  Status Deliver(std::vector<RefusedRow>& refused) override {
    (void)refused;
    return Status::Ok();
  }
  Status Close() override { return HandOver(); }

 private:
  Status HandOver() {
    if (buffer_.empty()) return Status::Ok();
    WEIR_TRY(sink_.Write(buffer_));
    buffer_.clear();
    return Status::Ok();
  }

  SingleFileSink& sink_;
  std::unique_ptr<Encoder> encoder_;
  std::string buffer_;
};

Result<std::unique_ptr<Encoder>> EncoderFor(const FileSinkSettings& settings) {
  return MakeEncoder(settings.format, EncodeRequest{settings.schema, settings.key, settings.upsert,
                                                    FormatOptions::From(settings.format_options)});
}

}  // namespace

std::string SingleFileSink::Unfinished() const {
  const fs::path path(settings_.path);
  return (path.parent_path() / ("." + path.filename().string() + ".tmp")).string();
}

Status SingleFileSink::Open() {
  if (settings_.resumable) {
    return InvalidArgumentError(
        "file(path: \"{}\", single: true): a single file can't be continued after a crash; leave "
        "out `single` (a folder of parts is written), or run without --state",
        settings_.path);
  }
  const fs::path path(settings_.path);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return InvalidArgumentError("file(path: \"{}\", single: true): that is a folder",
                                settings_.path);
  }
  if (path.has_parent_path()) WEIR_TRY(PrepareFolder(path.parent_path().string()));
  WEIR_TRY(claim_.Take(settings_.path));
  const Status locked = lock_.Take(Unfinished());
  if (locked.code() == StatusCode::kAlreadyExists) {
    return MakeStatus(StatusCode::kAlreadyExists,
                      "file(path: \"{}\", single: true): another run is writing it; wait for its "
                      "end or give each run its own path",
                      settings_.path);
  }
  WEIR_TRY(locked);
  WEIR_ASSIGN(file_, OpenByteWriter(Unfinished(), settings_.compression));
  WEIR_ASSIGN(const std::unique_ptr<Encoder> encoder, EncoderFor(settings_));
  std::string header;
  encoder->AppendHeader(header);
  return Write(header);
}

Result<std::unique_ptr<SinkWriter>> SingleFileSink::MakeWriter(uint32_t worker) {
  (void)worker;
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, EncoderFor(settings_));
  return std::unique_ptr<SinkWriter>(new SharedFileWriter(*this, std::move(encoder)));
}

Status SingleFileSink::Write(std::string_view lines) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (file_ == nullptr) return FailedPreconditionError("{} is closed", settings_.path);
  return file_->Write(lines);
}

Status SingleFileSink::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (file_ == nullptr) return Status::Ok();
  WEIR_TRY(file_->Finish());
  file_ = nullptr;
  WEIR_TRY(FsyncFile(Unfinished()));
  std::error_code error;
  fs::rename(Unfinished(), settings_.path, error);
  if (error) return FileError("rename to", settings_.path, error.value());
  return FsyncFolder(fs::path(settings_.path).parent_path().string());
}

SingleFileSink::~SingleFileSink() {
  if (file_ == nullptr) return;
  file_ = nullptr;
  std::error_code ignored;
  fs::remove(Unfinished(), ignored);
}

}  // namespace weir
