#include "runtime/connectors/log/log_topic.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>

#include "runtime/base/log.h"
#include "runtime/connectors/log/segment_format.h"
#include "runtime/connectors/log/topic_paths.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// A journal file gets no longer than this; the next begins with a summary.
constexpr int64_t kJournalBytes = int64_t{4} << 20;

std::mutex open_topics_mutex;
std::map<std::string, std::weak_ptr<LogTopic>>& OpenTopics() {
  static auto* topics = new std::map<std::string, std::weak_ptr<LogTopic>>();
  return *topics;
}

std::string NewTopicId() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

int64_t BytesOf(const LogUnit& unit) {
  int64_t bytes = 0;
  for (const LogExtent& extent : unit.extents) bytes += extent.end - extent.begin;
  return bytes;
}

}  // namespace

Result<std::shared_ptr<LogTopic>> LogTopic::Open(const LogTopicSettings& settings) {
  const std::string folder = TopicFolder(settings.dir, settings.topic);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return LogFileError("make folder", folder, error.value());
  const std::string key = fs::weakly_canonical(folder, error).string();
  const std::lock_guard lock(open_topics_mutex);
  std::weak_ptr<LogTopic>& known = OpenTopics()[key];
  if (std::shared_ptr<LogTopic> topic = known.lock()) {
    topic->KeepLonger(settings);
    return topic;
  }
  std::shared_ptr<LogTopic> topic(new LogTopic(settings));
  WEIR_TRY(topic->Lock());
  WEIR_TRY(topic->Load());
  known = topic;
  return topic;
}

LogTopic::LogTopic(const LogTopicSettings& settings)
    : settings_(settings), folder_(TopicFolder(settings.dir, settings.topic)) {
  if (settings_.clock == nullptr) settings_.clock = &SystemClock::Instance();
}

LogTopic::~LogTopic() {
  if (lock_ >= 0) ::close(lock_);
}

/// Two sinks of one process with different retention: neither may lose what it wants kept.
void LogTopic::KeepLonger(const LogTopicSettings& other) {
  const std::lock_guard lock(mutex_);
  const auto longer = [](auto& mine, const auto& theirs) {
    if (mine && theirs) {
      mine = std::max(*mine, *theirs);
    } else {
      mine.reset();
    }
  };
  longer(settings_.retain_time, other.retain_time);
  longer(settings_.retain_bytes, other.retain_bytes);
}

Status LogTopic::Lock() {
  const std::string path = folder_ + "/lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) return LogFileError("write", path, errno);
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return Status::Ok();
  if (errno != EWOULDBLOCK) return LogFileError("lock", path, errno);
  return FailedPreconditionError(
      "log(topic: \"{}\"): another process writes {}; one process at a time may: stop it, or give "
      "this sink another `topic` or `dir` (reading is always possible)",
      settings_.topic, folder_);
}

Status LogTopic::Create() {
  state_ = TopicState();
  state_.topic_id = NewTopicId();
  state_.bounds.resize(settings_.partitions);
  for (uint32_t i = 0; i < settings_.partitions; ++i) {
    std::error_code error;
    fs::create_directory(fmt::format("{}/{}", folder_, i), error);
    if (error) {
      return LogFileError("make folder", fmt::format("{}/{}", folder_, i), error.value());
    }
  }
  return StartJournal(1);
}

Status LogTopic::Load() {
  const std::string unfinished = folder_ + "/.journal";
  ::unlink(unfinished.c_str());
  WEIR_ASSIGN(const std::vector<uint64_t> journals, FindJournals(folder_));
  if (journals.empty()) {
    WEIR_TRY(Create());
  } else {
    JournalCursor cursor(folder_, journals.front());
    WEIR_ASSIGN(state_, ReadTopicState(folder_, cursor));
    WEIR_TRY(CutJournal(cursor));
  }
  num_partitions_ = static_cast<uint32_t>(state_.bounds.size());
  droppable_.assign(num_partitions_, 0);
  for (uint32_t i = 0; i < num_partitions_; ++i) droppable_[i] = state_.bounds[i].start;
  WEIR_TRY(AbortPrepared());
  // Also of files that are gone: a number is never used again while the journal tells of it.
  for (const auto& [key, use] : state_.segments) next_file_ = std::max(next_file_, key.second + 1);
  for (uint32_t i = 0; i < num_partitions_; ++i) WEIR_TRY(MendSegments(i));
  for (const auto& [key, use] : state_.segments) live_bytes_ += use.bytes;
  oldest_.emplace(folder_, state_.journals.begin()->first);
  return Status::Ok();
}

Status LogTopic::CutJournal(const JournalCursor& cursor) {
  journal_number_ = cursor.number();
  journal_size_ = cursor.position();
  const std::string path = JournalPath(folder_, journal_number_);
  WEIR_ASSIGN(LogFile file, LogFile::OpenToWrite(path));
  WEIR_ASSIGN(const int64_t size, file.Size());
  if (size > journal_size_) {
    LogLine(fmt::format("log {}: {} bytes of an unfinished entry cut off {}", settings_.topic,
                        size - journal_size_, path));
    WEIR_TRY(file.Truncate(journal_size_));
  }
  journal_ = std::make_shared<LogFile>(std::move(file));
  return Status::Ok();
}

/// No commit of the engine lists them: the run that prepared them is over.
Status LogTopic::AbortPrepared() {
  const std::vector<LogUnit> prepared = state_.prepared;
  std::shared_ptr<LogFile> written;
  for (const LogUnit& unit : prepared) {
    int64_t records = 0;
    for (const LogExtent& extent : unit.extents) records += extent.records;
    LogLine(fmt::format("log {}: {} records of {}/{} were written but not delivered: removed",
                        settings_.topic, records, unit.lane, unit.number));
    JournalRecord record;
    record.type = JournalType::kAbort;
    record.unit = unit;
    record.unit.extents.clear();
    WEIR_TRY(AppendToJournal(record, written));
  }
  return written == nullptr ? Status::Ok() : SyncJournal(written);
}

/// Brings the files of a partition to what the journal says.
Status LogTopic::MendSegments(uint32_t partition) {
  std::error_code ignored;
  fs::create_directory(fmt::format("{}/{}", folder_, partition), ignored);
  WEIR_ASSIGN(const std::vector<uint64_t> numbers, FindSegments(folder_, partition));
  for (const uint64_t number : numbers) {
    next_file_ = std::max(next_file_, number + 1);
    const std::string path = SegmentPath(folder_, partition, number);
    const auto found = state_.segments.find({partition, number});
    const bool used =
        found != state_.segments.end() && found->second.end_offset > state_.bounds[partition].start;
    if (!used) {
      if (found != state_.segments.end()) state_.segments.erase(found);
      fs::remove(path, ignored);
      continue;
    }
    const SegmentUse& use = found->second;
    WEIR_ASSIGN(LogFile file, LogFile::OpenToWrite(path));
    WEIR_ASSIGN(const int64_t size, file.Size());
    if (size < use.bytes) {
      LogLine(fmt::format("log {}: {} is damaged: it has {} of {} bytes; its records can't be read",
                          settings_.topic, path, size, use.bytes));
      continue;
    }
    if (size > use.bytes) {
      LogLine(fmt::format("log {}: {} bytes without a commit cut off {}", settings_.topic,
                          size - use.bytes, path));
      WEIR_TRY(file.Truncate(use.bytes));
    }
    auto segment = std::make_unique<OpenSegment>();
    *segment = {partition, number, std::move(file), use.bytes, use.records, use.min_time};
    if (!IsFull(*segment, settings_.clock->Now())) free_.push_back(std::move(segment));
  }
  // Files that retention has deleted; the journal may still tell of them.
  std::erase_if(state_.segments, [&](const auto& entry) {
    return entry.first.first == partition &&
           entry.second.end_offset <= state_.bounds[partition].start;
  });
  return Status::Ok();
}

/// Written aside and renamed: a journal file always begins with a whole start record.
Status LogTopic::StartJournal(uint64_t number) {
  JournalRecord start;
  start.type = JournalType::kStart;
  start.topic_id = state_.topic_id;
  start.bounds = state_.bounds;
  start.marks = state_.marks;
  std::string bytes = EncodeJournalRecord(start);
  for (const LogUnit& unit : state_.prepared) {
    JournalRecord prepared;
    prepared.type = JournalType::kPrepare;
    prepared.unit = unit;
    bytes += EncodeJournalRecord(prepared);
  }
  const std::string aside = folder_ + "/.journal";
  const std::string path = JournalPath(folder_, number);
  WEIR_ASSIGN(LogFile file, LogFile::OpenToWrite(aside));
  WEIR_TRY(file.Truncate(0));
  WEIR_TRY(file.WriteAt(0, bytes));
  WEIR_TRY(file.Sync());
  file.Close();
  std::error_code error;
  fs::rename(aside, path, error);
  if (error) return LogFileError("rename to", path, error.value());
  WEIR_TRY(SyncLogFolder(folder_));
  WEIR_ASSIGN(file, LogFile::OpenToWrite(path));
  journal_ = std::make_shared<LogFile>(std::move(file));
  journal_number_ = number;
  journal_size_ = static_cast<int64_t>(bytes.size());
  std::vector<int64_t> next;
  for (const PartitionBounds& one : state_.bounds) next.push_back(one.next);
  state_.journals[number] = std::move(next);
  return Status::Ok();
}

/// With the mutex held. `written`: what must be synced before the record may be relied on.
Status LogTopic::AppendToJournal(const JournalRecord& record, std::shared_ptr<LogFile>& written) {
  if (journal_size_ >= kJournalBytes) {
    WEIR_TRY(SyncJournal(journal_));
    WEIR_TRY(StartJournal(journal_number_ + 1));
  }
  const std::string bytes = EncodeJournalRecord(record);
  const Status status = journal_->WriteAt(journal_size_, bytes);
  if (!status.ok()) {
    // Readers take the rest of a record for one that is being written; the next one replaces it.
    (void)journal_->Truncate(journal_size_);
    return status;
  }
  journal_size_ += static_cast<int64_t>(bytes.size());
  written = journal_;
  return state_.Apply(record, journal_number_);
}

Status LogTopic::SyncJournal(const std::shared_ptr<LogFile>& journal) const {
  return settings_.sync ? journal->Sync() : Status::Ok();
}

bool LogTopic::IsFull(const OpenSegment& segment, Micros now) const {
  return segment.size >= settings_.segment_bytes ||
         (segment.records > 0 && now - segment.created >= settings_.segment_time);
}

Result<std::unique_ptr<OpenSegment>> LogTopic::TakeSegment(uint32_t partition) {
  const Micros now = settings_.clock->Now();
  const std::lock_guard lock(mutex_);
  std::erase_if(free_, [&](const auto& segment) { return IsFull(*segment, now); });
  for (auto it = free_.begin(); it != free_.end(); ++it) {
    if ((*it)->partition != partition) continue;
    std::unique_ptr<OpenSegment> segment = std::move(*it);
    free_.erase(it);
    taken_.insert({partition, segment->number});
    return segment;
  }
  auto segment = std::make_unique<OpenSegment>();
  segment->partition = partition;
  segment->number = next_file_++;
  segment->created = now;
  const std::string path = SegmentPath(folder_, partition, segment->number);
  WEIR_ASSIGN(segment->file, LogFile::OpenToWrite(path));
  const std::string header =
      EncodeSegmentHeader({state_.topic_id, partition, segment->number, now});
  WEIR_TRY(segment->file.WriteAt(0, header));
  segment->size = static_cast<int64_t>(header.size());
  if (settings_.sync) WEIR_TRY(SyncLogFolder(fmt::format("{}/{}", folder_, partition)));
  taken_.insert({partition, segment->number});
  return segment;
}

void LogTopic::ReturnSegment(std::unique_ptr<OpenSegment> segment) {
  const std::lock_guard lock(mutex_);
  taken_.erase({segment->partition, segment->number});
  free_.push_back(std::move(segment));
}

Status LogTopic::Prepare(const LogUnit& unit) {
  JournalRecord record;
  record.type = JournalType::kPrepare;
  record.unit = unit;
  std::shared_ptr<LogFile> written;
  {
    const std::lock_guard lock(mutex_);
    WEIR_TRY(AppendToJournal(record, written));
  }
  return SyncJournal(written);
}

uint64_t LogTopic::NextUnit(const std::string& lane) const {
  const std::lock_guard lock(mutex_);
  for (const LaneMark& mark : state_.marks) {
    if (mark.lane == lane) return mark.unit + 1;
  }
  return 1;
}

bool LogTopic::WasCommitted(const LogUnit& unit) const {
  return std::any_of(state_.marks.begin(), state_.marks.end(), [&unit](const LaneMark& mark) {
    return mark.lane == unit.lane && mark.unit >= unit.number;
  });
}

Status LogTopic::Commit(LogUnit& unit) {
  std::shared_ptr<LogFile> written;
  {
    const std::lock_guard lock(mutex_);
    written = journal_;
    if (!WasCommitted(unit)) {
      JournalRecord record;
      record.type = JournalType::kCommit;
      unit.time = settings_.clock->Now();
      std::vector<int64_t> next;
      for (const PartitionBounds& one : state_.bounds) next.push_back(one.next);
      for (LogExtent& extent : unit.extents) {
        extent.base_offset = next[extent.partition];
        next[extent.partition] += extent.records;
      }
      record.unit = unit;
      WEIR_TRY(AppendToJournal(record, written));
      live_bytes_ += BytesOf(unit);
    }
  }
  return SyncJournal(written);
}

}  // namespace weir
