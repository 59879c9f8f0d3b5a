#include "compiler/flowc/query_request.h"

#include <array>

namespace weir::flowc {
namespace {

using Json = nlohmann::json;

constexpr std::array kFormats = {QueryFormat::kColumns, QueryFormat::kJson, QueryFormat::kCsv};
constexpr int64_t kMaxTimeoutMs = 3'600'000;
constexpr int64_t kMostRows = 100'000'000;

Result<int64_t> NumberIn(const Json& json, const char* name, int64_t otherwise, int64_t largest) {
  const auto found = json.find(name);
  if (found == json.end()) return otherwise;
  if (found->is_number_integer()) {
    const auto number = found->get<int64_t>();
    if (number >= 1 && number <= largest) return number;
  }
  return InvalidArgumentError("query: {} must be a whole number from 1 to {}", name, largest);
}

}  // namespace

std::string_view QueryFormatName(QueryFormat format) {
  switch (format) {
    case QueryFormat::kColumns: return "table";
    case QueryFormat::kJson: return "json";
    case QueryFormat::kCsv: return "csv";
  }
  return "json";
}

Json QueryRequestToJson(const QueryRequest& request) {
  return {{"sql", request.sql},
          {"format", QueryFormatName(request.format)},
          {"timeout_ms", request.timeout.count()},
          {"max_rows", request.max_rows}};
}

Result<QueryRequest> QueryRequestFromJson(const Json& json) {
  QueryRequest request;
  const auto sql = json.find("sql");
  if (sql == json.end() || !sql->is_string()) return InvalidArgumentError("query: sql is missing");
  request.sql = sql->get<std::string>();
  const std::string format = json.value("format", Json("json")).dump();
  bool known = false;
  for (const QueryFormat candidate : kFormats) {
    if (format != fmt::format("\"{}\"", QueryFormatName(candidate))) continue;
    request.format = candidate;
    known = true;
  }
  if (!known) return InvalidArgumentError("query: format is table, json or csv, not {}", format);
  WEIR_ASSIGN(const int64_t timeout,
              NumberIn(json, "timeout_ms", request.timeout.count(), kMaxTimeoutMs));
  request.timeout = std::chrono::milliseconds(timeout);
  WEIR_ASSIGN(request.max_rows, NumberIn(json, "max_rows", request.max_rows, kMostRows));
  return request;
}

}  // namespace weir::flowc
