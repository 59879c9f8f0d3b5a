#include "runtime/connectors/store/store_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/ddl_statement.h"

namespace weir {
namespace {

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return NotFoundError(
        "store: the file {} of `ddl` can't be read; its path is relative to the "
        ".flow file",
        path);
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

bool MayBeNull(const std::string& type) {
  return type.starts_with("Nullable(") || type.starts_with("LowCardinality(Nullable(");
}

/// `(a, b)` and `` `a`, b `` are the same sorting key.
std::string PlainKey(std::string key) {
  key.erase(std::remove(key.begin(), key.end(), '`'), key.end());
  if (key.starts_with('(') && key.ends_with(')')) key = key.substr(1, key.size() - 2);
  return key;
}

}  // namespace

std::string StoreSchema::Where(const char* name_column) const {
  const size_t dot = table_.name.find('.');
  const bool current = dot == std::string::npos;
  return fmt::format("database = {} AND {} = {}",
                     current ? "currentDatabase()" : ClickhouseString(table_.name.substr(0, dot)),
                     name_column,
                     ClickhouseString(current ? table_.name : table_.name.substr(dot + 1)));
}

Status StoreSchema::Create() {
  if (!table_.ddl.empty()) return RunFile();
  const Status made = database_.Query(table_.CreateStatement()).status();
  return made.WithContext(fmt::format("store: CREATE TABLE {}", table_.name));
}

Status StoreSchema::RunFile() {
  WEIR_ASSIGN(const std::string text, ReadFile(table_.ddl));
  Result<std::vector<DdlStatement>> statements = SplitStatements(text);
  if (!statements.ok()) return statements.status().WithContext(table_.ddl);
  std::vector<std::string> written;
  for (const DdlStatement& statement : *statements) {
    if (!statement.creates) {
      return InvalidArgumentError(
          "{}:{}: the store runs CREATE statements only, at each start; move this one elsewhere: "
          "{}",
          table_.ddl, statement.line, statement.text.substr(0, 60));
    }
    const Status made = database_.Query(ForEmbeddedStore(statement)).status();
    if (!made.ok() && made.code() != StatusCode::kAlreadyExists) {
      return made.WithContext(
          fmt::format("{}:{}: CREATE {}", table_.ddl, statement.line, statement.name));
    }
    if (statement.kind == DdlStatement::Kind::kCreateTable) written.push_back(statement.name);
    if (!statement.target.empty()) written.push_back(statement.target);
  }
  return RecogniseRepeats(written);
}

/// An insert that failed half way is sent again. Without a window the rows that had arrived, in the
/// table or behind a materialized view, would be there twice.
Status StoreSchema::RecogniseRepeats(const std::vector<std::string>& tables) {
  std::string names;
  for (const std::string& table : tables) {
    names += (names.empty() ? "" : ", ") + ClickhouseString(table);
  }
  if (names.empty()) return Status::Ok();
  WEIR_ASSIGN(const std::string without,
              database_.Query("SELECT name FROM system.tables WHERE database = currentDatabase() "
                              "AND engine LIKE '%MergeTree' AND create_table_query NOT LIKE "
                              "'%non_replicated_deduplication_window%' AND name IN (" +
                                  names + ")",
                              "TSVRaw"));
  for (const std::string& name : SplitAt(without, '\n')) {
    WEIR_TRY(database_
                 .Query(fmt::format("ALTER TABLE {} MODIFY SETTING "
                                    "non_replicated_deduplication_window = {}",
                                    ClickhouseName(name), kStoreDeduplicationWindow))
                 .status());
  }
  return Status::Ok();
}

Result<std::vector<StoreColumn>> StoreSchema::ReadColumns() {
  WEIR_ASSIGN(const std::string answer,
              database_.Query("SELECT name, type, default_kind FROM system.columns WHERE " +
                                  Where("table") + " ORDER BY position",
                              "TSVRaw"));
  std::vector<StoreColumn> columns;
  for (const std::string& line : SplitAt(answer, '\n')) {
    std::vector<std::string> parts = SplitAt(line, '\t');
    if (parts.size() < 2) continue;
    parts.resize(3);
    columns.push_back({parts[0], parts[1], parts[2]});
  }
  if (!columns.empty()) return columns;
  return NotFoundError("store: there is no table {}{}", table_.name,
                       table_.ddl.empty() ? "" : " in " + table_.ddl + "; `table` names it");
}

/// A table of an earlier program may replace rows by other columns, or not at all.
Status StoreSchema::CheckEngine() {
  WEIR_ASSIGN(
      const std::string answer,
      database_.Query("SELECT engine, sorting_key FROM system.tables WHERE " + Where("name"),
                      "TSVRaw"));
  const std::vector<std::string> lines = SplitAt(answer, '\n');
  std::vector<std::string> parts =
      lines.empty() ? std::vector<std::string>() : SplitAt(lines[0], '\t');
  parts.resize(2);
  parts[1] = PlainKey(parts[1]);
  const std::string sorted = fmt::format("{}", fmt::join(table_.order_by, ", "));
  if (parts[0] == table_.EngineName() && parts[1] == PlainKey(sorted)) {
    return Status::Ok();
  }
  return FailedPreconditionError(
      "store: the table {} is there already, as {} ORDER BY ({}); this pipeline needs {} ORDER BY "
      "({}): drop it, or give the sink another `table`",
      table_.name, parts[0], parts[1], table_.EngineName(), sorted);
}

Status StoreSchema::Misfit(const std::vector<StoreColumn>& columns,
                           const std::string& problems) const {
  std::string row, declared;
  for (const StoreTable::Column& column : table_.columns) {
    row += fmt::format("{}{}: {}", row.empty() ? "" : ", ", column.name,
                       table_.batch_schema->field(column.source).type.ToString());
  }
  for (const StoreColumn& column : columns) {
    declared += fmt::format("{}{} {}{}{}", declared.empty() ? "" : ", ", column.name, column.type,
                            column.default_kind.empty() ? "" : " ", column.default_kind);
  }
  return FailedPreconditionError(
      "store: the row does not fit the table {}: {}\n  row:   {}\n  table: {}\n  change the row, "
      "or "
      "{}",
      table_.name, problems, row, declared,
      table_.ddl.empty() ? "drop the table (an earlier program made it) or give another `table`"
                         : "the table in " + table_.ddl + " (and drop the one that is there)");
}

Result<std::vector<NativeTarget>> StoreSchema::Match() {
  WEIR_ASSIGN(const std::vector<StoreColumn> columns, ReadColumns());
  if (table_.ddl.empty()) WEIR_TRY(CheckEngine());
  std::vector<NativeTarget> targets;
  std::string problems;
  const auto problem = [&](const std::string& text) {
    problems += (problems.empty() ? "" : "; ") + text;
  };
  for (const StoreTable::Column& column : table_.columns) {
    const auto found = std::find_if(columns.begin(), columns.end(), [&](const StoreColumn& other) {
      return other.name == column.name;
    });
    if (found == columns.end()) {
      // A table that a file made need not keep versions and deletes.
      if (column.source < table_.num_given_columns) {
        problem("the table has no column " + column.name);
      }
      continue;
    }
    const bool computed =
        found->default_kind == "MATERIALIZED" && !StoreTable::IsHidden(found->name);
    if (computed || found->default_kind == "ALIAS") {
      problem(fmt::format("{} is {} in the table", column.name, found->default_kind));
      continue;
    }
    WEIR_ASSIGN(ClickhouseType type, ParseClickhouseType(found->type));
    targets.push_back({column.name, std::move(type), column.source});
  }
  for (const StoreColumn& column : columns) {
    const bool given = std::any_of(table_.columns.begin(), table_.columns.end(),
                                   [&](const auto& other) { return other.name == column.name; });
    if (given || !column.default_kind.empty()) continue;
    if (MayBeNull(column.type)) continue;
    problem(fmt::format("the row has no {}, which has no DEFAULT", column.name));
  }
  const Status encodable = NativeEncoder::Make(*table_.batch_schema, targets).status();
  if (!encodable.ok()) problem(encodable.message());
  if (!problems.empty()) return Misfit(columns, problems);
  return targets;
}

Result<uint64_t> StoreSchema::LastVersion() {
  if (!table_.own_version || !table_.replaces) return uint64_t{0};
  WEIR_ASSIGN(const std::string answer,
              database_.Query(fmt::format("SELECT max({}) FROM {}", ClickhouseName(kStoreVersion),
                                          table_.Quoted())));
  uint64_t version = 0;
  std::from_chars(answer.data(), answer.data() + answer.size(), version);
  return version;
}

}  // namespace weir
