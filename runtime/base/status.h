#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace weir {

/// What went wrong at run time. Retryable or not is a property of the code, see `IsRetryable`.
enum class StatusCode {
  kOk = 0,
  kInvalidArgument,     ///< A setting, an option or a call that can never work as given.
  kNotFound,            ///< A file, a topic, a key that should exist does not.
  kAlreadyExists,       ///< Something is in the way and must not be overwritten.
  kPermissionDenied,    ///< The operating system or a service refuses access.
  kIoError,             ///< A read or write failed.
  kUnavailable,         ///< A service is down or slow; the same call may work later.
  kResourceExhausted,   ///< Disk, memory or a quota is used up; may work later.
  kDataLoss,            ///< Stored bytes are damaged or gone.
  kUnimplemented,       ///< Part of the language or a connector that has no implementation yet.
  kFailedPrecondition,  ///< The state of the system forbids it (a `fail` route, a wrong
                        ///< incarnation).
  kCancelled,           ///< Stopped on request.
  kInternal,            ///< Our bug.
};

std::string_view StatusCodeName(StatusCode code);

/// Result of an operation that can fail in an expected way. Cheap when OK (no allocation).
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Ok() { return {}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  const std::string& message() const { return message_; }

  /// True when repeating the same call later may succeed.
  bool IsRetryable() const {
    return code_ == StatusCode::kUnavailable || code_ == StatusCode::kResourceExhausted;
  }

  /// Returns the same failure with `context: ` in front of its message.
  Status WithContext(std::string_view context) const;

  /// `code: message`, or `ok`.
  std::string ToString() const;

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

template <typename... Args>
Status MakeStatus(StatusCode code, fmt::format_string<Args...> format, Args&&... args) {
  return Status(code, fmt::format(format, std::forward<Args>(args)...));
}

#define WEIR_DEFINE_STATUS(Name, Code)                              \
  template <typename... Args>                                       \
  Status Name(fmt::format_string<Args...> format, Args&&... args) { \
    return MakeStatus(Code, format, std::forward<Args>(args)...);   \
  }
WEIR_DEFINE_STATUS(InvalidArgumentError, StatusCode::kInvalidArgument)
WEIR_DEFINE_STATUS(NotFoundError, StatusCode::kNotFound)
WEIR_DEFINE_STATUS(IoError, StatusCode::kIoError)
WEIR_DEFINE_STATUS(UnavailableError, StatusCode::kUnavailable)
WEIR_DEFINE_STATUS(ResourceExhaustedError, StatusCode::kResourceExhausted)
WEIR_DEFINE_STATUS(DataLossError, StatusCode::kDataLoss)
WEIR_DEFINE_STATUS(UnimplementedError, StatusCode::kUnimplemented)
WEIR_DEFINE_STATUS(FailedPreconditionError, StatusCode::kFailedPrecondition)
WEIR_DEFINE_STATUS(CancelledError, StatusCode::kCancelled)
WEIR_DEFINE_STATUS(InternalError, StatusCode::kInternal)
#undef WEIR_DEFINE_STATUS

#define WEIR_CONCAT_INNER(a, b) a##b
#define WEIR_CONCAT(a, b) WEIR_CONCAT_INNER(a, b)

/// Returns from the enclosing function when `expr` (a Status) is a failure. The counter keeps names
/// apart when a lambda inside `expr` uses the macro too.
#define WEIR_TRY(...) WEIR_TRY_IMPL(WEIR_CONCAT(weir_status_, __COUNTER__), (__VA_ARGS__))
#define WEIR_TRY_IMPL(status, expr)  \
  do {                               \
    ::weir::Status status = expr;    \
    if (!status.ok()) return status; \
  } while (false)

}  // namespace weir
