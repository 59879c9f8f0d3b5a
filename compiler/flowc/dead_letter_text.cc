#include "compiler/flowc/dead_letter_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/flowc/terminal.h"
#include "runtime/types/text.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

/// Control bytes as \xNN; line breaks and tabs stay.
std::string Printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

Json TimeJson(std::optional<Micros> time) { return time ? Json(TimeText(time)) : Json(); }

std::string PayloadHead(const DeadLetterEntry& letter, size_t shown) {
  std::string head = fmt::format("{} bytes", Grouped(letter.payload_size));
  if (static_cast<int64_t>(shown) < letter.payload_size) {
    head += fmt::format(", the first {} of them", Grouped(static_cast<int64_t>(shown)));
  }
  if (letter.payload_kind == "row") head += "; the row as JSON, the record is not at hand";
  if (letter.is_tombstone()) head += "; a tombstone: a key without a value";
  if (letter.payload_kind == "base64") head += "; no text, shown in base64";
  return head;
}

}  // namespace

std::string TimeText(std::optional<Micros> time) {
  if (!time) return "-";
  std::string text;
  AppendTimestamp(*time, text);
  return text;
}

std::string GroupsText(const std::vector<DeadLetterGroup>& groups) {
  size_t stage = 5, reason = 6;
  int64_t total = 0;
  for (const DeadLetterGroup& group : groups) {
    stage = std::max(stage, group.stage.size());
    reason = std::max(reason, std::min<size_t>(group.reason.size(), 60));
    total += group.count;
  }
  std::string text = fmt::format("{:<{}}  {:<{}}  {:>10}  {:<27}  {}\n", "stage", stage, "reason",
                                 reason, "count", "first", "last");
  for (const DeadLetterGroup& group : groups) {
    text += fmt::format("{:<{}}  {:<{}}  {:>10}  {:<27}  {}\n", group.stage, stage,
                        Printable(group.reason), reason, Grouped(group.count),
                        TimeText(group.first), TimeText(group.last));
  }
  return text + fmt::format("{} dead letters\n", Grouped(total));
}

std::string GroupsJson(const std::vector<DeadLetterGroup>& groups, const std::string& sink) {
  Json all = Json::array();
  int64_t total = 0;
  for (const DeadLetterGroup& group : groups) {
    all.push_back({{"stage", group.stage},
                   {"reason", group.reason},
                   {"count", group.count},
                   {"first", TimeJson(group.first)},
                   {"last", TimeJson(group.last)}});
    total += group.count;
  }
  const Json json = {{"sink", sink}, {"count", total}, {"groups", std::move(all)}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string LetterText(const DeadLetterEntry& letter, int64_t number) {
  std::string text = fmt::format("{}. {}: {}\n", number, letter.stage, Printable(letter.reason));
  text += fmt::format("   source {}, partition {}, offset {}, generation {}\n", letter.source,
                      letter.partition, letter.offset, letter.generation);
  text += fmt::format("   event time {}, arrived {}\n", TimeText(letter.event_time),
                      TimeText(letter.ingest_time));
  for (const std::string& rule : letter.rules) text += fmt::format("   rule {}\n", rule);
  for (const auto& [field, reason] : letter.errors) {
    const std::string where = field.empty() ? "record" : "field " + field;
    text += fmt::format("   {}: {}\n", Printable(where), Printable(reason));
  }
  if (!letter.envelope.empty()) {
    text += fmt::format("   key and headers {}\n", Printable(letter.envelope));
  }
  text += fmt::format("   payload ({}):\n", PayloadHead(letter, letter.Bytes().size()));
  return text + Printable(letter.payload) + "\n";
}

std::string LetterJson(const DeadLetterEntry& letter) {
  Json errors = Json::array();
  for (const auto& [field, reason] : letter.errors) {
    errors.push_back({{"field", field}, {"reason", reason}});
  }
  const std::string why_not = letter.WhyNotReplayable();
  Json json = {{"stage", letter.stage},
               {"reason", letter.reason},
               {"rules", letter.rules},
               {"errors", std::move(errors)},
               {"source", letter.source},
               {"partition", letter.partition},
               {"offset", letter.offset},
               {"event_time", TimeJson(letter.event_time)},
               {"ingest_time", TimeJson(letter.ingest_time)},
               {"payload", letter.payload},
               {"payload_kind", letter.payload_kind},
               {"payload_size", letter.payload_size},
               {"payload_hash", letter.payload_hash},
               {"envelope", Json::parse(letter.envelope.empty() ? "null" : letter.envelope, nullptr,
                                        /*allow_exceptions=*/false)},
               {"generation", letter.generation},
               {"replayable", why_not.empty()}};
  if (!why_not.empty()) json["why_not"] = why_not;
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::flowc
