#include "runtime/connectors/file/file_source.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>

#include "runtime/base/log.h"
#include "runtime/base/take_number.h"
#include "runtime/connectors/file/file_paths.h"

namespace weir {
namespace {

/// How long a followed file rests at its end before it is looked at again.
constexpr Micros kFollowPause = 50'000;
/// Files that are gone, of which a start tells.
constexpr size_t kMostMissed = 3;

/// A position is the offset of the last line that went on; reading starts after that line.
class FilePartitionReader final : public PartitionReader {
 public:
  FilePartitionReader(std::string path, LineOptions options)
      : path_(std::move(path)), options_(options) {}

  Status Open(std::string_view position) override {
    int64_t start = 0;
    if (!position.empty()) {
      const char* end = position.data() + position.size();
      const auto [stop, error] = std::from_chars(position.data(), end, start);
      if (error != std::errc() || stop != end || start < 0) {
        return DataLossError("{}: \"{}\" is no position in a file", path_, position);
      }
    }
    WEIR_ASSIGN(std::unique_ptr<ByteReader> bytes, OpenByteReader(path_));
    lines_ = std::make_unique<LineReader>(std::move(bytes), options_);
    return lines_->Open(start, /*skip_line=*/!position.empty());
  }

  Result<PollResult> Poll(size_t max_records, Micros now, RecordChunk& chunk) override {
    WEIR_ASSIGN(const bool more, lines_->Read(max_records, chunk));
    if (more) return PollResult{PollState::kData, kMinTimestamp};
    if (lines_->at_end()) return PollResult{PollState::kEnd, kMinTimestamp};
    return PollResult{PollState::kEmpty, now + kFollowPause};
  }

  std::string Position(int64_t offset) const override { return std::to_string(offset); }

  Result<int64_t> OffsetBefore(std::string_view position) const override {
    int64_t offset = -1;
    std::string_view rest = position;
    if (rest.empty() || (TakeNumber(rest, offset) && rest.empty())) return offset;
    return DataLossError("{}: \"{}\" is no position in a file", path_, position);
  }

 private:
  std::string path_;
  LineOptions options_;
  std::unique_ptr<LineReader> lines_;
};

}  // namespace

LineOptions LineOptionsFor(std::string_view format, bool csv_header, int64_t max_line) {
  LineOptions options;
  options.max_line = max_line;
  options.quoted = format == "csv";
  options.header = format == "csv" && csv_header;
  return options;
}

FileSource::FileSource(const SourceRequest& request)
    : name_(request.name),
      options_(*request.options),
      format_(request.format),
      csv_header_(request.format_options == nullptr ||
                  request.format_options->GetBool("header", true)),
      max_line_(request.max_line) {}

Status FileSource::Open() {
  WEIR_ASSIGN(files_, FindInputFiles(options_, name_));
  // Unreadable files are reported now, not in the middle of a run.
  for (const std::string& file : files_) {
    if (IsConsumedByReading(file)) {
      if (::access(file.c_str(), R_OK) != 0) return FileError("open", file, errno);
    } else {
      WEIR_TRY(OpenByteReader(file).status());
    }
  }
  format_ = FileFormat(options_, format_, files_.front());
  return Status::Ok();
}

std::optional<size_t> FileSource::FindRenamed(std::string_view known) {
  if (std::find(files_.begin(), files_.end(), known) != files_.end()) return std::nullopt;
  std::error_code error;
  const auto path = std::filesystem::weakly_canonical(known, error);
  for (size_t i = 0; !error && i < files_.size(); ++i) {
    if (known_.contains(files_[i])) continue;
    if (std::filesystem::weakly_canonical(files_[i], error) == path) return i;
  }
  if (missed_.size() < kMostMissed && missed_.emplace(known).second) {
    LogLine(fmt::format(
        "source {}: {} was read before and is not among the files of `path` now; should it be here "
        "under another name, it is read again from its beginning",
        name_, known));
  }
  return std::nullopt;
}

Result<std::unique_ptr<PartitionReader>> FileSource::MakeReader(size_t partition) {
  LineOptions lines = LineOptionsFor(format_, csv_header_, max_line_);
  lines.follow = options_.GetBool("tail");
  return std::unique_ptr<PartitionReader>(new FilePartitionReader(files_[partition], lines));
}

}  // namespace weir
