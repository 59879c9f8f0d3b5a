#include "runtime/connectors/log/log_topic.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <random>

#include "runtime/base/check.h"
#include "runtime/base/durable_files.h"
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

uint64_t BodySum(std::string_view entry) {
  JournalHeader header;
  WEIR_CHECK(DecodeJournalHeader(entry.substr(0, kJournalHeaderBytes), header));
  return header.body_sum;
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
  WEIR_TRY(MakeFolderDurably(folder).WithContext(
      fmt::format("cannot make folder {}; check `dir`", folder)));
  std::error_code error;
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
    WEIR_TRY(CheckNoSegments());
    WEIR_TRY(Create());
    state_.guarded = true;
  } else {
    JournalCursor cursor(folder_, journals.front());
    WEIR_ASSIGN(state_, ReadTopicState(folder_, cursor));
    WEIR_TRY(CheckFirstJournal());
    WEIR_TRY(CutJournal(cursor));
    journal_sum_ = cursor.body_sum();
  }
  WEIR_TRY(SyncJournal(journal_));  // the head tells of what is on the disk
  num_partitions_ = static_cast<uint32_t>(state_.bounds.size());
  droppable_.assign(num_partitions_, 0);
  for (uint32_t i = 0; i < num_partitions_; ++i) droppable_[i] = state_.bounds[i].start;
  // Also of files that are gone: a number is never used again while the journal tells of it.
  for (const auto& [key, use] : state_.segments) next_file_ = std::max(next_file_, key.second + 1);
  oldest_.emplace(folder_, state_.journals.begin()->first);
  return Status::Ok();
}

Status LogTopic::CommitPrepared(const std::string& lane, uint64_t unit, const std::string& note) {
  const std::lock_guard lock(mutex_);
  LogUnit wanted;
  wanted.lane = lane;
  wanted.number = unit;
  if (WasCommitted(wanted)) return Status::Ok();
  for (const LogUnit& prepared : state_.prepared) {
    if (prepared.lane != lane || prepared.number != unit) continue;
    wanted = prepared;
    wanted.note = note;
    Written written;
    WEIR_TRY(AppendCommit(wanted, written));
    return SyncJournal(written.journal);
  }
  return DataLossError(
      "log {}: the last checkpoint has unit {} of {}, which the journal in {} does not know. Put "
      "the "
      "topic's folder back as it was, or go on without these rows by --accept-resend; with a new "
      "state folder and an empty topic all is read and written again",
      settings_.topic, unit, lane, folder_);
}

Status LogTopic::StartWriting() {
  const std::lock_guard lock(mutex_);
  if (writing_) return Status::Ok();
  WEIR_TRY(AbortPrepared());
  for (uint32_t i = 0; i < num_partitions_; ++i) WEIR_TRY(MendSegments(i));
  // Only now: as long as there is no head, whoever comes next sets aside what no entry names.
  WEIR_TRY(head_.Open(folder_, JournalEnd().mark, settings_.sync));
  live_bytes_ = 0;
  for (const auto& [key, use] : state_.segments) live_bytes_ += use.bytes;
  writing_ = true;
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
  // A sync that failed in an earlier run may have left pages that only look written: no later sync
  // would write them, or tell.
  std::string bytes(static_cast<size_t>(journal_size_), '\0');
  WEIR_ASSIGN(const size_t got, file.ReadAt(0, bytes.data(), bytes.size()));
  WEIR_TRY(file.WriteAt(0, std::string_view(bytes).substr(0, got)));
  journal_ = std::make_shared<LogFile>(std::move(file));
  return Status::Ok();
}

/// No commit of the engine lists them: the run that prepared them is over.
Status LogTopic::AbortPrepared() {
  const std::vector<LogUnit> prepared = state_.prepared;
  Written written;
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
  return written.journal == nullptr ? Status::Ok() : SyncJournal(written.journal);
}

/// Written aside and renamed: a journal file always begins with a whole start record.
Status LogTopic::StartJournal(uint64_t number) {
  JournalRecord start;
  start.type = JournalType::kStart;
  start.topic_id = state_.topic_id;
  start.bounds = state_.bounds;
  start.marks = state_.marks;
  std::string last = EncodeJournalRecord(start);
  std::string bytes = last;
  for (const LogUnit& unit : state_.prepared) {
    JournalRecord prepared;
    prepared.type = JournalType::kPrepare;
    prepared.unit = unit;
    last = EncodeJournalRecord(prepared);
    bytes += last;
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
  WEIR_TRY(FsyncFolder(folder_));
  WEIR_ASSIGN(file, LogFile::OpenToWrite(path));
  journal_ = std::make_shared<LogFile>(std::move(file));
  journal_number_ = number;
  journal_size_ = static_cast<int64_t>(bytes.size());
  journal_sum_ = BodySum(last);
  std::vector<int64_t> next;
  for (const PartitionBounds& one : state_.bounds) next.push_back(one.next);
  state_.journals[number] = std::move(next);
  return Status::Ok();
}

/// With the mutex held. `written`: what must be synced before the record may be relied on.
Status LogTopic::AppendToJournal(const JournalRecord& record, Written& written) {
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
  journal_sum_ = BodySum(bytes);
  WEIR_TRY(state_.Apply(record, journal_number_));
  written = JournalEnd();
  return Status::Ok();
}

LogTopic::Written LogTopic::JournalEnd() const {
  return {journal_,
          {state_.topic_id, journal_number_, journal_size_, journal_sum_, state_.Records()}};
}

Status LogTopic::SyncJournal(const std::shared_ptr<LogFile>& journal) const {
  return settings_.sync ? journal->Sync() : Status::Ok();
}

Status LogTopic::Secure(const Written& written) {
  WEIR_TRY(SyncJournal(written.journal));
  const std::lock_guard lock(head_mutex_);
  return head_.Advance(written.mark, settings_.sync);
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
  const std::string header =
      EncodeSegmentHeader({state_.topic_id, partition, segment->number, now});
  WEIR_ASSIGN(segment->file, SegmentFile::Create(SegmentPath(folder_, partition, segment->number),
                                                 header, settings_.sync));
  segment->size = static_cast<int64_t>(header.size());
  taken_.insert({partition, segment->number});
  return segment;
}

void LogTopic::ReturnSegment(std::unique_ptr<OpenSegment> segment) {
  const std::lock_guard lock(mutex_);
  taken_.erase({segment->partition, segment->number});
  free_.push_back(std::move(segment));
}

Status LogTopic::Prepare(std::span<const LogUnit> units) {
  if (units.empty()) return Status::Ok();
  Written written;
  {
    const std::lock_guard lock(mutex_);
    for (const LogUnit& unit : units) {
      JournalRecord record;
      record.type = JournalType::kPrepare;
      record.unit = unit;
      WEIR_TRY(AppendToJournal(record, written));
    }
  }
  return SyncJournal(written.journal);
}

std::vector<LaneMark> LogTopic::Marks(const std::string& prefix) const {
  const std::lock_guard lock(mutex_);
  std::vector<LaneMark> marks;
  for (const LaneMark& mark : state_.marks) {
    if (mark.lane.starts_with(prefix)) marks.push_back(mark);
  }
  return marks;
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

Status LogTopic::AppendCommit(LogUnit& unit, Written& written) {
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
  return Status::Ok();
}

Status LogTopic::Commit(std::span<LogUnit> units) {
  Written written;
  {
    const std::lock_guard lock(mutex_);
    written = JournalEnd();
    for (LogUnit& unit : units) {
      if (!WasCommitted(unit)) WEIR_TRY(AppendCommit(unit, written));
    }
  }
  return Secure(written);
}

}  // namespace weir
