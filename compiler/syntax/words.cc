#include "compiler/syntax/words.h"

#include "compiler/diagnostics/suggest.h"

namespace weir::syntax {
namespace {

constexpr std::string_view kStages[] = {
    "aggregate", "anomaly", "apply",   "dedupe", "extend",   "flatten", "into",   "join",
    "limit",     "lookup",  "process", "rekey",  "route",    "sample",  "select", "session",
    "set",       "sort",    "top",     "union",  "validate", "where",   "without"};

constexpr std::string_view kItems[] = {"alert",    "fixture",  "fn",      "from",   "module",
                                       "param",    "pipeline", "profile", "schema", "secret",
                                       "sink",     "slo",      "source",  "stream", "table",
                                       "template", "test",     "type",    "use",    "view"};

constexpr ForeignStage kForeignStages[] = {
    {"filter", "where", "|> where x > 0"},
    {"having", "where", "|> where n > 10"},
    {"map", "extend", "|> extend y = x + 1"},
    {"project", "select", "|> select a, b"},
    {"mutate", "extend", "|> extend y = x + 1"},
    {"derive", "extend", "|> extend y = x + 1"},
    {"with_column", "extend", "|> extend y = x + 1"},
    {"rename", "select", "|> select a as b, * except (a)"},
    {"drop", "without", "|> without a, b"},
    {"exclude", "without", "|> without a, b"},
    {"distinct", "dedupe", "|> dedupe by id within 1h else discard \"duplicate\""},
    {"deduplicate", "dedupe", "|> dedupe by id within 1h else discard \"duplicate\""},
    {"unique", "dedupe", "|> dedupe by id within 1h else discard \"duplicate\""},
    {"summarize", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"reduce", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"group", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"group_by", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"window", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"tumbling", "aggregate", "|> aggregate n = count() by k over tumbling 1m …"},
    {"key_by", "rekey", "|> rekey by k"},
    {"keyby", "rekey", "|> rekey by k"},
    {"partition", "rekey", "|> rekey by k"},
    {"order", "sort", "|> sort by x desc"},
    {"order_by", "sort", "|> sort by x desc"},
    {"take", "limit", "|> limit 10"},
    {"head", "limit", "|> limit 10"},
    {"unnest", "flatten", "|> flatten tags as tag"},
    {"explode", "flatten", "|> flatten tags as tag"},
    {"flat_map", "flatten", "|> flatten tags as tag"},
    {"split", "route", "|> route { when x > 0 -> big  else -> small }"},
    {"branch", "route", "|> route { when x > 0 -> big  else -> small }"},
    {"enrich", "lookup", "|> lookup users as u on user_id set tier = u?.tier"},
    {"merge", "union", "|> union other"},
    {"to", "into", "|> into my_sink"},
    {"sink", "into", "|> into my_sink"},
    {"write", "into", "|> into my_sink"},
    {"print", "into", "|> into console()"},
};

constexpr SqlClause kSqlClauses[] = {
    {"group", "GROUP BY", "`by` after the aggregates", "|> aggregate n = count() by k"},
    {"having", "HAVING", "a `where` stage after the aggregate", "|> where n > 10"},
    {"order", "ORDER BY", "a `sort` stage", "|> sort by x desc"},
    {"window", "WINDOW", "`over` after the aggregates", "… by k over tumbling 5m"},
    {"partition", "PARTITION BY", "`by`", "… by k over tumbling 5m"},
    {"between", "BETWEEN", "`in low..high`", "where x in 1..10"},
    {"case", "CASE", "`if … then … else …`", "if x > 0 then \"up\" else \"down\""},
};

constexpr ForeignItem kForeignItems[] = {
    {"function", "fn"},   {"func", "fn"},        {"def", "fn"},           {"import", "use"},
    {"include", "use"},   {"const", "param"},    {"var", "param"},        {"struct", "schema"},
    {"record", "schema"}, {"message", "schema"}, {"interface", "schema"}, {"enum", "type"},
    {"input", "source"},  {"output", "sink"},    {"query", "stream"},     {"materialized", "view"},
};

constexpr std::string_view kSqlStatements[] = {"select", "insert", "create", "update",
                                               "delete", "alter",  "drop",   "merge"};

constexpr std::string_view kSourceClauses[] = {"from",   "format", "key",     "time",
                                               "future", "rate",   "on error"};
constexpr std::string_view kTableClauses[] = {"from",  "format",  "key",           "where",
                                              "cache", "refresh", "warm on start", "versioned by"};
constexpr std::string_view kSinkClauses[] = {"to",       "format",  "key", "batch",   "retry",
                                             "delivery", "columns", "pii", "on error"};
constexpr std::string_view kViewClauses[] = {"key", "retain", "to"};
constexpr std::string_view kAlertClauses[] = {"when", "for", "severity", "notify", "message"};
constexpr std::string_view kAggregateClauses[] = {"by",         "over", "emit",
                                                  "late after", "ttl",  "on error"};
constexpr std::string_view kSessionClauses[] = {"by",         "gap",      "max",    "state",
                                                "on event",   "on close", "output", "emit",
                                                "late after", "on error"};
constexpr std::string_view kProcessClauses[] = {
    "by", "ttl", "state", "on event", "on timer", "output", "emit", "late after", "on error"};
constexpr std::string_view kJoinClauses[] = {"as",    "on",        "within",
                                             "as of", "unmatched", "late after"};
constexpr std::string_view kLookupClauses[] = {"as", "on", "set", "on error"};
constexpr std::string_view kDedupeClauses[] = {"by", "within", "else"};

struct Clauses {
  std::string_view of;
  std::span<const std::string_view> words;
};
const Clauses kClauses[] = {
    {"source", kSourceClauses},   {"table", kTableClauses},     {"sink", kSinkClauses},
    {"view", kViewClauses},       {"alert", kAlertClauses},     {"aggregate", kAggregateClauses},
    {"session", kSessionClauses}, {"process", kProcessClauses}, {"join", kJoinClauses},
    {"lookup", kLookupClauses},   {"dedupe", kDedupeClauses},
};

template <typename Entry, size_t n>
const Entry* Find(const Entry (&entries)[n], std::string_view word) {
  for (const Entry& entry : entries) {
    if (EqualIgnoringCase(entry.word, word)) return &entry;
  }
  return nullptr;
}

}  // namespace

std::span<const std::string_view> StageWords() { return kStages; }
std::span<const std::string_view> ItemWords() { return kItems; }
const ForeignStage* FindForeignStage(std::string_view word) { return Find(kForeignStages, word); }
const SqlClause* FindSqlClause(std::string_view word) { return Find(kSqlClauses, word); }
const ForeignItem* FindForeignItem(std::string_view word) { return Find(kForeignItems, word); }

bool IsSqlStatement(std::string_view word) {
  for (std::string_view statement : kSqlStatements) {
    if (EqualIgnoringCase(statement, word)) return true;
  }
  return false;
}

std::span<const std::string_view> ClauseWords(std::string_view of) {
  for (const Clauses& clauses : kClauses) {
    if (clauses.of == of) return clauses.words;
  }
  return {};
}

}  // namespace weir::syntax
