#include "runtime/connectors/store/total_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "runtime/ddl/clickhouse_type.h"
#include "runtime/ddl/sql_tokens.h"

namespace weir {
namespace {

using Types = std::map<std::string, std::string>;

// No sums: those of decimals may leave their type.
constexpr std::string_view kAggregates[] = {"count", "uniq", "uniqExact", "avg",
                                            "min",   "max",  "any"};
constexpr std::string_view kAggregateEnds[] = {"IfState", "State", "If", ""};
// Defined for whatever their argument types allow. What may parse a text is not among them.
constexpr std::string_view kFunctions[] = {
    "assumeNotNull", "coalesce",          "empty",           "ifNull",          "isNotNull",
    "isNull",        "JSONExtractString", "length",          "lower",           "notEmpty",
    "nullIf",        "toFloat64OrNull",   "toFloat64OrZero", "toInt64OrNull",   "toInt64OrZero",
    "toHour",        "toMinute",          "toStartOfHour",   "toStartOfMinute", "upper"};
// These parse a text, so they must be given a column of a time.
constexpr std::string_view kOfTimes[] = {"toDate", "toDateTime", "toYYYYMM"};
constexpr std::string_view kKeywords[] = {"SELECT", "FROM", "WHERE", "GROUP", "BY",  "AS",
                                          "AND",    "OR",   "NOT",   "IS",    "NULL"};
constexpr std::string_view kSymbols = "(),.=<>!";

template <typename List>
bool Contains(const List& list, std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool IsAggregate(std::string_view name) {
  return std::any_of(std::begin(kAggregateEnds), std::end(kAggregateEnds), [&](auto end) {
    return name.ends_with(end) && Contains(kAggregates, name.substr(0, name.size() - end.size()));
  });
}

/// Every name of `select` is known to be harmless where it stands.
class SelectReader {
 public:
  SelectReader(const std::vector<SqlToken>& tokens, const ViewPlaces& places, const Types& columns)
      : tokens_(tokens), columns_(columns) {
    known_ = {places.source_database, places.source};
    for (const auto& [name, type] : columns) known_.insert(name);
    for (size_t i = 1; i < tokens.size(); ++i) {
      if (tokens[i - 1].IsWord("AS") && tokens[i].IsName()) aliases_.insert(tokens[i].Name());
    }
  }

  bool IsHarmless() const {
    int selects = 0;
    for (size_t i = 0; i + 1 < tokens_.size(); ++i) {
      const SqlToken& token = tokens_[i];
      selects += token.IsWord("SELECT") ? 1 : 0;
      if (!IsHarmless(i)) return false;
    }
    return selects == 1;
  }

 private:
  bool IsHarmless(size_t i) const {
    const SqlToken& token = tokens_[i];
    if (token.kind == SqlToken::Kind::kText) return true;
    if (token.kind == SqlToken::Kind::kSymbol) {
      return kSymbols.find(token.text[0]) != std::string_view::npos;
    }
    if (!tokens_[i + 1].IsSymbol('(')) {
      const bool keyword = std::any_of(std::begin(kKeywords), std::end(kKeywords),
                                       [&](auto word) { return token.IsWord(word); });
      return keyword ||
             (token.IsName() && (known_.contains(token.Name()) || aliases_.contains(token.Name())));
    }
    if (IsAggregate(token.text) || Contains(kFunctions, token.text)) return true;
    const bool bracket = token.IsWord("WHERE") || token.IsWord("SELECT") || token.IsWord("AND") ||
                         token.IsWord("OR") || token.IsWord("NOT") || token.IsWord("BY");
    return bracket || (Contains(kOfTimes, token.text) && IsTime(i + 2));
  }

  /// A column of a time, which no alias hides, alone in its brackets.
  bool IsTime(size_t i) const {
    if (i + 1 >= tokens_.size() || !tokens_[i].IsName() || !tokens_[i + 1].IsSymbol(')')) {
      return false;
    }
    const auto column = columns_.find(tokens_[i].Name());
    return column != columns_.end() && column->second.starts_with("Date") &&
           !aliases_.contains(column->first);
  }

  const std::vector<SqlToken>& tokens_;
  const Types& columns_;
  std::set<std::string> known_, aliases_;
};

/// Lines of "name<tab>type".
Types ReadTypes(const std::string& answer) {
  Types types;
  size_t at = 0;
  while (at < answer.size()) {
    const size_t end = std::min(answer.find('\n', at), answer.size());
    const std::string line = answer.substr(at, end - at);
    const size_t tab = line.find('\t');
    if (tab != std::string::npos) {
      types[line.substr(0, tab)] = line.substr(tab + 1, line.find('\t', tab + 1) - tab - 1);
    }
    at = end + 1;
  }
  return types;
}

/// What a value of the column is, without how it is stored.
std::string ValueType(std::string type) {
  for (const std::string_view wrapper : {"SimpleAggregateFunction(", "LowCardinality("}) {
    if (!type.starts_with(wrapper)) continue;
    const size_t comma = wrapper[0] == 'S' ? type.find(", ") : std::string::npos;
    const size_t first = comma == std::string::npos ? wrapper.size() : comma + 2;
    type = type.substr(first, type.size() - first - 1);
  }
  return type;
}

Result<Types> ColumnsOf(ChdbDatabase& database, const std::string& in, const std::string& table,
                        const char* condition) {
  WEIR_ASSIGN(const std::string answer,
              database.Query(fmt::format("SELECT name, type FROM system.columns WHERE database = "
                                         "{} AND table = {} AND {}",
                                         ClickhouseString(in), ClickhouseString(table), condition),
                             "TSVRaw"));
  return ReadTypes(answer);
}

Result<bool> TakesAll(ChdbDatabase& database, const std::string& select, const ViewPlaces& places) {
  WEIR_ASSIGN(const Types computed,
              ColumnsOf(database, places.target_database, places.target, "default_kind != ''"));
  if (!computed.empty()) return false;
  WEIR_ASSIGN(const std::string created,
              database.Query(fmt::format("SELECT create_table_query FROM system.tables WHERE "
                                         "database = {} AND name = {}",
                                         ClickhouseString(places.target_database),
                                         ClickhouseString(places.target)),
                             "TSVRaw"));
  std::optional<SqlCutError> error;
  for (const SqlToken& token : CutSqlTokens(created, error)) {
    if (token.IsWord("CONSTRAINT")) return false;
  }
  WEIR_ASSIGN(const Types target, ColumnsOf(database, places.target_database, places.target, "1"));
  WEIR_ASSIGN(const std::string described, database.Query("DESCRIBE (" + select + ")", "TSVRaw"));
  const Types results = ReadTypes(described);
  return !results.empty() && std::all_of(results.begin(), results.end(), [&](const auto& result) {
    const auto column = target.find(result.first);
    return column != target.end() && ValueType(result.second) == ValueType(column->second);
  });
}

}  // namespace

Result<bool> IsTotalView(ChdbDatabase& database, const std::string& select,
                         const ViewPlaces& places) {
  std::optional<SqlCutError> error;
  const std::vector<SqlToken> tokens = CutSqlTokens(select, error);
  if (error) return false;
  WEIR_ASSIGN(const Types columns, ColumnsOf(database, places.source_database, places.source, "1"));
  if (!SelectReader(tokens, places, columns).IsHarmless()) return false;
  return TakesAll(database, select, places);
}

}  // namespace weir
