// What is done when a topic is opened for writing: its files are brought to what the journal says.
#include <algorithm>
#include <filesystem>

#include "runtime/base/durable_files.h"
#include "runtime/base/log.h"
#include "runtime/connectors/log/log_topic.h"

#include "runtime/base/log.h"
#include "runtime/connectors/log/segment_format.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// Bytes [from, size) of a segment go to a file beside it that nothing reads.
Result<std::string> SetAside(const LogFile& segment, int64_t from, int64_t size) {
  constexpr int64_t kPiece = 1 << 20;
  std::string path = fmt::format("{}.uncommitted-{}", segment.path(), from);
  WEIR_ASSIGN(const LogFile aside, LogFile::OpenToWrite(path));
  std::string piece;
  for (int64_t at = from; at < size; at += kPiece) {
    piece.resize(static_cast<size_t>(std::min(kPiece, size - at)));
    WEIR_ASSIGN(const size_t got, segment.ReadAt(at, piece.data(), piece.size()));
    WEIR_TRY(aside.WriteAt(at - from, std::string_view(piece).substr(0, got)));
  }
  WEIR_TRY(aside.Sync());
  WEIR_TRY(FsyncFolder(fs::path(path).parent_path().string()));
  return path;
}

}  // namespace

/// A crash leaves no segment without a journal: the journal is the first file that is made.
Status LogTopic::CheckNoSegments() const {
  std::error_code error;
  std::string found;
  if (fs::exists(TopicHead::Path(folder_), error)) found = TopicHead::Path(folder_);
  for (fs::directory_iterator it(folder_, error), end; !error && it != end; it.increment(error)) {
    if (!it->is_directory(error)) continue;
    for (const auto& file : fs::directory_iterator(it->path(), error)) {
      if (file.path().extension() == ".log") found = file.path().string();
    }
  }
  if (found.empty()) return Status::Ok();
  return DataLossError(
      "log(topic: \"{}\"): {} has no journal, but there is {}: restore {} and those behind it from "
      "a copy, or delete {} to start the topic anew",
      settings_.topic, folder_, found, JournalPath(folder_, 1), folder_);
}

/// Retention deletes a journal file once no record that is kept was committed in it.
Status LogTopic::CheckFirstJournal() const {
  const auto& [number, next] = *state_.journals.begin();
  for (uint32_t i = 0; i < state_.bounds.size(); ++i) {
    if (next[i] <= state_.bounds[i].start) continue;
    return DataLossError(
        "log(topic: \"{}\"): {} is the first journal file, but those before it told of offsets {} "
        "to {} of partition {}: restore them from a copy",
        settings_.topic, JournalPath(folder_, number), state_.bounds[i].start, next[i] - 1, i);
  }
  return Status::Ok();
}

Status LogTopic::MendSegments(uint32_t partition) {
  std::error_code ignored;
  fs::create_directory(fmt::format("{}/{}", folder_, partition), ignored);
  WEIR_ASSIGN(const std::vector<uint64_t> numbers, FindSegments(folder_, partition));
  for (const uint64_t number : numbers) {
    next_file_ = std::max(next_file_, number + 1);
    const auto found = state_.segments.find({partition, number});
    if (found == state_.segments.end()) {
      WEIR_TRY(RemoveUnused(partition, number));
    } else if (found->second.end_offset <= state_.bounds[partition].start) {
      state_.segments.erase(found);
      fs::remove(SegmentPath(folder_, partition, number), ignored);
    } else {
      WEIR_TRY(MendSegment(partition, number, found->second));
    }
  }
  // Files that retention has deleted; the journal may still tell of them.
  std::erase_if(state_.segments, [&](const auto& entry) {
    return entry.first.first == partition &&
           entry.second.end_offset <= state_.bounds[partition].start;
  });
  return Status::Ok();
}

/// A file that no entry names: begun and never committed, or deleted by retention before a crash.
Status LogTopic::RemoveUnused(uint32_t partition, uint64_t number) {
  const std::string path = SegmentPath(folder_, partition, number);
  WEIR_ASSIGN(const LogFile file, LogFile::OpenToRead(path));
  WEIR_ASSIGN(const int64_t size, file.Size());
  if (size > static_cast<int64_t>(kSegmentHeaderBytes)) {
    if (!state_.guarded) {
      WEIR_ASSIGN(const std::string aside, SetAside(file, 0, size));
      LogLine(fmt::format("log {}: no entry of the journal names {}: set aside as {}",
                          settings_.topic, path, aside));
    } else {
      LogLine(fmt::format("log {}: {} without a commit removed ({} bytes)", settings_.topic, path,
                          size));
    }
  }
  std::error_code error;
  fs::remove(path, error);
  return error ? LogFileError("delete", path, error.value()) : Status::Ok();
}

Status LogTopic::MendSegment(uint32_t partition, uint64_t number, const SegmentUse& use) {
  const std::string path = SegmentPath(folder_, partition, number);
  WEIR_ASSIGN(LogFile file, LogFile::OpenToWrite(path));
  WEIR_ASSIGN(const int64_t size, file.Size());
  if (size < use.bytes) {
    LogLine(fmt::format("log {}: {} is damaged: it has {} of {} bytes; its records can't be read",
                        settings_.topic, path, size, use.bytes));
    return Status::Ok();
  }
  if (size > use.bytes) {
    std::string where = "cut off";
    if (!state_.guarded) {
      WEIR_ASSIGN(const std::string aside, SetAside(file, use.bytes, size));
      where = "set aside as " + aside;
    }
    LogLine(fmt::format("log {}: {}: {} bytes without a commit {}", settings_.topic, path,
                        size - use.bytes, where));
    WEIR_TRY(file.Truncate(use.bytes));
  }
  auto segment = std::make_unique<OpenSegment>();
  *segment = {partition, number,      std::make_shared<SegmentFile>(std::move(file), use.bytes),
              use.bytes, use.records, use.min_time};
  if (!IsFull(*segment, settings_.clock->Now())) free_.push_back(std::move(segment));
  return Status::Ok();
}

}  // namespace weir
