#pragma once

#include <nlohmann/json.hpp>

#include "runtime/query/query_engine.h"

namespace weir::flowc {

/// The arguments of the request `query`, as they go through the socket.
nlohmann::json QueryRequestToJson(const QueryRequest& request);
/// InvalidArgument names what is missing or out of range.
Result<QueryRequest> QueryRequestFromJson(const nlohmann::json& json);

/// table, json, csv
std::string_view QueryFormatName(QueryFormat format);

}  // namespace weir::flowc
