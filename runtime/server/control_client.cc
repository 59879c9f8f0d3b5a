#include "runtime/server/control_client.h"

#include "runtime/server/unix_address.h"

namespace weir {
namespace {

constexpr SocketStream::Duration kTransferTime = std::chrono::seconds(30);
constexpr size_t kMaxReplyLine = size_t{4} << 20;
constexpr size_t kMaxReplyBody = size_t{1} << 30;

}  // namespace

Result<std::unique_ptr<ControlClient>> ControlClient::Connect(const std::string& path) {
  WEIR_ASSIGN(const int socket, ConnectUnix(path));
  return std::unique_ptr<ControlClient>(new ControlClient(socket));
}

Result<ControlReply> ControlClient::Call(const ControlRequest& request,
                                         SocketStream::Duration within) {
  // A server that refuses a connection answers and closes at once: its answer says more than the
  // failed write.
  const Status written = stream_.Write(request.ToLine() + "\n", kTransferTime);
  auto line = stream_.ReadLine(kMaxReplyLine, within, kTransferTime);
  if (!line.ok()) return written.ok() ? line.status() : written;
  if (!line->has_value()) {
    return UnavailableError("the pipeline closed the connection without an answer");
  }
  size_t body_bytes = 0;
  WEIR_ASSIGN(ControlReply reply, ControlReply::FromLine(**line, body_bytes));
  if (body_bytes > kMaxReplyBody) return DataLossError("the answer claims {} bytes", body_bytes);
  WEIR_ASSIGN(reply.body, stream_.ReadBytes(body_bytes, kTransferTime));
  return reply;
}

}  // namespace weir
