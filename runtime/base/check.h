#pragma once

#include <fmt/format.h>

#include <string>

namespace weir {

/// Prints the failed condition, its place, `message` and the stack to stderr, then aborts.
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line,
                              const std::string& message);

}  // namespace weir

/// For our own bugs only: never reachable from a bad `.flow`, a bad row or a sick service.
#define WEIR_CHECK(condition, ...)                                                      \
  do {                                                                                  \
    if (!(condition)) [[unlikely]] {                                                    \
      ::weir::CheckFailed(#condition, __FILE__, __LINE__, fmt::format("" __VA_ARGS__)); \
    }                                                                                   \
  } while (false)
