#include "runtime/state/rocksdb_store.h"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "runtime/base/durable_files.h"
#include "runtime/state/commit_record.h"
#include "runtime/state/rocksdb_keys.h"
#include "runtime/state/rocksdb_status.h"
#include "runtime/state/store_log.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

constexpr int kReadTries = 5;

/// A reader must not touch the writer's log file.
class SilentLog final : public rocksdb::Logger {
 public:
  using Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

rocksdb::CompressionType CompressionOf(StateCompression wanted) {
  rocksdb::CompressionType type = rocksdb::kNoCompression;
  if (wanted == StateCompression::kLz4) type = rocksdb::kLZ4Compression;
  if (wanted == StateCompression::kZstd) type = rocksdb::kZSTD;
  const auto supported = rocksdb::GetSupportedCompressions();
  const bool has = std::find(supported.begin(), supported.end(), type) != supported.end();
  return has ? type : rocksdb::kNoCompression;
}

rocksdb::Options StoreOptions(const RocksDbStateOptions& options) {
  rocksdb::BlockBasedTableOptions table;
  rocksdb::LRUCacheOptions cache;
  cache.capacity = options.block_cache_bytes;
  // It would ask for the size of what it has from malloc, which a program whose `new` is another
  // allocator can't tell from the rest (compiler/flowc/program_allocator.cc).
  cache.metadata_charge_policy = rocksdb::kDontChargeCacheMetadata;
  table.block_cache = rocksdb::NewLRUCache(cache);
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  // Index and filters in pieces inside the cache: memory stays bounded however large the state is.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.partition_filters = true;
  table.format_version = 5;
  table.block_size = 8 * 1024;

  rocksdb::Options result;
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  result.compression = CompressionOf(options.compression);
  result.write_buffer_size = options.write_buffer_bytes;
  result.max_write_buffer_number = 2;
  result.level_compaction_dynamic_level_bytes = true;
  result.max_background_jobs = 2;
  // A big commit brings files of its own; commits are not slowed down for a few more of them.
  result.level0_slowdown_writes_trigger = 40;
  result.level0_stop_writes_trigger = 80;
  result.max_open_files = 512;
  result.bytes_per_sync = 1024 * 1024;
  result.paranoid_checks = true;
  // The end of the log may be cut where the process died; anything else wrong in it is damage.
  result.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  // Whether and when a failed commit is tried again is the caller's business.
  result.max_bgerror_resume_count = 0;
  result.info_log_level = rocksdb::WARN_LEVEL;
  if (!options.background_work) {
    result.disable_auto_compactions = true;
    result.max_file_opening_threads = 1;
    result.stats_dump_period_sec = 0;
    result.stats_persist_period_sec = 0;
  }
  return result;
}

Status MakeStore(const std::string& folder, rocksdb::Options options) {
  const std::string unfinished = folder + "/db.new";
  std::error_code error;
  fs::remove_all(unfinished, error);
  if (error) return IoError("{}: {}", unfinished, error.message());
  const std::string doing = "making the state in " + folder;
  options.create_if_missing = true;
  options.error_if_exists = true;
  options.info_log = std::make_shared<StoreLog>(unfinished);
  rocksdb::DB* db = nullptr;
  WEIR_TRY(StatusFromRocksDb(rocksdb::DB::Open(options, unfinished, &db), doing));
  const std::unique_ptr<rocksdb::DB> owner(db);
  std::string format;
  AppendBigEndian(format, kStateFormat, 4);
  rocksdb::WriteBatch batch;
  batch.Put(rocksdb::Slice(kFormatKey.data(), kFormatKey.size()), format);
  batch.Put(rocksdb::Slice(kCommitsKey.data(), kCommitsKey.size()), CommitHistory().Encode());
  rocksdb::WriteOptions synced;
  synced.sync = true;
  WEIR_TRY(StatusFromRocksDb(db->Write(synced, &batch), doing));
  WEIR_TRY(StatusFromRocksDb(db->Close(), doing));
  return RenameDurably(unfinished, folder + "/db");
}

/// `db` is renamed into place complete, so without CURRENT something took it away.
Status CheckComplete(const std::string& folder) {
  const std::string current = folder + "/db/CURRENT";
  std::error_code error;
  if (fs::exists(current, error)) return Status::Ok();
  if (error) return IoError("{}: {}", current, error.message());
  return DataLossError("the state in {} is damaged: {} is missing", folder, current);
}

Status CheckFormat(rocksdb::DB& db, const std::string& folder) {
  std::string format;
  const rocksdb::Status found =
      db.Get(rocksdb::ReadOptions(), rocksdb::Slice(kFormatKey.data(), kFormatKey.size()), &format);
  if (found.IsNotFound() || (found.ok() && format.size() != 4)) {
    return DataLossError("{}/db is not the state of a pipeline, or its first entries are lost",
                         folder);
  }
  WEIR_TRY(StatusFromRocksDb(found, "reading the state in " + folder));
  const uint32_t version = ReadBigEndian32(format);
  if (version == kStateFormat) return Status::Ok();
  return FailedPreconditionError(
      "the state in {} has format {}, this version of flowc knows {}: use the version that wrote "
      "it or a newer one",
      folder, version, kStateFormat);
}

/// RocksDB names damaged sorted files and manifests, but not the log in which a checksum is wrong.
Status OpenFailed(const rocksdb::Status& status, const std::string& folder) {
  const Status failed = StatusFromRocksDb(status, "opening the state in " + folder);
  if (failed.code() != StatusCode::kDataLoss) return failed;
  const std::string text = status.ToString();
  if (text.find(".sst") != std::string::npos || text.find("MANIFEST") != std::string::npos) {
    return failed;
  }
  std::string logs;
  std::error_code error;
  for (fs::directory_iterator it(folder + "/db", error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() != ".log") continue;
    logs += (logs.empty() ? "" : ", ") + it->path().string();
  }
  return logs.empty() ? failed : DataLossError("{} (in the log {})", failed.message(), logs);
}

}  // namespace

Result<std::unique_ptr<rocksdb::DB>> OpenStoreForWriting(const std::string& folder,
                                                         const RocksDbStateOptions& options) {
  rocksdb::Options store_options = StoreOptions(options);
  std::error_code error;
  const bool exists = fs::exists(folder + "/db", error);
  if (error) return IoError("{}/db: {}", folder, error.message());
  if (!exists) WEIR_TRY(MakeStore(folder, store_options));
  WEIR_TRY(CheckComplete(folder));
  store_options.info_log = std::make_shared<StoreLog>(folder + "/db");
  rocksdb::DB* db = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(store_options, folder + "/db", &db);
  if (!opened.ok()) return OpenFailed(opened, folder);
  std::unique_ptr<rocksdb::DB> owner(db);
  WEIR_TRY(CheckFormat(*db, folder));
  return owner;
}

Result<std::unique_ptr<rocksdb::DB>> OpenStoreForReading(const std::string& folder,
                                                         const RocksDbStateOptions& options) {
  std::error_code error;
  if (!fs::exists(folder + "/db", error)) {
    if (error) return IoError("{}/db: {}", folder, error.message());
    return NotFoundError("{} holds no state of a pipeline ({}/db is absent)", folder, folder);
  }
  WEIR_TRY(CheckComplete(folder));
  rocksdb::Options store_options = StoreOptions(options);
  store_options.info_log = std::make_shared<SilentLog>();
  rocksdb::DB* db = nullptr;
  rocksdb::Status status;
  // The writer may remove a file between our reading its list and our opening it.
  for (int tries = 0; tries < kReadTries; ++tries) {
    status = rocksdb::DB::OpenForReadOnly(store_options, folder + "/db", &db);
    if (status.ok()) break;
  }
  if (!status.ok()) return OpenFailed(status, folder);
  std::unique_ptr<rocksdb::DB> owner(db);
  WEIR_TRY(CheckFormat(*db, folder));
  return owner;
}

}  // namespace weir
