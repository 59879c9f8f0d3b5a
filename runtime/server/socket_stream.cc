#include "runtime/server/socket_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace weir {
namespace {

constexpr size_t kChunk = size_t{64} << 10;

std::chrono::steady_clock::time_point In(SocketStream::Duration duration) {
  return std::chrono::steady_clock::now() + duration;
}

}  // namespace

SocketStream::SocketStream(int socket, int wake) : socket_(socket), wake_(wake) {
  ::fcntl(socket_, F_SETFL, ::fcntl(socket_, F_GETFL) | O_NONBLOCK);
}

SocketStream::~SocketStream() { ::close(socket_); }

Status SocketStream::Wait(short events, Time deadline) const {
  while (true) {
    const auto left =
        std::chrono::ceil<Duration>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return UnavailableError("the other side of the socket is too slow");
    std::array<pollfd, 2> waits = {pollfd{socket_, events, 0}, pollfd{wake_, POLLIN, 0}};
    const int ready = ::poll(waits.data(), waits.size(), static_cast<int>(std::min(left, 60'000L)));
    if (ready < 0 && errno != EINTR) return IoError("poll: {}", std::strerror(errno));
    if (ready <= 0) continue;
    if (waits[1].revents != 0) return CancelledError("the server stops");
    return Status::Ok();
  }
}

Result<bool> SocketStream::Fill(Time deadline) {
  while (true) {
    WEIR_TRY(Wait(POLLIN, deadline));
    const size_t before = buffer_.size();
    buffer_.resize(before + kChunk);
    const ssize_t got = ::recv(socket_, buffer_.data() + before, kChunk, 0);
    buffer_.resize(before + static_cast<size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0) return true;
    if (got == 0) return false;
    if (errno != EINTR && errno != EAGAIN) return IoError("recv: {}", std::strerror(errno));
  }
}

Result<std::optional<std::string>> SocketStream::ReadLine(size_t limit, Duration idle,
                                                          Duration rest) {
  Time deadline = In(buffer_.empty() ? idle : rest);
  size_t searched = 0;
  while (true) {
    const size_t end = buffer_.find('\n', searched);
    if (std::min(end, buffer_.size()) > limit) {
      return ResourceExhaustedError("a line is longer than {} bytes", limit);
    }
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      return std::optional<std::string>(std::move(line));
    }
    const bool first = buffer_.empty();
    searched = buffer_.size();
    WEIR_ASSIGN(const bool more, Fill(deadline));
    if (first) deadline = In(rest);
    if (more) continue;
    if (first) return std::optional<std::string>();
    return DataLossError("the input ended within a line");
  }
}

Result<std::string> SocketStream::ReadBytes(size_t count, Duration within) {
  const Time deadline = In(within);
  while (buffer_.size() < count) {
    WEIR_ASSIGN(const bool more, Fill(deadline));
    if (!more) {
      return DataLossError("the input ended after {} of {} bytes", buffer_.size(), count);
    }
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

Status SocketStream::Write(std::string_view bytes, Duration within) {
  const Time deadline = In(within);
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      WEIR_TRY(Wait(POLLOUT, deadline));
    } else if (errno != EINTR) {
      return IoError("send: {}", std::strerror(errno));
    }
  }
  return Status::Ok();
}

void SocketStream::Cut() const { ::shutdown(socket_, SHUT_RDWR); }

void SocketStream::Drain(Duration within) {
  ::shutdown(socket_, SHUT_WR);
  const Time deadline = In(within);
  while (true) {
    buffer_.clear();
    const Result<bool> more = Fill(deadline);
    if (!more.ok() || !*more) return;
  }
}

}  // namespace weir
