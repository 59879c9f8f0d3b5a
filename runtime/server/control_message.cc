#include "runtime/server/control_message.h"

#include <array>

namespace weir {
namespace {

using Json = nlohmann::json;

/// Nothing that is sent is nested deeper.
constexpr int kMaxDepth = 16;

/// Those that a reader may tell apart; others are kInternal to it.
constexpr std::array kCodes = {
    StatusCode::kInvalidArgument,    StatusCode::kNotFound,  StatusCode::kAlreadyExists,
    StatusCode::kPermissionDenied,   StatusCode::kIoError,   StatusCode::kUnavailable,
    StatusCode::kResourceExhausted,  StatusCode::kDataLoss,  StatusCode::kUnimplemented,
    StatusCode::kFailedPrecondition, StatusCode::kCancelled,
};

StatusCode CodeOf(std::string_view name) {
  for (const StatusCode code : kCodes) {
    if (StatusCodeName(code) == name) return code;
  }
  return StatusCode::kInternal;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Json> ParseMessage(std::string_view line) {
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > kMaxDepth;
    return !too_deep;
  };
  Json json = Json::parse(line.begin(), line.end(), watch_depth, /*allow_exceptions=*/false);
  if (too_deep) return InvalidArgumentError("a message is nested deeper than {}", kMaxDepth);
  if (!json.is_object()) return InvalidArgumentError("a message is one JSON object on one line");
  const auto version = json.find("weir");
  if (version == json.end() || !version->is_number_integer()) {
    return InvalidArgumentError("a message begins with {{\"weir\":{}}}", kControlProtocol);
  }
  if (*version != kControlProtocol) {
    return InvalidArgumentError(
        "this side of the socket speaks protocol {}, the other {}: use the flowc that runs the "
        "pipeline",
        kControlProtocol, Dump(*version));
  }
  json.erase("weir");
  return json;
}

/// Takes a field of type string out of a message; "" when it is absent or something else.
std::string TakeText(Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_string()) return "";
  std::string text = found->get<std::string>();
  json.erase(name);
  return text;
}

}  // namespace

std::string ControlRequest::ToLine() const {
  Json json = arguments;
  json["weir"] = kControlProtocol;
  json["request"] = name;
  return Dump(json);
}

Result<ControlRequest> ControlRequest::FromLine(std::string_view line) {
  WEIR_ASSIGN(Json json, ParseMessage(line));
  ControlRequest request;
  request.name = TakeText(json, "request");
  if (request.name.empty()) return InvalidArgumentError("a message needs \"request\": a name");
  request.arguments = std::move(json);
  return request;
}

std::string ControlReply::ToLine() const {
  Json json = fields;
  json["weir"] = kControlProtocol;
  json["ok"] = status.ok();
  if (!status.ok()) {
    json["code"] = StatusCodeName(status.code());
    json["error"] = status.message();
  }
  json["body"] = body.size();
  return Dump(json);
}

Result<ControlReply> ControlReply::FromLine(std::string_view line, size_t& body_bytes) {
  WEIR_ASSIGN(Json json, ParseMessage(line));
  const auto ok = json.find("ok");
  const auto body = json.find("body");
  if (ok == json.end() || !ok->is_boolean() || body == json.end() || !body->is_number_unsigned()) {
    return DataLossError("the answer lacks \"ok\" or \"body\"");
  }
  ControlReply reply;
  body_bytes = body->get<size_t>();
  if (!ok->get<bool>()) {
    const StatusCode code = CodeOf(TakeText(json, "code"));
    reply.status = Status(code, TakeText(json, "error"));
  }
  json.erase("ok");
  json.erase("body");
  reply.fields = std::move(json);
  return reply;
}

}  // namespace weir
