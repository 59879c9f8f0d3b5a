#include "compiler/flowc/query_overview.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/flowc/plan_tables.h"
#include "compiler/flowc/result_table.h"
#include "compiler/flowc/terminal.h"
#include "runtime/ddl/clickhouse_type.h"

namespace weir::flowc {
namespace {

using Json = nlohmann::ordered_json;

/// Per table; a plain view may have to compute a lot to count its rows.
constexpr std::chrono::seconds kCountTime{3};

std::optional<int64_t> CountRows(QueryTarget& target, const std::string& table) {
  const auto result = target.Run(
      {.sql = "SELECT count() AS n FROM " + ClickhouseName(table), .timeout = kCountTime});
  if (!result.ok()) return std::nullopt;
  const Json json = Json::parse(*result, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("n")) return std::nullopt;
  return json["n"].get<int64_t>();
}

Status AddTables(QueryTarget& target, bool count, Overview& overview) {
  WEIR_ASSIGN(const std::string tables,
              target.Run({.sql = "SELECT name, engine FROM system.tables WHERE database = "
                                 "currentDatabase() AND engine != 'MaterializedView' AND name NOT "
                                 "LIKE '.%' AND name != 'weir_commits' ORDER BY name"}));
  size_t begin = 0;
  for (size_t end = tables.find('\n'); end != std::string::npos; end = tables.find('\n', begin)) {
    const Json json =
        Json::parse(tables.substr(begin, end - begin), nullptr, /*allow_exceptions=*/false);
    begin = end + 1;
    if (!json.is_object()) continue;
    OverviewEntry entry;
    entry.name = json.value("name", "");
    entry.kind = json.value("engine", "").ends_with("View") ? "view" : "table";
    if (count) entry.rows = CountRows(target, entry.name);
    overview.entries.push_back(std::move(entry));
  }
  return Status::Ok();
}

/// Those whose table is there, else one made up from the first table.
std::vector<std::string> RunnableQueries(const Overview& overview, const RunRecord& record) {
  std::vector<std::string> queries;
  for (const std::string& query : record.queries) {
    const auto statement = CheckReadOnly(query);
    if (!statement.ok()) continue;
    const bool is_there =
        std::any_of(overview.entries.begin(), overview.entries.end(),
                    [&](const OverviewEntry& entry) { return entry.name == statement->table; });
    if (is_there) queries.push_back(query);
  }
  if (queries.empty() && !overview.entries.empty()) {
    queries.push_back(
        fmt::format("SELECT * FROM {} LIMIT 10", ClickhouseName(overview.entries.front().name)));
  }
  return queries;
}

}  // namespace

Result<Overview> ReadOverview(QueryTarget& target, bool count) {
  Overview overview;
  WEIR_ASSIGN(const std::vector<QueryTarget::View> views, target.MemoryViews());
  // A pipeline without a store answers this without starting the engine.
  const bool has_store = views.empty() || !target.record().stores.empty();
  if (has_store) WEIR_TRY(AddTables(target, count, overview));
  for (const QueryTarget::View& view : views) {
    overview.entries.push_back({view.name, "view in memory", view.rows});
  }
  overview.queries = RunnableQueries(overview, target.record());
  return overview;
}

std::string OverviewText(const Overview& overview, const std::string& where) {
  std::string text = where + "\n";
  if (overview.entries.empty()) return text + "no tables yet\n";
  std::string table = "name\tkind\trows\nString\tString\tUInt64\n";
  for (const OverviewEntry& entry : overview.entries) {
    table += fmt::format("{}\t{}\t{}\n", entry.name, entry.kind,
                         entry.rows ? Grouped(*entry.rows) : std::string("?"));
  }
  text += "\n" + ResultTable(table, {}) + "\n";
  for (const std::string& query : overview.queries) text += QueryCommandLine(query) + "\n";
  return text;
}

std::string OverviewJson(const Overview& overview, const RunRecord& record) {
  Json tables = Json::array();
  for (const OverviewEntry& entry : overview.entries) {
    Json json = {{"name", entry.name}, {"kind", entry.kind}};
    json["rows"] = entry.rows ? Json(*entry.rows) : Json(nullptr);
    tables.push_back(std::move(json));
  }
  const Json json = {
      {"pipeline", record.pipeline}, {"tables", tables}, {"queries", overview.queries}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace weir::flowc
