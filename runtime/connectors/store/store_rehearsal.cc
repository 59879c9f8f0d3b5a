#include "runtime/connectors/store/store_rehearsal.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "runtime/connectors/store/total_view.h"
#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/ddl_statement.h"
#include "runtime/ddl/sql_tokens.h"

namespace weir {
namespace {

std::string Quoted(const std::string& database, const std::string& name) {
  return ClickhouseName(database) + "." + ClickhouseName(name);
}

/// `database.name` or `name`, as ClickHouse shows it.
std::pair<std::string, std::string> SplitName(const std::string& name, std::string database) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return {std::move(database), name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

/// The view's SELECT, reading `copy` where it first reads `database.name`. Further places (a join
/// with itself) read the table, as in the view itself. "" when it is not found.
std::string ReadingCopy(const std::string& select, const std::string& database,
                        const std::string& name, const std::string& copy) {
  std::optional<SqlCutError> error;
  const std::vector<SqlToken> tokens = CutSqlTokens(select, error);
  for (size_t i = 1; i + 2 < tokens.size(); ++i) {
    const bool here = tokens[i - 1].IsWord("FROM") && tokens[i].Name() == database &&
                      tokens[i + 1].IsSymbol('.') && tokens[i + 2].Name() == name;
    if (here) return select.substr(0, tokens[i].offset) + copy + select.substr(tokens[i + 2].end());
  }
  return "";
}

std::string WithoutEnd(std::string line) {
  while (line.ends_with('\n')) line.pop_back();
  return line;
}

}  // namespace

std::string StoreRehearsal::QuotedCopy(const std::string& name) const {
  return Quoted(copies_, name);
}

Result<std::string> StoreRehearsal::Make(const std::string& table) {
  WEIR_ASSIGN(std::string current, database_.Query("SELECT currentDatabase()", "TSVRaw"));
  auto [database, name] = SplitName(table, WithoutEnd(std::move(current)));
  Table first{std::move(database), std::move(name), ""};
  WEIR_ASSIGN(const std::vector<Table> views, ViewsBehind(first));
  const std::string quoted = ClickhouseName(copies_);
  WEIR_TRY(database_.Query("DROP DATABASE IF EXISTS " + quoted).status());
  if (views.empty()) return std::string();
  WEIR_TRY(database_.Query("CREATE DATABASE " + quoted + " ENGINE = Memory").status());
  first.copy = first.name;
  WEIR_TRY(CopyTable(Quoted(first.database, first.name), first.copy));
  std::string copy = QuotedCopy(first.copy);
  open_.push_back(std::move(first));
  while (!open_.empty()) {
    const Table source = std::move(open_.front());
    open_.pop_front();
    WEIR_ASSIGN(const std::vector<Table> behind, ViewsBehind(source));
    for (const Table& view : behind) {
      const Status status = CopyView(source, view);
      if (!status.ok()) left_out_.push_back(view.name + ": " + status.message());
    }
  }
  if (needed_) return copy;
  WEIR_TRY(database_.Query("DROP DATABASE " + quoted).status());
  return std::string();
}

Result<std::vector<StoreRehearsal::Table>> StoreRehearsal::ViewsBehind(const Table& table) {
  WEIR_ASSIGN(
      const std::string answer,
      database_.Query(fmt::format("SELECT d, t FROM system.tables ARRAY JOIN dependencies_database "
                                  "AS d, dependencies_table AS t WHERE database = {} AND name = {}",
                                  ClickhouseString(table.database), ClickhouseString(table.name)),
                      "TSVRaw"));
  std::vector<Table> views;
  size_t at = 0;
  while (at < answer.size()) {
    const size_t end = std::min(answer.find('\n', at), answer.size());
    const std::string line = answer.substr(at, end - at);
    const size_t tab = line.find('\t');
    if (tab != std::string::npos) views.push_back({line.substr(0, tab), line.substr(tab + 1), ""});
    at = end + 1;
  }
  return views;
}

/// Columns, defaults and constraints are those of the table.
Status StoreRehearsal::CopyTable(const std::string& quoted, const std::string& copy) {
  if (!made_.insert(copy).second) return Status::Ok();
  return database_
      .Query(fmt::format("CREATE TABLE {} AS {} ENGINE = Null", QuotedCopy(copy), quoted))
      .status();
}

/// What the view writes: the table behind TO, or one of its own.
Result<StoreRehearsal::Table> StoreRehearsal::CopyTarget(const Table& view,
                                                         const std::string& created) {
  WEIR_ASSIGN(const std::vector<DdlStatement> statements, SplitStatements(created));
  const std::string written = statements.empty() ? "" : statements[0].target;
  Table target = view;  // views behind one with a table of its own read the view
  if (!written.empty()) {
    std::tie(target.database, target.name) = SplitName(written, view.database);
  }
  target.copy = fmt::format("{}{}", target.name, written.empty() ? " rows" : "");
  WEIR_TRY(CopyTable(Quoted(target.database, target.name), target.copy));
  return target;
}

Status StoreRehearsal::CopyView(const Table& source, const Table& view) {
  const auto ask = [&](const char* column) -> Result<std::string> {
    WEIR_ASSIGN(std::string answer,
                database_.Query(fmt::format("SELECT {} FROM system.tables WHERE database = {} AND "
                                            "name = {}",
                                            column, ClickhouseString(view.database),
                                            ClickhouseString(view.name)),
                                "TSVRaw"));
    return WithoutEnd(std::move(answer));
  };
  WEIR_ASSIGN(const std::string engine, ask("engine"));
  if (engine != "MaterializedView") return Status::Ok();
  WEIR_ASSIGN(const std::string select, ask("as_select"));
  WEIR_ASSIGN(const std::string created, ask("create_table_query"));
  const std::string reading =
      ReadingCopy(select, source.database, source.name, QuotedCopy(source.copy));
  if (reading.empty()) return InvalidArgumentError("it does not read {} as such", source.name);
  const bool known = made_.contains(view.name);
  if (known) return Status::Ok();
  WEIR_ASSIGN(Table target, CopyTarget(view, created));
  WEIR_ASSIGN(
      const bool total,
      IsTotalView(database_, select, {source.database, source.name, target.database, target.name}));
  needed_ |= !total;
  WEIR_TRY(database_
               .Query(fmt::format("CREATE MATERIALIZED VIEW {} TO {} AS {}", QuotedCopy(view.name),
                                  QuotedCopy(target.copy), reading))
               .status());
  made_.insert(view.name);
  open_.push_back(std::move(target));
  return Status::Ok();
}

}  // namespace weir
