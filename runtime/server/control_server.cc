#include "runtime/server/control_server.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "runtime/server/unix_address.h"

namespace weir {
namespace {

/// Signals are the business of the thread that runs the pipeline.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

int64_t SteadyMillis() {
  return std::chrono::duration_cast<SocketStream::Duration>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// Removes what a killed process left behind.
Status RemoveStaleSocket(const std::string& path) {
  struct stat file {};
  if (::lstat(path.c_str(), &file) != 0) return Status::Ok();
  if (!S_ISSOCK(file.st_mode)) {
    return Status(StatusCode::kAlreadyExists,
                  fmt::format("{}: the file is in the way of the socket", path));
  }
  const Result<int> socket = ConnectUnix(path);
  if (socket.ok()) {
    ::close(*socket);
    return Status(StatusCode::kAlreadyExists,
                  fmt::format("{}: another process listens there", path));
  }
  if (socket.status().code() != StatusCode::kUnavailable) return socket.status();
  if (::unlink(path.c_str()) != 0) return IoError("{}: {}", path, std::strerror(errno));
  return Status::Ok();
}

}  // namespace

ControlServer::ControlServer(std::string path, Handler handler, ControlLimits limits)
    : path_(std::move(path)), handler_(std::move(handler)), limits_(limits) {}

Result<std::unique_ptr<ControlServer>> ControlServer::Start(const std::string& path,
                                                            Handler handler, ControlLimits limits) {
  std::unique_ptr<ControlServer> server(new ControlServer(path, std::move(handler), limits));
  WEIR_TRY(server->Listen());
  const SignalsBlocked blocked;
  server->accepting_ = std::thread([raw = server.get()] { raw->AcceptLoop(); });
  return server;
}

Status ControlServer::Listen() {
  WEIR_ASSIGN(const sockaddr_un address, UnixAddress(path_));
  WEIR_TRY(RemoveStaleSocket(path_));
  wake_ = ::eventfd(0, EFD_CLOEXEC);
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (wake_ < 0 || listener_ < 0) return IoError("{}: {}", path_, std::strerror(errno));
  // Before bind, so that the file never is more open than this, whatever the umask.
  ::fchmod(listener_, 0600);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    return IoError("{}: {}", path_, std::strerror(errno));
  }
  if (::lstat(path_.c_str(), &file_) != 0 || ::listen(listener_, 128) != 0) {
    return IoError("{}: {}", path_, std::strerror(errno));
  }
  return Status::Ok();
}

ControlServer::~ControlServer() {
  if (accepting_.joinable()) {
    const uint64_t one = 1;
    const ssize_t woken = ::write(wake_, &one, sizeof(one));
    WEIR_CHECK(woken == sizeof(one), "an eventfd takes one count");
    accepting_.join();
  }
  // Another process may have replaced the file meanwhile: only our own goes.
  struct stat now {};
  if (file_.st_ino != 0 && ::lstat(path_.c_str(), &now) == 0 && now.st_ino == file_.st_ino &&
      now.st_dev == file_.st_dev) {
    ::unlink(path_.c_str());
  }
  if (listener_ >= 0) ::close(listener_);
  if (wake_ >= 0) ::close(wake_);
}

void ControlServer::AcceptLoop() {
  while (true) {
    std::array<pollfd, 2> waits = {pollfd{listener_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
    // The pause bounds how long the threads of closed connections stay.
    const int ready = ::poll(waits.data(), waits.size(), connections_.empty() ? -1 : 1000);
    Reap(/*all=*/false);
    if (ready < 0 && errno != EINTR) break;
    if (ready <= 0) continue;
    if (waits[1].revents != 0) break;
    AcceptOne();
  }
  Reap(/*all=*/true);
}

void ControlServer::AcceptOne() {
  const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (socket < 0) {
    // Out of descriptors: the connection stays queued, so that a pause is all that helps.
    if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      pollfd wake{wake_, POLLIN, 0};
      ::poll(&wake, 1, 100);
    }
    return;
  }
  auto stream = std::make_shared<SocketStream>(socket, wake_);
  if (connections_.size() >= limits_.connections && !MakeRoom()) {
    Refuse(*stream, UnavailableError("{} connections are open; try again", connections_.size()));
    return;
  }
  Connection& connection = connections_.emplace_back();
  connection.stream = stream;
  try {
    connection.thread = std::thread([this, &connection] {
      Serve(connection);
      connection.done.store(true, std::memory_order_release);
    });
  } catch (const std::system_error& error) {
    Refuse(*stream, UnavailableError("no thread for the connection: {}", error.what()));
    connections_.pop_back();
  }
}

void ControlServer::Reap(bool all) {
  for (auto it = connections_.begin(); it != connections_.end();) {
    if (all || it->done.load(std::memory_order_acquire)) {
      it->thread.join();
      it = connections_.erase(it);
    } else {
      ++it;
    }
  }
}

bool ControlServer::MakeRoom() {
  const int64_t now = SteadyMillis();
  auto longest = connections_.end();
  int64_t since = now - limits_.spare.count() + 1;
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    const int64_t idle = it->idle_since.load(std::memory_order_acquire);
    if (idle == 0 || idle >= since) continue;
    since = idle;
    longest = it;
  }
  if (longest == connections_.end()) return false;
  longest->stream->Cut();
  longest->thread.join();
  connections_.erase(longest);
  return true;
}

void ControlServer::Serve(Connection& connection) {
  bool more = true;
  while (more) {
    connection.idle_since.store(SteadyMillis(), std::memory_order_release);
    more = ServeOne(*connection.stream, connection.idle_since);
  }
  connection.idle_since.store(0, std::memory_order_release);
}

bool ControlServer::ServeOne(SocketStream& stream, std::atomic<int64_t>& idle_since) {
  const auto line = stream.ReadLine(limits_.request_bytes, limits_.idle, limits_.request);
  idle_since.store(0, std::memory_order_release);
  if (!line.ok()) {
    // Whoever is too slow or gone would not read an answer either.
    if (line.status().code() == StatusCode::kResourceExhausted) {
      Refuse(stream, line.status());
      stream.Drain(limits_.request);
    }
    return false;
  }
  if (!line->has_value()) return false;
  const Result<ControlRequest> request = ControlRequest::FromLine(**line);
  if (!request.ok()) {
    Refuse(stream, request.status());
    stream.Drain(limits_.request);
    return false;
  }
  return Answer(stream, handler_(*request));
}

bool ControlServer::Answer(SocketStream& stream, ControlReply reply) {
  const size_t bytes = reply.body.size();
  bool written = false;
  if (reply_bytes_.fetch_add(bytes) + bytes > limits_.reply_bytes) {
    reply = ControlReply();
    reply.status = ResourceExhaustedError(
        "answers of more than {} MiB are being read at the same time; ask for less or later",
        limits_.reply_bytes >> 20);
  }
  written = stream.Write(reply.ToLine() + "\n", limits_.reply).ok() &&
            stream.Write(reply.body, limits_.reply).ok();
  reply_bytes_.fetch_sub(bytes);
  return written;
}

void ControlServer::Refuse(SocketStream& stream, const Status& status) const {
  ControlReply reply;
  reply.status = status;
  // Best effort: the connection ends here either way.
  const Status written = stream.Write(reply.ToLine() + "\n", std::chrono::seconds(1));
  static_cast<void>(written);
}

}  // namespace weir
