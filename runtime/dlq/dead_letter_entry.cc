#include "runtime/dlq/dead_letter_entry.h"

#include <fmt/format.h>

#include "runtime/base/hash.h"
#include "runtime/types/text.h"

namespace weir {

std::string DeadLetterEntry::Identity() const {
  return fmt::format("{}\t{}\t{}\t{}", source, partition, offset, payload_hash);
}

std::string DeadLetterEntry::ReasonGroup() const {
  std::string group;
  bool quoted = false;
  // A record that could not be read has no field, and its reason ends with where.
  const bool unreadable = !errors.empty() && errors.front().first.empty();
  for (const char c : unreadable ? reason.substr(0, reason.find(": ")) : reason) {
    if (c == '"') {
      if (!quoted) group += "…";
      quoted = !quoted;
      continue;
    }
    const bool index = c >= '0' && c <= '9' && !group.empty() && group.back() == '[';
    if (!quoted && !index) group += c;
  }
  return group;
}

std::string DeadLetterEntry::Bytes() const {
  if (payload_kind != "base64") return payload;
  return ParseBase64(payload).value_or(payload);
}

std::string DeadLetterEntry::WhyNotReplayable() const {
  if (payload_kind == "row") return "the payload is the row as it was later, not the record";
  if (payload_kind != "original" && payload_kind != "base64") {
    return fmt::format("unknown payload_kind \"{}\"", payload_kind);
  }
  const std::string bytes = Bytes();
  if (static_cast<int64_t>(bytes.size()) < payload_size) {
    return "the record was longer than what a dead letter keeps";
  }
  if (fmt::format("{:016x}", HashBytes(bytes)) != payload_hash) {
    return "the payload is not what it was (masked or changed)";
  }
  if (source.empty()) return "the letter names no source";
  return "";
}

}  // namespace weir
