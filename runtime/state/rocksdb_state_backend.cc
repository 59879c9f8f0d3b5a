#include "runtime/state/rocksdb_state_backend.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/utilities/checkpoint.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <utility>

#include "runtime/base/durable_files.h"
#include "runtime/base/kill_point.h"
#include "runtime/base/log.h"
#include "runtime/state/epoch_mark.h"
#include "runtime/state/name_table.h"
#include "runtime/state/rocksdb_keys.h"
#include "runtime/state/rocksdb_status.h"
#include "runtime/state/rocksdb_store.h"
#include "runtime/state/sorted_changes.h"
#include "runtime/state/sst_commit.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargeCommit = 32 * 1024 * 1024;
/// What must be free before a store whose disk was full is opened again.
constexpr off_t kRoomToResume = 4 * 1024 * 1024;

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ViewOf(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

/// A write batch with the interface of SstCommit.
struct BatchCommit {
  rocksdb::Status Put(std::string_view key, std::string_view value) {
    return batch.Put(SliceOf(key), SliceOf(value));
  }
  rocksdb::Status Delete(std::string_view key) { return batch.Delete(SliceOf(key)); }
  rocksdb::Status DeleteRange(std::string_view begin, std::string_view end) {
    return batch.DeleteRange(SliceOf(begin), SliceOf(end));
  }
  rocksdb::Status Cut() { return rocksdb::Status::OK(); }

  rocksdb::WriteBatch batch;
};

class RocksDbStateBackend final : public DurableStateBackend {
 public:
  RocksDbStateBackend(std::string folder, const RocksDbStateOptions& options,
                      std::unique_ptr<rocksdb::DB> db)
      : folder_(std::move(folder)),
        clock_(options.clock == nullptr ? SystemClock::Instance() : *options.clock),
        options_(options),
        db_(std::move(db)) {}

  /// Reads what is kept in memory; `acknowledged` is what the epoch mark said.
  Status Load(uint64_t acknowledged);
  Status OpenMark() { return mark_.Open(MarkFile(folder_)); }
  static std::string MarkFile(const std::string& folder) { return folder + "/last_epoch"; }

  Status Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) override;
  uint64_t last_epoch() const override {
    const std::shared_lock lock(history_mutex_);
    return history_.last_epoch();
  }
  std::vector<CommitRecord> Commits() const override {
    const std::shared_lock lock(history_mutex_);
    return history_.records();
  }

  Result<std::optional<std::string>> Get(std::string_view operator_name, std::string_view slot,
                                         uint32_t key_group, std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> MultiGet(
      std::string_view operator_name, std::string_view slot,
      const std::vector<StateKey>& keys) const override;
  Status ScanFrom(std::string_view operator_name, std::string_view slot, uint32_t key_group,
                  std::string_view from, const Visit& visit) const override;
  std::vector<std::string> Operators() const override;
  std::vector<std::string> Slots(std::string_view operator_name) const override;

  Result<CommitRecord> CopyTo(const std::string& to,
                              const std::function<Status(const CommitRecord&)>& at_commit) override;
  Status Verify() const override {
    const std::shared_lock lock(db_mutex_);
    WEIR_TRY(Usable());
    return StatusFromRocksDb(db_->VerifyChecksum(), "verifying the state in " + folder_);
  }
  uint64_t DiskBytes() const override;

 private:
  /// (operator, slot) -> the changes of all its instances, in the order of the store.
  using Grouped = std::map<std::pair<uint32_t, uint32_t>, std::vector<const SlotChanges*>>;

  Grouped Group(const std::vector<StateDelta>& deltas);
  template <typename Writer>
  rocksdb::Status Fill(Writer& writer, const Grouped& grouped, CommitRecord record,
                       CommitHistory& history);
  Status LoadHistory(CommitHistory& history) const;
  Status LoadNames();
  Status OpenAgain();
  Status FindRoom() const;
  Status Usable() const;
  std::optional<std::string> PrefixOf(std::string_view operator_name, std::string_view slot) const;
  bool HasEntries(const std::string& prefix) const;
  std::string Doing(std::string_view what) const { return fmt::format("{} {}", what, folder_); }

  const std::string folder_;
  const Clock& clock_;
  const RocksDbStateOptions options_;
  mutable std::shared_mutex db_mutex_;  ///< exclusive while it is opened again
  std::unique_ptr<rocksdb::DB> db_;     ///< null: opening it again failed
  NameTable names_;

  std::mutex commit_mutex_;  ///< one commit or copy at a time
  bool failed_ = false;      ///< the last commit did; under commit_mutex_
  EpochMark mark_;           ///< under commit_mutex_

  mutable std::shared_mutex history_mutex_;
  CommitHistory history_;
};

Status RocksDbStateBackend::Load(uint64_t acknowledged) {
  WEIR_TRY(LoadHistory(history_));
  WEIR_TRY(LoadNames());
  if (history_.last_epoch() < acknowledged) {
    return DataLossError(
        "the state in {} ends with commit {}, but commit {} was completed: the newest log in "
        "{}/db is missing or cut",
        folder_, history_.last_epoch(), acknowledged, folder_);
  }
  return Status::Ok();
}

Status RocksDbStateBackend::LoadHistory(CommitHistory& history) const {
  std::string bytes;
  const rocksdb::Status found = db_->Get(rocksdb::ReadOptions(), SliceOf(kCommitsKey), &bytes);
  if (!found.IsNotFound()) WEIR_TRY(StatusFromRocksDb(found, Doing("reading the state in")));
  auto decoded = CommitHistory::Decode(bytes);
  if (!decoded) return DataLossError("the list of commits in {}/db is damaged", folder_);
  history = *std::move(decoded);
  return Status::Ok();
}

Status RocksDbStateBackend::LoadNames() {
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(rocksdb::ReadOptions()));
  const std::string prefix(1, kNamesTag);
  for (at->Seek(prefix); at->Valid() && at->key().starts_with(prefix); at->Next()) {
    const std::string_view key = ViewOf(at->key());
    if (key.size() < 2 || at->value().size() != sizeof(uint32_t)) {
      return DataLossError("the names in {}/db are damaged", folder_);
    }
    names_.Load(static_cast<NameKind>(key[1]), key.substr(2), ReadBigEndian32(ViewOf(at->value())));
  }
  return StatusFromRocksDb(at->status(), Doing("reading the state in"));
}

RocksDbStateBackend::Grouped RocksDbStateBackend::Group(const std::vector<StateDelta>& deltas) {
  Grouped grouped;
  for (const StateDelta& delta : deltas) {
    if (delta.empty()) continue;
    const uint32_t operator_id = names_.FindOrAdd(NameKind::kOperator, delta.operator_name);
    for (const SlotChanges& changes : delta.slots) {
      if (changes.size() == 0) continue;
      const uint32_t slot_id = names_.FindOrAdd(NameKind::kSlot, changes.slot());
      grouped[{operator_id, slot_id}].push_back(&changes);
    }
  }
  return grouped;
}

/// In the order of the store, which sorted files need; a write batch gains by it too. A range that
/// is deleted comes before the entries in it, which are later changes: neither in a write batch nor
/// in files does it reach what was written after it or in the same file.
template <typename Writer>
rocksdb::Status RocksDbStateBackend::Fill(Writer& writer, const Grouped& grouped,
                                          CommitRecord record, CommitHistory& history) {
  history.Add(record);
  rocksdb::Status status = writer.Put(kCommitsKey, history.Encode());
  for (const NameTable::NewName& name : names_.NewNames()) {
    if (!status.ok()) return status;
    std::string id;
    AppendBigEndian(id, name.id, 4);
    status = writer.Put(NameKey(name.kind, name.name), id);
  }
  // Few files, but not one that reaches from the record to the last entry of much.
  if (status.ok() && record.bytes > kLargeCommit) status = writer.Cut();
  for (const auto& [ids, parts] : grouped) {
    std::string key = SlotPrefix(ids.first, ids.second);
    // Sorted slot by slot, so that only one index is in memory.
    SortedChanges(parts).ForEach([&](const StateChange& change) {
      if (!status.ok()) return;
      key.resize(kSlotPrefixSize);
      AppendBigEndian(key, change.key_group, 2);
      key.append(change.key);
      if (change.prefix) {
        status = writer.DeleteRange(key, EndOfPrefix(key));
      } else {
        status = change.value ? writer.Put(key, *change.value) : writer.Delete(key);
      }
    });
  }
  return status;
}

Status RocksDbStateBackend::Commit(uint64_t epoch, const std::vector<StateDelta>& deltas) {
  const std::lock_guard lock(commit_mutex_);
  if (failed_) WEIR_TRY(OpenAgain());
  const uint64_t last = last_epoch();
  if (epoch <= last) return InternalError("commit of epoch {} after epoch {}", epoch, last);
  const Micros start = clock_.Now();
  CommitRecord record{.epoch = epoch, .time = start};
  for (const StateDelta& delta : deltas) {
    record.entries += delta.size();
    record.bytes += delta.bytes();
  }
  // An entry of a few bytes costs as much as one of some dozens.
  record.as_files = record.bytes + record.entries * kGroupPrefixSize >= options_.bulk_bytes;
  const Grouped grouped = Group(deltas);
  CommitHistory history;
  {
    const std::shared_lock history_lock(history_mutex_);
    history = history_;
  }
  rocksdb::Status status;
  if (record.as_files) {
    SstCommit files(db_.get(), folder_ + "/scratch", epoch);
    status = Fill(files, grouped, record, history);
    if (status.ok()) KillPoint::Pass("state-files-written");
    if (status.ok()) status = files.Ingest();
  } else {
    BatchCommit batch;
    status = Fill(batch, grouped, record, history);
    rocksdb::WriteOptions synced;
    synced.sync = true;
    if (status.ok()) status = db_->Write(synced, &batch.batch);
  }
  failed_ = !status.ok();
  WEIR_TRY(StatusFromRocksDb(status, fmt::format("commit {} of {}", epoch, folder_)));
  names_.ForgetNew();
  KillPoint::Pass("state-written");
  // A mark that can't be written is only behind.
  if (const Status marked = mark_.Write(epoch); !marked.ok()) LogLine(marked.message());
  history.SetLastDuration(clock_.Now() - start);
  const std::unique_lock history_lock(history_mutex_);
  history_ = std::move(history);
  return Status::Ok();
}

Status RocksDbStateBackend::Usable() const {
  if (db_ != nullptr) return Status::Ok();
  return UnavailableError("the state in {} is closed after a failed commit until one succeeds",
                          folder_);
}

/// While a disk is full the store stays open, for reading.
Status RocksDbStateBackend::FindRoom() const {
  const std::string probe = folder_ + "/scratch/room";
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const int error = file < 0 ? errno : ::posix_fallocate(file, 0, kRoomToResume);
  if (file >= 0) ::close(file);
  ::unlink(probe.c_str());
  if (error == 0 || error == EOPNOTSUPP) return Status::Ok();
  return ResourceExhaustedError("no room for the state in {}: {}", folder_,
                                std::generic_category().message(error));
}

/// Makes the store writable again after a failed commit. Not by DB::Resume: the log that could not
/// be written is still in use then, and RocksDB 7.8 ends the process when it touches it again.
/// Opening replays the log, whose end may be that commit, whole or in part.
Status RocksDbStateBackend::OpenAgain() {
  WEIR_TRY(FindRoom());
  const std::unique_lock lock(db_mutex_);
  db_.reset();
  WEIR_ASSIGN(db_, OpenStoreForWriting(folder_, options_));
  CommitHistory stored;
  WEIR_TRY(LoadHistory(stored));
  if (stored.last_epoch() < last_epoch()) {
    return DataLossError("the state in {} ends with commit {}, but commit {} was completed",
                         folder_, stored.last_epoch(), last_epoch());
  }
  if (stored.last_epoch() > last_epoch()) {
    // The next one has its changes, too: what it left is written again or deleted.
    LogLine(fmt::format("commit {} of {} was reported as failed but is there; it counts",
                        stored.last_epoch(), folder_));
    const std::unique_lock history_lock(history_mutex_);
    history_ = std::move(stored);
  }
  failed_ = false;
  return Status::Ok();
}

std::optional<std::string> RocksDbStateBackend::PrefixOf(std::string_view operator_name,
                                                         std::string_view slot) const {
  const auto operator_id = names_.Find(NameKind::kOperator, operator_name);
  const auto slot_id = names_.Find(NameKind::kSlot, slot);
  if (!operator_id || !slot_id) return std::nullopt;
  return SlotPrefix(*operator_id, *slot_id);
}

Result<std::optional<std::string>> RocksDbStateBackend::Get(std::string_view operator_name,
                                                            std::string_view slot,
                                                            uint32_t key_group,
                                                            std::string_view key) const {
  std::optional<std::string> full = PrefixOf(operator_name, slot);
  if (!full) return std::optional<std::string>();
  const std::shared_lock lock(db_mutex_);
  WEIR_TRY(Usable());
  AppendBigEndian(*full, key_group, 2);
  full->append(key);
  std::string value;
  const rocksdb::Status found = db_->Get(rocksdb::ReadOptions(), *full, &value);
  if (found.IsNotFound()) return std::optional<std::string>();
  WEIR_TRY(StatusFromRocksDb(found, Doing("reading the state in")));
  return std::optional<std::string>(std::move(value));
}

Result<std::vector<std::optional<std::string>>> RocksDbStateBackend::MultiGet(
    std::string_view operator_name, std::string_view slot,
    const std::vector<StateKey>& keys) const {
  std::vector<std::optional<std::string>> values(keys.size());
  const std::optional<std::string> prefix = PrefixOf(operator_name, slot);
  if (!prefix || keys.empty()) return values;
  const std::shared_lock lock(db_mutex_);
  WEIR_TRY(Usable());
  std::vector<std::string> full(keys.size(), *prefix);
  std::vector<rocksdb::Slice> slices(keys.size());
  bool sorted = true;
  for (size_t i = 0; i < keys.size(); ++i) {
    AppendBigEndian(full[i], keys[i].key_group, 2);
    full[i].append(keys[i].key);
    slices[i] = full[i];
    sorted = sorted && (i == 0 || full[i - 1] <= full[i]);
  }
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(rocksdb::ReadOptions(), db_->DefaultColumnFamily(), keys.size(), slices.data(),
                found.data(), statuses.data(), sorted);
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    WEIR_TRY(StatusFromRocksDb(statuses[i], Doing("reading the state in")));
    values[i].emplace(found[i].data(), found[i].size());
  }
  return values;
}

Status RocksDbStateBackend::ScanFrom(std::string_view operator_name, std::string_view slot,
                                     uint32_t key_group, std::string_view from,
                                     const Visit& visit) const {
  std::optional<std::string> prefix = PrefixOf(operator_name, slot);
  if (!prefix) return Status::Ok();
  const std::shared_lock lock(db_mutex_);
  WEIR_TRY(Usable());
  AppendBigEndian(*prefix, key_group, 2);
  const std::string end = EndOfPrefix(*prefix);
  prefix->append(from);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  options.fill_cache = false;  // read once, at a restore
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options));
  for (at->Seek(*prefix); at->Valid(); at->Next()) {
    WEIR_TRY(visit(ViewOf(at->key()).substr(kGroupPrefixSize), ViewOf(at->value())));
  }
  return StatusFromRocksDb(at->status(), Doing("reading the state in"));
}

bool RocksDbStateBackend::HasEntries(const std::string& prefix) const {
  const std::shared_lock lock(db_mutex_);
  if (db_ == nullptr) return false;
  const std::string end = EndOfPrefix(prefix);
  const rocksdb::Slice end_slice(end);
  rocksdb::ReadOptions options;
  options.iterate_upper_bound = &end_slice;
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options));
  at->Seek(prefix);
  return at->Valid();
}

std::vector<std::string> RocksDbStateBackend::Operators() const {
  std::vector<std::string> names;
  for (auto& [name, id] : names_.Names(NameKind::kOperator)) {
    if (HasEntries(OperatorPrefix(id))) names.push_back(name);
  }
  return names;
}

std::vector<std::string> RocksDbStateBackend::Slots(std::string_view operator_name) const {
  std::vector<std::string> names;
  const auto operator_id = names_.Find(NameKind::kOperator, operator_name);
  if (!operator_id) return names;
  for (auto& [name, id] : names_.Names(NameKind::kSlot)) {
    if (HasEntries(SlotPrefix(*operator_id, id))) names.push_back(name);
  }
  return names;
}

Result<CommitRecord> RocksDbStateBackend::CopyTo(
    const std::string& to, const std::function<Status(const CommitRecord&)>& at_commit) {
  const std::string doing = Doing("copying the state in");
  {
    // What takes long goes first, while commits go on.
    const std::shared_lock open(db_mutex_);
    WEIR_TRY(Usable());
    WEIR_TRY(StatusFromRocksDb(db_->Flush(rocksdb::FlushOptions()), doing));
  }
  const std::lock_guard lock(commit_mutex_);
  const std::shared_lock open(db_mutex_);  // after the other one, as a commit takes them
  WEIR_TRY(Usable());
  rocksdb::Checkpoint* made = nullptr;
  WEIR_TRY(StatusFromRocksDb(rocksdb::Checkpoint::Create(db_.get(), &made), doing));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  const std::vector<CommitRecord> commits = Commits();
  if (commits.empty()) return FailedPreconditionError("{}: nothing is committed yet", folder_);
  const std::string target = fs::absolute(to).string() + "/db";
  WEIR_TRY(StatusFromRocksDb(checkpoint->CreateCheckpoint(target), doing));
  WEIR_TRY(at_commit(commits.back()));
  return commits.back();
}

uint64_t RocksDbStateBackend::DiskBytes() const {
  uint64_t bytes = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ + "/db", error)) {
    std::error_code gone;  // while the writer works
    const uint64_t size = entry.is_regular_file(gone) ? entry.file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

}  // namespace

Result<std::unique_ptr<DurableStateBackend>> OpenRocksDbStateBackend(
    const std::string& folder, const RocksDbStateOptions& options) {
  const std::string scratch = folder + "/scratch";
  WEIR_TRY(MakeFolderDurably(scratch));
  WEIR_ASSIGN(const uint64_t acknowledged, EpochMark::Read(RocksDbStateBackend::MarkFile(folder)));
  std::error_code error;
  if (acknowledged > 0 && !fs::exists(folder + "/db", error)) {
    return DataLossError("the state in {} is gone: {}/db is missing after commit {}", folder,
                         folder, acknowledged);
  }
  WEIR_ASSIGN(auto db, OpenStoreForWriting(folder, options));
  // Only now is nobody else at work here.
  for (const auto& entry : fs::directory_iterator(scratch, error)) {
    fs::remove_all(entry.path(), error);
    if (error) return IoError("{}: {}", entry.path().string(), error.message());
  }
  if (error) return IoError("{}: {}", scratch, error.message());
  auto backend = std::make_unique<RocksDbStateBackend>(folder, options, std::move(db));
  WEIR_TRY(backend->Load(acknowledged));
  WEIR_TRY(backend->OpenMark());
  return std::unique_ptr<DurableStateBackend>(std::move(backend));
}

Result<std::unique_ptr<DurableStateBackend>> OpenRocksDbStateReader(
    const std::string& folder, const RocksDbStateOptions& options) {
  // Before the store: a commit may come in between.
  WEIR_ASSIGN(const uint64_t acknowledged, EpochMark::Read(RocksDbStateBackend::MarkFile(folder)));
  WEIR_ASSIGN(auto db, OpenStoreForReading(folder, options));
  auto backend = std::make_unique<RocksDbStateBackend>(folder, options, std::move(db));
  WEIR_TRY(backend->Load(acknowledged));
  return std::unique_ptr<DurableStateBackend>(std::move(backend));
}

}  // namespace weir
