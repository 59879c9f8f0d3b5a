#include "compiler/flowc/state_entry_decoder.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "compiler/flowc/ledger_json.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "runtime/exec/job_coordinator.h"
#include "runtime/exec/node_account.h"
#include "runtime/exec/source_partition.h"
#include "runtime/operators/accumulators.h"
#include "runtime/operators/sighting_form.h"
#include "runtime/operators/sighting_run.h"
#include "runtime/operators/state_value.h"
#include "runtime/state/cold_rows.h"
#include "runtime/state/state_backend.h"
#include "runtime/types/text.h"

namespace weir::flowc {
namespace {

using Json = StateEntryDecoder::Json;

constexpr size_t kBytesShown = 64;

Json ValueJson(const Value& value) {
  Json json = Json::parse(value.ToJson(), nullptr, /*allow_exceptions=*/false);
  return json.is_discarded() ? Json(value.ToString()) : json;
}

Json TimeJson(Micros time) {
  if (time == kMinTimestamp || time == kMaxTimestamp) return nullptr;
  std::string text;
  AppendTimestamp(time, text);
  return text;
}

std::string Hex(std::string_view bytes) {
  std::string text = "0x";
  for (const char byte : bytes.substr(0, kBytesShown)) {
    text += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  }
  if (bytes.size() > kBytesShown) text += fmt::format("… ({} bytes)", bytes.size());
  return text;
}

bool IsText(std::string_view bytes) {
  if (std::any_of(bytes.begin(), bytes.end(),
                  [](char byte) { return static_cast<uint8_t>(byte) < 0x20 || byte == 0x7f; })) {
    return false;
  }
  return Json::accept(Json(bytes).dump(-1, ' ', false, Json::error_handler_t::ignore)) &&
         Json(bytes).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
             Json(bytes).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json TextOrBytes(std::string_view bytes) { return IsText(bytes) ? Json(bytes) : Json(Hex(bytes)); }

std::optional<std::string_view> Take(std::string_view& in, size_t size) {
  if (in.size() < size) return std::nullopt;
  const std::string_view taken = in.substr(0, size);
  in.remove_prefix(size);
  return taken;
}

template <typename T>
std::optional<T> TakeNumber(std::string_view& in) {
  const auto raw = Take(in, sizeof(T));
  if (!raw) return std::nullopt;
  T number;
  std::memcpy(&number, raw->data(), sizeof(T));
  return number;
}

/// One key column (the form is KeyEncoder's), by way of the form of single state values.
std::optional<Value> TakeKeyValue(const DataType& type, std::string_view& in) {
  std::string stored(1, '\0');
  bool is_null = false;
  if (type.optional()) {
    const auto present = Take(in, 1);
    if (!present) return std::nullopt;
    is_null = (*present)[0] == 0;
  }
  size_t width = 8;
  switch (type.physical()) {
    case Physical::kBool: width = 1; break;
    case Physical::kInt128:
    case Physical::kFixed16: width = 16; break;
    case Physical::kString:
    case Physical::kCode: {
      if (is_null) return Value::Null(type);
      std::string_view ahead = in;
      const auto size = TakeNumber<uint32_t>(ahead);
      if (!size) return std::nullopt;
      width = sizeof(uint32_t) + *size;
      break;
    }
    case Physical::kList:
    case Physical::kStruct:
    case Physical::kNone: return std::nullopt;
    default: break;
  }
  const auto raw = Take(in, width);
  if (!raw) return std::nullopt;
  if (is_null) return Value::Null(type);
  stored.append(*raw);
  if (width == 1) stored.append(7, '\0');
  std::string_view rest = stored;
  auto value = ReadStateValue(type, rest);
  if (!value.ok() || !rest.empty()) return std::nullopt;
  return *std::move(value);
}

std::optional<Json> Fields(const std::vector<plan::StateField>& fields, std::string_view& in) {
  Json json = Json::object();
  for (const plan::StateField& field : fields) {
    const auto value = ReadStateValue(field.type, in);
    if (!value.ok()) return std::nullopt;
    json[field.name] = ValueJson(*value);
  }
  return json;
}

/// The results that the aggregates would have now.
std::optional<Json> Aggregates(const std::vector<plan::AggregateCall>& calls,
                               std::string_view& in) {
  auto made = Accumulators::Make(calls, 0);
  if (!made.ok()) return std::nullopt;
  const Accumulators& accumulators = **made;
  const std::unique_ptr<uint64_t[]> memory(
      new uint64_t[accumulators.block_size() / sizeof(uint64_t) + 3]());
  auto* const block =
      reinterpret_cast<uint8_t*>((reinterpret_cast<uintptr_t>(memory.get()) + 15) & ~uintptr_t{15});
  accumulators.Init(block);
  std::optional<Json> json;
  if (accumulators.Deserialize(in, block).ok()) {
    RowErrors errors;
    uint8_t* const blocks[1] = {block};
    const std::vector<ColumnPtr> columns = accumulators.Finish(blocks, errors);
    json = Json::object();
    for (size_t i = 0; i < calls.size(); ++i) {
      (*json)[calls[i].name] = ValueJson(columns[i]->ValueAt(0));
    }
  }
  accumulators.Destroy(block);
  return json;
}

std::optional<Json> SessionEntry(const plan::SessionNode& node, std::string_view in) {
  Json sessions = Json::array();
  while (!in.empty()) {
    const auto start = TakeNumber<int64_t>(in), last = TakeNumber<int64_t>(in);
    const auto count = TakeNumber<int64_t>(in);
    const auto emitted = TakeNumber<int64_t>(in), changed = TakeNumber<int64_t>(in);
    if (!changed) return std::nullopt;
    const auto fields = Fields(node.program.fields, in);
    if (!fields) return std::nullopt;
    sessions.push_back({{"start", TimeJson(*start)},
                        {"last_event", TimeJson(*last)},
                        {"count", *count},
                        {"emitted_as", TimeJson(*emitted)},
                        {"changed", *changed != 0},
                        {"state", *fields}});
  }
  return sessions;
}

std::optional<Json> SessionWindowEntry(const plan::AggregateNode& node, std::string_view in) {
  Json sessions = Json::array();
  while (!in.empty()) {
    const auto start = TakeNumber<int64_t>(in), last = TakeNumber<int64_t>(in);
    const auto emitted = TakeNumber<int64_t>(in), changed = TakeNumber<int64_t>(in);
    if (!changed) return std::nullopt;
    const auto values = Aggregates(node.aggregates, in);
    if (!values) return std::nullopt;
    sessions.push_back({{"start", TimeJson(*start)},
                        {"last_event", TimeJson(*last)},
                        {"emitted_as", TimeJson(*emitted)},
                        {"changed", *changed != 0},
                        {"aggregates", *values}});
  }
  return sessions;
}

std::optional<Json> ProcessEntry(const plan::ProcessNode& node, std::string_view in) {
  const auto last_row = ReadStateValue(DataType::Int64(), in);
  const auto flags = Take(in, 2);
  if (!last_row.ok() || !flags) return std::nullopt;
  Json timers = Json::object();
  while (true) {
    const auto name = ReadStateValue(DataType::String(), in);
    if (!name.ok()) return std::nullopt;
    if (name->as_string().empty()) break;
    const auto time = ReadStateValue(DataType::Int64(), in);
    if (!time.ok()) return std::nullopt;
    timers[name->as_string()] = TimeJson(time->as_int64());
  }
  const auto fields = Fields(node.program.fields, in);
  if (!fields || !in.empty()) return std::nullopt;
  return Json{{"last_row", TimeJson(last_row->as_int64())},
              {"changed", (*flags)[0] != 0},
              {"emitted", (*flags)[1] != 0},
              {"timers", std::move(timers)},
              {"state", *fields}};
}

/// The header of a group: whether it changed since its last emit; without a window, before it, the
/// time that its life counts from.
std::optional<Json> GroupEntry(const plan::AggregateNode& node, std::string_view in) {
  const bool windowed = node.window.kind != plan::WindowKind::kNone;
  Json json = Json::object();
  if (windowed) {
    const auto changed = Take(in, 1);
    if (!changed) return std::nullopt;
    json["changed"] = (*changed)[0] != 0;
  } else {
    const auto from = TakeNumber<int64_t>(in);
    const auto flags = Take(in, 8);  // two flags, padded
    if (!flags) return std::nullopt;
    json["expires_from"] = TimeJson(*from);
    json["changed"] = (*flags)[0] != 0;
    json["emitted"] = (*flags)[1] != 0;
  }
  const auto values = Aggregates(node.aggregates, in);
  if (!values || !in.empty()) return std::nullopt;
  json["aggregates"] = *values;
  return json;
}

std::optional<Json> AccountJson(std::string_view value) {
  const auto account = DecodeAccount(value);
  if (!account.ok()) return std::nullopt;
  return LedgerJson(account->ledger);
}

std::optional<Json> PositionJson(std::string_view value) {
  SourcePartition partition;
  if (!DecodePartition(value, partition).ok()) return std::nullopt;
  return Json{{"position", TextOrBytes(partition.resume_from)},
              {"watermark", TimeJson(partition.watermark.current())},
              {"max_event_time", TimeJson(partition.watermark.max_event_time())},
              {"ended", partition.ended}};
}

/// Numbers with blanks between: the operator's own times.
std::optional<Json> TimesJson(std::string_view value) {
  Json times = Json::array();
  while (!value.empty()) {
    const size_t end = std::min(value.find(' '), value.size());
    const auto time = ParseInt64(value.substr(0, end));
    if (!time) return std::nullopt;
    times.push_back(TimeJson(*time));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return times;
}

/// How many there are, then the start and the first end of each.
std::optional<Json> PanesJson(std::string_view value) {
  const auto times = TimesJson(value.substr(std::min(value.find(' ') + 1, value.size())));
  if (!times) return std::nullopt;
  Json panes = Json::array();
  for (size_t i = 0; i + 1 < times->size(); i += 2) {
    panes.push_back({{"from", (*times)[i]}, {"first_end", (*times)[i + 1]}});
  }
  return panes;
}

/// Sightings of a blob or page, oldest first.
std::optional<Json> SightingsJson(const plan::DedupeNode& node, std::string_view in) {
  std::vector<DataType> types;
  for (const plan::ExprPtr& key : node.keys) types.push_back(key->type);
  const SightingForm form(SightingForm::IsFor(types));
  Json ids = Json::array();
  while (!in.empty()) {
    Sighting sighting;
    if (!form.Take(in, sighting)) return std::nullopt;
    Json parts = Json::array();
    for (const DataType& type : types) {
      const auto value = TakeKeyValue(type, sighting.key);
      if (!value) return std::nullopt;
      parts.push_back(ValueJson(*value));
    }
    ids.push_back(
        {{"id", parts.size() == 1 ? parts[0] : parts}, {"first_seen", TimeJson(sighting.time)}});
  }
  return ids;
}

std::optional<Json> SightingFilterJson(std::string_view value) {
  const auto run = SightingRun::Read(0, value);
  if (!run) return std::nullopt;
  return Json{{"ids", run->count()}, {"pages", run->pages()}, {"filter_bytes", value.size()}};
}

template <typename Node>
const Node* As(const plan::LogicalNode* node) {
  return dynamic_cast<const Node*>(node);
}

const std::vector<plan::ExprPtr>* KeysOf(const plan::LogicalNode* node) {
  if (const auto* session = As<plan::SessionNode>(node)) return &session->program.keys;
  if (const auto* process = As<plan::ProcessNode>(node)) return &process->program.keys;
  if (const auto* aggregate = As<plan::AggregateNode>(node)) return &aggregate->keys;
  if (const auto* anomaly = As<plan::AnomalyNode>(node)) return &anomaly->keys;
  return nullptr;
}

}  // namespace

StateEntryDecoder::StateEntryDecoder(const plan::LogicalPlan* plan, std::string operator_name) {
  if (plan == nullptr) return;
  for (const auto& node : plan->nodes) {
    if (node != nullptr && node->name == operator_name) node_ = node.get();
  }
  if (const auto* keys = KeysOf(node_)) {
    for (const plan::ExprPtr& key : *keys) key_types_.push_back(key->type);
  }
}

std::optional<std::vector<Value>> StateEntryDecoder::KeyValues(std::string_view key) const {
  std::vector<Value> values;
  for (const DataType& type : key_types_) {
    auto value = TakeKeyValue(type, key);
    if (!value) return std::nullopt;
    values.push_back(*std::move(value));
  }
  if (!key.empty()) return std::nullopt;
  return values;
}

Json StateEntryDecoder::Key(std::string_view slot, uint32_t key_group, std::string_view key) const {
  constexpr std::string_view kDue = ".due";
  if (slot.ends_with(kDue)) {
    const auto entry = ColdRows::SplitDueKey(key);
    if (!entry) return TextOrBytes(key);
    slot.remove_suffix(kDue.size());
    return {{"due", TimeJson(entry->first)}, {"of", Key(slot, key_group, entry->second)}};
  }
  if (key_group == kUnkeyedGroup || KeysOf(node_) == nullptr) return TextOrBytes(key);
  Json pane;
  std::string_view rest = key;
  const auto* aggregate = As<plan::AggregateNode>(node_);
  if (aggregate != nullptr && slot == "groups" &&
      aggregate->window.kind != plan::WindowKind::kNone) {
    const auto start = TakeNumber<int64_t>(rest), end = TakeNumber<int64_t>(rest);
    if (!end) return TextOrBytes(key);
    pane = {{"from", TimeJson(*start)}, {"first_end", TimeJson(*end)}};
  }
  const auto values = KeyValues(rest);
  if (!values) return TextOrBytes(key);
  Json parts = Json::array();
  for (const Value& value : *values) parts.push_back(ValueJson(value));
  Json json = parts.size() == 1 ? parts[0] : parts;
  if (pane.is_null()) return json;
  pane["key"] = std::move(json);
  return pane;
}

std::optional<Json> StateEntryDecoder::Typed(std::string_view slot, std::string_view value) const {
  if (value.empty()) return std::nullopt;
  const std::string_view body = value.substr(1);
  if (const auto* session = As<plan::SessionNode>(node_);
      session != nullptr && slot == "sessions") {
    return SessionEntry(*session, body);
  }
  if (const auto* process = As<plan::ProcessNode>(node_); process != nullptr && slot == "keys") {
    return ProcessEntry(*process, body);
  }
  if (const auto* dedupe = As<plan::DedupeNode>(node_)) {
    return slot == SightingRun::kFilters ? SightingFilterJson(value) : SightingsJson(*dedupe, body);
  }
  if (const auto* aggregate = As<plan::AggregateNode>(node_)) {
    if (slot == "groups") return GroupEntry(*aggregate, body);
    if (slot == "sessions") return SessionWindowEntry(*aggregate, body);
  }
  return std::nullopt;
}

Json StateEntryDecoder::Entry(std::string_view slot, uint32_t key_group,
                              std::string_view value) const {
  std::optional<Json> json;
  if (key_group == kUnkeyedGroup) {
    if (slot == kLedgerSlot) json = AccountJson(value);
    if (slot == "positions") json = PositionJson(value);
    if (slot == "times") json = TimesJson(value);
    if (slot == "panes") json = PanesJson(value);
  } else {
    json = Typed(slot, value);
  }
  if (json) return *json;
  Json parsed = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_discarded()) return parsed;
  if (IsText(value)) return value;
  return Json{{"version", static_cast<uint8_t>(value[0])},
              {"bytes", value.size()},
              {"raw", Hex(value.substr(1))}};
}

bool StateEntryDecoder::IsMeant(const Json& key, std::string_view text) {
  if (key.is_string() && key.get_ref<const std::string&>() == text) return true;
  if (!key.is_string()) {
    if (key.dump(-1, ' ', false, Json::error_handler_t::replace) == text) return true;
    const Json meant = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!meant.is_discarded() && meant == key) return true;
  }
  // Of the group of a window only the key is asked for.
  return key.is_object() && key.contains("key") && key.contains("from") &&
         IsMeant(key["key"], text);
}

}  // namespace weir::flowc
