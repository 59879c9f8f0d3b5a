#include "runtime/server/unix_address.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace weir {

Result<sockaddr_un> UnixAddress(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return InvalidArgumentError(
        "{}: a socket's path has at most {} bytes, this one {}; give a shorter folder with --state",
        path, sizeof(address.sun_path) - 1, path.size());
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

Result<int> ConnectUnix(const std::string& path) {
  WEIR_ASSIGN(const sockaddr_un address, UnixAddress(path));
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return IoError("socket: {}", std::strerror(errno));
  int failed = 0;
  do {
    failed = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  } while (failed != 0 && errno == EINTR);
  if (failed == 0) return socket;
  const int error = errno;
  ::close(socket);
  if (error == ENOENT || error == ENOTDIR) return NotFoundError("{}: there is no socket", path);
  if (error == ECONNREFUSED) return UnavailableError("{}: nobody listens", path);
  if (error == EACCES || error == EPERM) {
    return Status(StatusCode::kPermissionDenied,
                  fmt::format("{}: the pipeline runs under another user", path));
  }
  return IoError("{}: {}", path, std::strerror(error));
}

}  // namespace weir
