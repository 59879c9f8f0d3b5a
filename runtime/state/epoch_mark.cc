#include "runtime/state/epoch_mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/base/hash.h"

namespace weir {
namespace {

using Content = std::array<uint64_t, 2>;  ///< epoch, its hash

Content ContentOf(uint64_t epoch) { return {epoch, HashBytes(&epoch, sizeof(epoch))}; }

}  // namespace

EpochMark::~EpochMark() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<uint64_t> EpochMark::Read(const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno == ENOENT) return uint64_t{0};
  if (descriptor < 0) return IoError("{}: {}", file, std::strerror(errno));
  Content content{};
  const ssize_t size = ::pread(descriptor, content.data(), sizeof(content), 0);
  const int error = errno;
  ::close(descriptor);
  if (size < 0) return IoError("{}: {}", file, std::strerror(error));
  // After a power failure a new file may be empty or zeros.
  if (size == 0 || content == Content{}) return uint64_t{0};
  if (size != sizeof(content) || content != ContentOf(content[0])) {
    return DataLossError("{} is damaged", file);
  }
  return content[0];
}

Status EpochMark::Open(const std::string& file) {
  file_ = file;
  descriptor_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor_ < 0) return IoError("{}: {}", file, std::strerror(errno));
  return Status::Ok();
}

Status EpochMark::Write(uint64_t epoch) {
  const Content content = ContentOf(epoch);
  if (::pwrite(descriptor_, content.data(), sizeof(content), 0) != sizeof(content)) {
    return IoError("{}: {}", file_, std::strerror(errno));
  }
  return Status::Ok();
}

}  // namespace weir
