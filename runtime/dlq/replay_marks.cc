#include "runtime/dlq/replay_marks.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace weir {
namespace {

constexpr char kSendingSign = '+';
constexpr char kSentSign = '=';

/// A line is a sign, an identity and a line end; identities have tabs, so a line end in a name of a
/// source can't occur (names are words).
Status WriteAll(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return IoError("--state: cannot write {}: {}", path, std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return Status::Ok();
}

}  // namespace

ReplayMarks::~ReplayMarks() {
  if (file_ >= 0) ::close(file_);
}

Status ReplayMarks::Open(const std::string& state_folder, bool read_only) {
  path_ = state_folder + "/dlq.replayed";
  if (read_only) return Load();
  std::error_code error;
  std::filesystem::create_directories(state_folder, error);
  if (error) return IoError("--state {}: {}", state_folder, error.message());
  file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) return IoError("--state: cannot write {}: {}", path_, std::strerror(errno));
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    return FailedPreconditionError("{}: another replay is under way", path_);
  }
  return Load();
}

Status ReplayMarks::Load() {
  std::ifstream in(path_, std::ios::binary);
  if (!in) return Status::Ok();  // nothing was replayed yet
  std::string line;
  size_t whole = 0;
  while (std::getline(in, line) && !in.eof()) {
    whole += line.size() + 1;
    if (line.size() < 2 || (line[0] != kSendingSign && line[0] != kSentSign)) {
      return DataLossError(
          "{}: damaged: a line begins with neither + nor =: restore it from a copy", path_);
    }
    states_[line.substr(1)] = line[0] == kSentSign ? State::kSent : State::kSending;
  }
  // A line without its end was being written when the process died: nothing had been sent by it.
  if (file_ >= 0 && ::ftruncate(file_, static_cast<off_t>(whole)) != 0) {
    return IoError("--state: cannot write {}: {}", path_, std::strerror(errno));
  }
  return Status::Ok();
}

ReplayMarks::State ReplayMarks::Of(const std::string& identity) const {
  const auto found = states_.find(identity);
  return found == states_.end() ? State::kNew : found->second;
}

Status ReplayMarks::Append(char sign, std::span<const std::string> identities, State state) {
  std::string lines;
  for (const std::string& identity : identities) {
    lines += sign;
    lines += identity;
    lines += '\n';
    states_[identity] = state;
  }
  WEIR_TRY(WriteAll(file_, lines, path_));
  if (::fdatasync(file_) == 0) return Status::Ok();
  return IoError("--state: cannot sync {}: {}", path_, std::strerror(errno));
}

Status ReplayMarks::MarkSending(std::span<const std::string> identities) {
  return Append(kSendingSign, identities, State::kSending);
}

Status ReplayMarks::MarkSent(std::span<const std::string> identities) {
  return Append(kSentSign, identities, State::kSent);
}

}  // namespace weir
