#include "runtime/connectors/store/store_repeats.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "runtime/connectors/store/store_table.h"
#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/ddl_statement.h"

namespace weir {
namespace {

namespace fs = std::filesystem;

/// Inserts that may have been under way: only the last entries can be without their part.
constexpr size_t kMostUnderWay = 256;
constexpr std::string_view kAdded = "1", kDropped = "2";

std::vector<std::string> Lines(std::string_view text, char separator) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find(separator), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Of `… SETTINGS non_replicated_deduplication_window = 100, …`; 0 without one.
int64_t WindowOf(std::string_view created) {
  constexpr std::string_view kName = "non_replicated_deduplication_window = ";
  const size_t at = created.find(kName);
  int64_t window = 0;
  if (at == std::string_view::npos) return window;
  const char* begin = created.data() + at + kName.size();
  std::from_chars(begin, created.data() + created.size(), window);
  return window;
}

/// An entry of a table's log: `1<tab>part<tab>what repeats are recognised by`.
struct KnownInsert {
  std::string part, id;
};

std::vector<fs::path> LogsIn(const std::string& folder) {
  std::vector<std::pair<uint64_t, fs::path>> logs;
  constexpr std::string_view kPrefix = "deduplication_log_";
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    uint64_t number = 0;
    if (!name.starts_with(kPrefix)) continue;
    std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), number);
    logs.emplace_back(number, it->path());
  }
  std::sort(logs.begin(), logs.end());
  std::vector<fs::path> paths;
  for (auto& [number, path] : logs) paths.push_back(std::move(path));
  return paths;
}

/// The last inserts that the logs know.
std::vector<KnownInsert> LastInserts(const std::vector<fs::path>& logs) {
  std::vector<KnownInsert> inserts;
  for (const fs::path& path : logs) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    while (std::getline(in, line)) {
      const std::vector<std::string> parts = Lines(line, '\t');
      if (parts.size() != 3) continue;
      std::erase_if(inserts, [&](const KnownInsert& known) { return known.id == parts[2]; });
      if (parts[0] == kAdded) inserts.push_back({parts[1], parts[2]});
      if (inserts.size() > kMostUnderWay) inserts.erase(inserts.begin());
    }
  }
  return inserts;
}

}  // namespace

std::string StoreRepeats::Table::Quoted() const {
  return ClickhouseName(database) + "." + ClickhouseName(name);
}

Result<std::vector<std::string>> StoreRepeats::Ask(const Table& table, std::string_view columns) {
  WEIR_ASSIGN(
      const std::string answer,
      database_.Query(
          fmt::format("SELECT {} FROM system.tables WHERE database = {} AND name = {}", columns,
                      ClickhouseString(table.database), ClickhouseString(table.name)),
          "TSVRaw"));
  return Lines(answer, '\n');
}

Status StoreRepeats::Ensure(const std::string& table) {
  WEIR_ASSIGN(const std::string current, database_.Query("SELECT currentDatabase()", "TSVRaw"));
  const std::string database = Lines(current, '\n').at(0);
  const size_t dot = table.find('.');
  if (dot == std::string::npos) {
    open_.push_back({database, table});
  } else {
    open_.push_back({table.substr(0, dot), table.substr(dot + 1)});
  }
  while (!open_.empty()) {
    const Table next = std::move(open_.front());
    open_.pop_front();
    if (!seen_.insert(next.Quoted()).second) continue;
    WEIR_TRY(CheckSettings(next));
    WEIR_TRY(Follow(next));
  }
  return Status::Ok();
}

/// What the materialized views behind the table write.
Status StoreRepeats::Follow(const Table& table) {
  WEIR_ASSIGN(const auto views,
              Ask(table,
                  "arrayJoin(arrayZip(dependencies_database, dependencies_table)) AS view, "
                  "view.1, view.2"));
  for (const std::string& line : views) {
    const std::vector<std::string> parts = Lines(line, '\t');
    if (parts.size() != 3) continue;
    const Table view{parts[1], parts[2]};
    WEIR_ASSIGN(const auto about, Ask(view, "engine, uuid"));
    const std::vector<std::string> words = about.empty() ? about : Lines(about[0], '\t');
    if (words.size() != 2 || words[0] != "MaterializedView") continue;
    WEIR_ASSIGN(const auto created, Ask(view, "create_table_query"));
    std::string text;
    for (const std::string& part : created) text += part + "\n";
    WEIR_ASSIGN(const std::vector<DdlStatement> statements, SplitStatements(text));
    const std::string target = statements.empty() ? "" : statements[0].target;
    const size_t dot = target.find('.');
    if (target.empty()) {
      const bool known = words[1] != "00000000-0000-0000-0000-000000000000";
      open_.push_back({view.database, known ? ".inner_id." + words[1] : ".inner." + view.name});
    } else if (dot == std::string::npos) {
      open_.push_back({view.database, target});
    } else {
      open_.push_back({target.substr(0, dot), target.substr(dot + 1)});
    }
    open_.push_back(view);  // views behind it name it, or the table behind it
  }
  return Status::Ok();
}

Status StoreRepeats::CheckSettings(const Table& table) {
  WEIR_ASSIGN(const auto about, Ask(table, "engine, arrayStringConcat(data_paths, ' ')"));
  if (about.empty()) return Status::Ok();  // of a view that is there without its table
  const std::vector<std::string> words = Lines(about[0], '\t');
  const std::string& engine = words.at(0);
  // They store nothing themselves.
  if (engine == "Null" || engine.ends_with("View")) return Status::Ok();
  if (!engine.ends_with("MergeTree")) {
    return FailedPreconditionError(
        "store: the table {} is {} and can't tell what is sent again after a crash: give it a "
        "MergeTree engine, or run without --state",
        table.name, engine);
  }
  WEIR_ASSIGN(const auto created, Ask(table, "create_table_query"));
  std::string text;
  for (const std::string& line : created) text += line + "\n";
  if (words.size() > 1) {
    WEIR_TRY(TakeBackLost(table, words[1]));
  }
  const bool recognises = WindowOf(text) >= kStoreDeduplicationWindow;
  if (recognises && text.find(kStoreFsync) != std::string::npos) return Status::Ok();
  return database_
      .Query(fmt::format("ALTER TABLE {} MODIFY SETTING {}{}", table.Quoted(), kStoreFsync,
                         recognises ? ""
                                    : fmt::format(", non_replicated_deduplication_window = {}",
                                                  kStoreDeduplicationWindow)))
      .status();
}

/// Parts are named partition_least_most_level; the rows may be in a merged part by now.
Result<bool> StoreRepeats::HasPart(const Table& table, const std::string& part) {
  const std::vector<std::string> words = Lines(part, '_');
  if (words.size() < 4) return true;
  uint64_t block = 0;
  const std::string& least = words[1];
  if (std::from_chars(least.data(), least.data() + least.size(), block).ec != std::errc()) {
    return true;
  }
  WEIR_ASSIGN(
      const std::string count,
      database_.Query(fmt::format("SELECT count() FROM system.parts WHERE database = {} "
                                  "AND table = {} AND partition_id = {} AND {} BETWEEN "
                                  "min_block_number AND max_block_number",
                                  ClickhouseString(table.database), ClickhouseString(table.name),
                                  ClickhouseString(words[0]), block)));
  return !count.starts_with("0");
}

Status StoreRepeats::TakeBackLost(const Table& table, const std::string& folder) {
  const std::vector<fs::path> logs = LogsIn(folder + "/deduplication_logs");
  std::string lost;
  for (const KnownInsert& insert : LastInserts(logs)) {
    WEIR_ASSIGN(const bool is_there, HasPart(table, insert.part));
    if (is_there) continue;
    lost += fmt::format("{}\t{}\t{}\n", kDropped, insert.part, insert.id);
    taken_back_.push_back(table.name + ": " + insert.part);
  }
  if (lost.empty()) return Status::Ok();
  // The engine reads the log when it attaches a table.
  WEIR_TRY(database_.Query("DETACH TABLE " + table.Quoted()).status());
  std::ofstream log(logs.back(), std::ios::binary | std::ios::app);
  log << lost;
  log.close();
  const bool written = log.good();
  WEIR_TRY(database_.Query("ATTACH TABLE " + table.Quoted()).status());
  if (written) return Status::Ok();
  return IoError("can't write {}", logs.back().string());
}

}  // namespace weir
