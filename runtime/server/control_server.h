#pragma once

#include <sys/stat.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <thread>

#include "runtime/server/control_message.h"
#include "runtime/server/socket_stream.h"

namespace weir {

struct ControlLimits {
  size_t request_bytes = size_t{1} << 20;
  size_t connections = 64;
  /// Answers that are being read at the same time, together.
  size_t reply_bytes = size_t{256} << 20;
  SocketStream::Duration idle = std::chrono::seconds(60);  ///< until a request begins
  /// With all connections taken, one that has been idle for so long makes room for a new one.
  SocketStream::Duration spare = std::chrono::seconds(1);
  SocketStream::Duration request = std::chrono::seconds(10);  ///< to send a request
  SocketStream::Duration reply = std::chrono::seconds(30);    ///< to read an answer
};

/// Answers requests on a Unix socket that only this user may open (mode 0600). Each connection has
/// a thread, which does nothing else; a slow client keeps nobody waiting.
class ControlServer {
 public:
  /// Called by any of the server's threads, at the same time too; must not throw.
  using Handler = std::function<ControlReply(const ControlRequest& request)>;

  /// A socket file that nobody listens on is replaced. Failures: AlreadyExists (somebody listens,
  /// or the file is no socket), InvalidArgument (the path is too long), IoError.
  static Result<std::unique_ptr<ControlServer>> Start(const std::string& path, Handler handler,
                                                      ControlLimits limits = {});
  /// Stops listening, cuts connections, waits for handlers that are at work, removes the file.
  ~ControlServer();
  ControlServer(const ControlServer&) = delete;
  ControlServer& operator=(const ControlServer&) = delete;

  const std::string& path() const { return path_; }

 private:
  struct Connection {
    std::thread thread;
    std::shared_ptr<SocketStream> stream;
    /// Since when it waits for a request, on the steady clock; 0: it is at work.
    std::atomic<int64_t> idle_since{0};
    std::atomic<bool> done{false};
  };

  ControlServer(std::string path, Handler handler, ControlLimits limits);
  Status Listen();
  void AcceptLoop();
  void AcceptOne();
  /// Ends the connection that has been idle longest, if any for long enough.
  bool MakeRoom();
  void Serve(Connection& connection);
  /// False when the connection is to be closed.
  bool ServeOne(SocketStream& stream, std::atomic<int64_t>& idle_since);
  bool Answer(SocketStream& stream, ControlReply reply);
  void Refuse(SocketStream& stream, const Status& status) const;
  void Reap(bool all);

  const std::string path_;
  const Handler handler_;
  const ControlLimits limits_;
  int listener_ = -1;
  int wake_ = -1;  ///< an eventfd, readable once the server stops
  struct stat file_ {};
  std::thread accepting_;
  std::list<Connection> connections_;  ///< of the accepting thread
  std::atomic<size_t> reply_bytes_{0};
};

}  // namespace weir
