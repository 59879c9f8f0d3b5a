#include "runtime/dlq/dead_letter_entry.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "runtime/base/hash.h"
#include "runtime/connector/record_headers.h"
#include "runtime/types/text.h"

namespace weir {

namespace {

using Json = nlohmann::json;

/// `object[name]`, or the decoded `object[name_base64]`; none when it has neither.
Result<std::optional<std::string>> MemberBytes(const Json& object, const std::string& name) {
  if (!object.is_object()) return InvalidArgumentError("no object");
  if (const auto text = object.find(name); text != object.end()) {
    if (!text->is_string()) return InvalidArgumentError("{} is no text", name);
    return std::optional<std::string>(text->get<std::string>());
  }
  const auto coded = object.find(name + "_base64");
  if (coded == object.end()) return std::optional<std::string>();
  if (!coded->is_string()) return InvalidArgumentError("{} is no text", name);
  std::optional<std::string> bytes = ParseBase64(coded->get<std::string>());
  if (!bytes) return InvalidArgumentError("{} is no base64", name);
  return bytes;
}

}  // namespace

std::string DeadLetterEntry::Identity(bool timed) const {
  std::string name = fmt::format("{}\t{}\t{}\t{}", source, partition, offset, payload_hash);
  if (timed && ingest_time) name += fmt::format("\t{}", *ingest_time);
  return name;
}

Status DeadLetterEntry::ReadEnvelope(std::optional<std::string>& key, std::string& headers) const {
  key.reset();
  headers.clear();
  if (envelope.empty()) return Status::Ok();
  const Json json = Json::parse(envelope, nullptr, /*allow_exceptions=*/false);
  WEIR_ASSIGN(key, MemberBytes(json, "key"));
  const auto list = json.find("headers");
  if (list == json.end()) {
    return key ? Status::Ok() : InvalidArgumentError("neither key nor headers");
  }
  if (!list->is_array()) return InvalidArgumentError("headers is no list");
  for (const Json& header : *list) {
    WEIR_ASSIGN(const std::optional<std::string> name, MemberBytes(header, "name"));
    WEIR_ASSIGN(const std::optional<std::string> value, MemberBytes(header, "value"));
    AppendRecordHeader(name.value_or(""),
                       value ? std::optional<std::string_view>(*value) : std::nullopt, headers);
  }
  return Status::Ok();
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
  if (payload_kind != "original" && payload_kind != "base64" && !is_tombstone()) {
    return fmt::format("unknown payload_kind \"{}\"", payload_kind);
  }
  const std::string bytes = Bytes();
  if (static_cast<int64_t>(bytes.size()) < payload_size) {
    return "the record was longer than what a dead letter keeps";
  }
  if (fmt::format("{:016x}", HashBytes(bytes)) != payload_hash) {
    return "the payload is not what it was (masked or changed)";
  }
  std::optional<std::string> key;
  std::string headers;
  if (!ReadEnvelope(key, headers).ok()) {
    return "key and headers are not what they were (masked or changed)";
  }
  if (source.empty()) return "the letter names no source";
  return "";
}

}  // namespace weir
