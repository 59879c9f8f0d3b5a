#include "runtime/state/sst_commit.h"

#include <fmt/format.h>

#include <filesystem>

namespace weir {
namespace {

constexpr uint64_t kFileBytes = 64 * 1024 * 1024;

rocksdb::Slice SliceOf(std::string_view bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

SstCommit::SstCommit(rocksdb::DB* db, std::string scratch, uint64_t epoch)
    : db_(db), options_(db->GetOptions()), scratch_(std::move(scratch)), epoch_(epoch) {}

SstCommit::~SstCommit() {
  writer_.reset();
  std::error_code ignored;
  for (const std::string& file : files_) std::filesystem::remove(file, ignored);
}

rocksdb::Status SstCommit::Ready() {
  if (writer_ != nullptr && writer_->FileSize() < kFileBytes) return rocksdb::Status::OK();
  const rocksdb::Status cut = Cut();
  if (!cut.ok()) return cut;
  // The pages of the file stay cached: what was committed is read soon, if at all.
  writer_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), options_, nullptr,
                                                     /*invalidate_page_cache=*/false);
  files_.push_back(fmt::format("{}/commit-{}-{}.sst", scratch_, epoch_, files_.size()));
  return writer_->Open(files_.back());
}

rocksdb::Status SstCommit::Put(std::string_view key, std::string_view value) {
  const rocksdb::Status ready = Ready();
  return ready.ok() ? writer_->Put(SliceOf(key), SliceOf(value)) : ready;
}

rocksdb::Status SstCommit::Delete(std::string_view key) {
  const rocksdb::Status ready = Ready();
  return ready.ok() ? writer_->Delete(SliceOf(key)) : ready;
}

rocksdb::Status SstCommit::DeleteRange(std::string_view begin, std::string_view end) {
  const rocksdb::Status ready = Ready();
  return ready.ok() ? writer_->DeleteRange(SliceOf(begin), SliceOf(end)) : ready;
}

rocksdb::Status SstCommit::Cut() {
  if (writer_ == nullptr) return rocksdb::Status::OK();
  const rocksdb::Status finished = writer_->Finish();  // syncs the file
  writer_.reset();
  return finished;
}

rocksdb::Status SstCommit::Ingest() {
  const rocksdb::Status cut = Cut();
  if (!cut.ok()) return cut;
  rocksdb::IngestExternalFileOptions how;
  how.move_files = true;
  // Else it writes into the files after their checksums were made.
  how.write_global_seqno = false;
  return db_->IngestExternalFile(files_, how);
}

}  // namespace weir
