#include <string>
#include <string_view>

#include "compiler/format/printer.h"

namespace weir::format {

std::string CanonicalString(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '\'') return std::string(raw);
  const std::string_view inner = raw.substr(1, raw.size() - 2);
  if (inner.find('"') != std::string_view::npos) return std::string(raw);
  std::string out = "\"";
  for (size_t i = 0; i < inner.size(); ++i) {
    const bool escape = inner[i] == '\\' && i + 1 < inner.size();
    if (escape && inner[i + 1] != '\'') out += inner[i];
    if (escape) ++i;
    out += inner[i];
  }
  return out + '"';
}

std::string CanonicalNumber(std::string_view raw) {
  std::string whole;
  size_t i = 0;
  for (; i < raw.size() && raw[i] != '.'; ++i) {
    if (raw[i] != '_') whole += raw[i];
  }
  if (whole.size() >= 5) {
    for (size_t at = whole.size() - 3; at > 0 && at < whole.size(); at -= at >= 3 ? 3 : at) {
      whole.insert(at, "_");
    }
  }
  return whole + std::string(raw.substr(i));
}

}  // namespace weir::format
