#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "runtime/base/result.h"

namespace weir {

/// Of the line `{"weir":…}`; another number is refused by both sides.
inline constexpr int kControlProtocol = 1;

/// One request: its name and named arguments.
struct ControlRequest {
  std::string name;
  nlohmann::json arguments = nlohmann::json::object();

  /// A line without its end.
  std::string ToLine() const;
  static Result<ControlRequest> FromLine(std::string_view line);
};

/// The answer: named fields and bytes of any kind, or why there is none.
struct ControlReply {
  Status status;
  nlohmann::json fields = nlohmann::json::object();
  std::string body;

  std::string ToLine() const;
  /// `body` is left empty and its length put into `body_bytes`.
  static Result<ControlReply> FromLine(std::string_view line, size_t& body_bytes);
};

}  // namespace weir
