#include "runtime/state/store_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "runtime/base/clock.h"

namespace weir {
namespace {

constexpr off_t kMostBytes = 1 << 20;

}  // namespace

StoreLog::~StoreLog() {
  if (file_ >= 0) ::close(file_);
}

/// Also a header, which lists all options at each start, has a level above warnings.
void StoreLog::Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
  if (level < rocksdb::WARN_LEVEL || level == rocksdb::HEADER_LEVEL) return;
  Logv(format, arguments);
}

void StoreLog::Logv(const char* format, va_list arguments) {
  std::array<char, 2048> line{};
  const std::time_t now = SystemClock::Instance().Now() / kMicrosPerSecond;
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  const size_t begin = std::strftime(line.data(), line.size(), "%Y-%m-%dT%H:%M:%SZ ", &parts);
  const size_t room = line.size() - begin - 1;
  const int length = std::vsnprintf(line.data() + begin, room, format, arguments);
  if (length < 0) return;
  size_t size = begin + std::min(static_cast<size_t>(length), room - 1);
  line[size++] = '\n';
  const std::lock_guard lock(mutex_);
  struct stat info {};
  if (file_ < 0 || (::fstat(file_, &info) == 0 && info.st_size >= kMostBytes)) StartFile();
  if (file_ >= 0 && ::write(file_, line.data(), size) < 0) return;  // without it
}

void StoreLog::StartFile() {
  struct stat info {};
  if (::stat(path_.c_str(), &info) == 0 && info.st_size >= kMostBytes) {
    ::rename(path_.c_str(), (path_ + ".old").c_str());
  }
  if (file_ >= 0) ::close(file_);
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

}  // namespace weir
