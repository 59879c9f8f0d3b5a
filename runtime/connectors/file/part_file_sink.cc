#include "runtime/connectors/file/part_file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "runtime/connectors/file/byte_writer.h"
#include "runtime/connectors/file/file_paths.h"
#include "runtime/format/encoder.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr size_t kWriteBytes = 256 * 1024;
/// A unit never grows beyond this, whatever `batch` says.
constexpr int64_t kMostUnitBytes = 128 << 20;

class PartFileWriter final : public SinkWriter {
 public:
  PartFileWriter(const FileSinkSettings& settings, uint32_t lane, std::unique_ptr<Encoder> encoder)
      : settings_(settings),
        encoder_(std::move(encoder)),
        stem_(fmt::format("part-{}-{}-", settings.incarnation, lane)) {}

  Status Open() override {
    // Units that were not delivered are not part of any commit; numbering goes on after the others.
    std::error_code error;
    std::vector<fs::path> unfinished;
    for (fs::directory_iterator it(settings_.path, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      if (name.starts_with("." + stem_)) unfinished.push_back(it->path());
      if (!name.starts_with(stem_)) continue;
      uint64_t unit = 0;
      const char* digits = name.data() + stem_.size();
      std::from_chars(digits, name.data() + name.size(), unit);
      unit_ = std::max(unit_, unit + 1);
    }
    if (error) return FileError("read folder", settings_.path, error.value());
    for (const fs::path& path : unfinished) fs::remove(path, error);
    return Status::Ok();
  }

  Status Append(const RecordBatch& batch) override {
    if (batch.empty()) return Status::Ok();
    if (file_ == nullptr) WEIR_TRY(StartUnit());
    const size_t before = buffer_.size();
    encoder_->Append(batch, buffer_);
    unit_bytes_ += static_cast<int64_t>(buffer_.size() - before);
    unit_rows_ += batch.num_rows();
    if (buffer_.size() >= kWriteBytes) WEIR_TRY(WriteBuffer());
    if (unit_bytes_ >= kMostUnitBytes || IsFull()) return EndUnit();
    return Status::Ok();
  }

  Status Freeze() override {
    if (file_ == nullptr) return Status::Ok();
    const bool batched =
        settings_.batch_rows > 0 || settings_.batch_bytes > 0 || settings_.batch_time > 0;
    return batched && !IsDue(settings_.clock->Now()) ? WriteBuffer() : EndUnit();
  }

  Status Deliver(std::vector<RefusedRow>& refused) override {
    (void)refused;
    if (frozen_.empty()) return Status::Ok();
    for (const std::string& name : frozen_) {
      std::error_code error;
      fs::rename(Hidden(name), settings_.path + "/" + name, error);
      if (error) return FileError("rename to", settings_.path + "/" + name, error.value());
    }
    frozen_.clear();
    return SyncFolder(settings_.path);
  }

  Status Tick(Micros now) override {
    return file_ != nullptr && settings_.batch_time > 0 && IsDue(now) ? EndUnit() : Status::Ok();
  }

  Status Close() override {
    if (file_ != nullptr) WEIR_TRY(EndUnit());
    std::vector<RefusedRow> none;
    return Deliver(none);
  }

 private:
  std::string Hidden(const std::string& name) const {
    return settings_.path + "/." + name + ".tmp";
  }
  bool IsFull() const {
    return (settings_.batch_rows > 0 && unit_rows_ >= settings_.batch_rows) ||
           (settings_.batch_bytes > 0 && unit_bytes_ >= settings_.batch_bytes);
  }
  bool IsDue(Micros now) const {
    return IsFull() || (settings_.batch_time > 0 && now - unit_start_ >= settings_.batch_time);
  }

  Status StartUnit() {
    name_ = fmt::format("{}{:06}.{}{}", stem_, unit_++, encoder_->file_suffix(),
                        CompressionSuffix(settings_.compression));
    WEIR_ASSIGN(file_, OpenByteWriter(Hidden(name_), settings_.compression));
    unit_rows_ = unit_bytes_ = 0;
    unit_start_ = settings_.clock->Now();
    encoder_->AppendHeader(buffer_);
    return Status::Ok();
  }

  Status WriteBuffer() {
    WEIR_TRY(file_->Write(buffer_));
    buffer_.clear();
    return Status::Ok();
  }

  Status EndUnit() {
    WEIR_TRY(WriteBuffer());
    WEIR_TRY(file_->Finish());
    file_ = nullptr;
    frozen_.push_back(name_);
    return Status::Ok();
  }

  const FileSinkSettings& settings_;
  std::unique_ptr<Encoder> encoder_;
  std::string stem_;
  std::string buffer_;
  uint64_t unit_ = 0;
  std::string name_;  ///< of the unit being written
  std::unique_ptr<ByteWriter> file_;
  int64_t unit_rows_ = 0, unit_bytes_ = 0;
  Micros unit_start_ = 0;
  std::vector<std::string> frozen_;  ///< durable, not yet visible
};

}  // namespace

Result<FileSinkSettings> FileSinkSettings::From(const SinkRequest& request) {
  FileSinkSettings settings;
  WEIR_ASSIGN(settings.path, OutputPath(*request.options, request.name));
  while (settings.path.size() > 1 && settings.path.ends_with('/')) settings.path.pop_back();
  settings.format = FileFormat(*request.options, request.format, settings.path);
  settings.compression = request.options->GetString("compression", "none");
  if (request.format_options != nullptr) settings.format_options = *request.format_options;
  settings.schema = request.schema;
  settings.key = request.key;
  settings.upsert = request.upsert;
  settings.batch_rows = request.batch_rows;
  settings.batch_bytes = request.batch_bytes;
  settings.batch_time = request.batch_time;
  settings.resumable = request.resumable;
  settings.clock = request.clock == nullptr ? &SystemClock::Instance() : request.clock;
  settings.incarnation = request.incarnation.empty() ? fmt::format("{:x}", settings.clock->Now())
                                                     : request.incarnation;
  return settings;
}

Status PrepareFolder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return FileError("make folder", folder, error.value());
  const std::string probe = fmt::format("{}/.weir-probe-{}", folder, ::getpid());
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return FileError("write into folder", folder, errno);
  ::close(file);
  ::unlink(probe.c_str());
  return Status::Ok();
}

Status PartFileSink::Open() {
  WEIR_TRY(PrepareFolder(settings_.path));
  WEIR_TRY(claim_.Take(settings_.path));
  RemoveAbandonedParts(settings_.path);
  if (settings_.resumable) return Status::Ok();
  return lease_.Take(settings_.path, settings_.incarnation);
}

Result<std::unique_ptr<SinkWriter>> PartFileSink::MakeWriter(uint32_t worker) {
  EncodeRequest request{settings_.schema, settings_.key, settings_.upsert,
                        FormatOptions::From(settings_.format_options)};
  WEIR_ASSIGN(std::unique_ptr<Encoder> encoder, MakeEncoder(settings_.format, std::move(request)));
  return std::unique_ptr<SinkWriter>(new PartFileWriter(settings_, worker, std::move(encoder)));
}

}  // namespace weir
