#pragma once

#include <rocksdb/env.h>

#include <mutex>
#include <string>

namespace weir {

/// What RocksDB has to say to people, from warnings on, in `<folder>/LOG`; the file of the mebibyte
/// before is `LOG.old`. Lines that can't be written are dropped: RocksDB's own logger ends the
/// process at the second line behind one for which the disk had no room. Thread-safe.
class StoreLog final : public rocksdb::Logger {
 public:
  explicit StoreLog(std::string folder)
      : Logger(rocksdb::WARN_LEVEL), path_(std::move(folder) + "/LOG") {}
  ~StoreLog() override;

  using Logger::Logv;
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;
  void Logv(const char* format, va_list arguments) override;

 private:
  void StartFile();

  const std::string path_;
  std::mutex mutex_;
  int file_ = -1;
};

}  // namespace weir
