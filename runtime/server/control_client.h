#pragma once

#include <memory>
#include <string>

#include "runtime/server/control_message.h"
#include "runtime/server/socket_stream.h"

namespace weir {

/// Asks a running pipeline through its socket. One thread at a time.
class ControlClient {
 public:
  /// NotFound: no such socket; Unavailable: nobody listens any more; PermissionDenied.
  static Result<std::unique_ptr<ControlClient>> Connect(const std::string& path);

  /// Failures are those of the connection; what the pipeline answers, a refusal too, is in the
  /// reply. `within` counts until the answer begins.
  Result<ControlReply> Call(const ControlRequest& request, SocketStream::Duration within);

 private:
  explicit ControlClient(int socket) : stream_(socket) {}

  SocketStream stream_;
};

}  // namespace weir
