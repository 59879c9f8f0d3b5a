#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

/// Parts of a URL as RFC 3986, appendix B, splits it; views of the text, nothing is decoded.
struct Url {
  std::optional<std::string_view> scheme;
  std::optional<std::string_view> user;
  std::optional<std::string_view> host;
  std::optional<int64_t> port;
  std::string_view path;
  std::optional<std::string_view> query;     ///< without `?`
  std::optional<std::string_view> fragment;  ///< without `#`
};

/// Every text has such parts; a host of none means that it names no server.
Url SplitUrl(std::string_view text);

}  // namespace weir
