#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace weir {

/// A connected socket, read and written whole, each call within a time. Owns the descriptor. One
/// thread at a time.
class SocketStream {
 public:
  using Duration = std::chrono::milliseconds;

  /// `wake`: a descriptor that, once readable, ends every wait (kCancelled); -1: none.
  explicit SocketStream(int socket, int wake = -1);
  ~SocketStream();
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  /// The next line without its end, or none at the end of input. `idle`: how long its first byte
  /// may take; `rest`: the others. ResourceExhausted: longer than `limit`; Unavailable: too slow;
  /// DataLoss: the input ended within a line.
  Result<std::optional<std::string>> ReadLine(size_t limit, Duration idle, Duration rest);
  /// Exactly `count` bytes.
  Result<std::string> ReadBytes(size_t count, Duration within);
  Status Write(std::string_view bytes, Duration within);
  /// Reads and forgets until the other side closes: closing with unread bytes would take away the
  /// answer that the other side has not read yet.
  void Drain(Duration within);
  /// Ends reads and writes that wait, and all to come; for another thread than theirs.
  void Cut() const;

 private:
  using Time = std::chrono::steady_clock::time_point;

  Status Wait(short events, Time deadline) const;
  /// Adds what is there to the buffer; false at the end of input.
  Result<bool> Fill(Time deadline);

  const int socket_;
  const int wake_;
  std::string buffer_;  ///< read, not handed out yet
};

}  // namespace weir
