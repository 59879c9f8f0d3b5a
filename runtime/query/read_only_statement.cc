#include "runtime/query/read_only_statement.h"

#include <algorithm>
#include <array>
#include <vector>

#include "runtime/ddl/sql_tokens.h"

namespace weir {
namespace {

using Kind = SqlToken::Kind;

constexpr std::array<std::string_view, 7> kStarts = {"SELECT", "WITH",    "SHOW",  "DESCRIBE",
                                                     "DESC",   "EXPLAIN", "EXISTS"};

/// Functions and table functions that reach files, the network, programs or other servers, in lower
/// case (ClickHouse knows some in any case). ClickHouse's read-only mode refuses most, not all: the
/// function file() reads any file.
constexpr std::string_view kOutside[] = {
    "file",
    "filecluster",
    "filesystem",
    "url",
    "urlcluster",
    "remote",
    "remotesecure",
    "cluster",
    "clusterallreplicas",
    "executable",
    "input",
    "s3",
    "s3cluster",
    "gcs",
    "oss",
    "cosn",
    "hdfs",
    "hdfscluster",
    "azureblobstorage",
    "azureblobstoragecluster",
    "deltalake",
    "deltalakeazure",
    "deltalakeazurecluster",
    "deltalakecluster",
    "deltalakelocal",
    "deltalakes3",
    "deltalakes3cluster",
    "hudi",
    "hudicluster",
    "iceberg",
    "icebergazure",
    "icebergazurecluster",
    "icebergcluster",
    "iceberghdfs",
    "iceberghdfscluster",
    "iceberglocal",
    "iceberglocalcluster",
    "icebergs3",
    "icebergs3cluster",
    "paimon",
    "paimonazure",
    "paimonazurecluster",
    "paimoncluster",
    "paimonhdfs",
    "paimonhdfscluster",
    "paimonlocal",
    "paimons3",
    "paimons3cluster",
    "ytsaurus",
    "mysql",
    "postgresql",
    "mongodb",
    "redis",
    "sqlite",
    "jdbc",
    "odbc",
    "arrowstream",
    "python",
    "dictionary",
    "eval",
    "aiclassify",
    "aiembed",
    "aiextract",
    "aigenerate",
    "aitranslate",
    "prometheusquery",
    "prometheusqueryrange",
    "catboostevaluate",
    "showcertificate",
    "addresstoline",
    "addresstolinewithinlines",
    "addresstosymbol",
    "demangle",
    "getclienthttpheader",
    "timeseriesselector",
    "fuzzquery",
    "fuzzjson",
};

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return lower;
}

/// Numbers too: they do no harm.
bool IsName(const SqlToken& token) {
  return token.kind == Kind::kWord || token.kind == Kind::kName;
}

Status Refused(std::string message) {
  return Status(StatusCode::kPermissionDenied, std::move(message));
}

/// What ClickHouse could see differently is refused: bytes beyond ASCII outside of quotes (it takes
/// some for quotes), control characters, `$…$` texts.
Result<std::vector<SqlToken>> CutAsClickhouse(std::string_view sql) {
  std::optional<SqlCutError> error;
  std::vector<SqlToken> tokens = CutSqlTokens(sql, error);
  tokens.pop_back();
  for (const SqlToken& token : tokens) {
    if (token.kind != Kind::kWord && token.kind != Kind::kSymbol) continue;
    if (token.text[0] == '$') {
      return InvalidArgumentError("`$` outside of quotes is not taken: write texts as '…'");
    }
    for (size_t i = 0; i < token.text.size(); ++i) {
      const char c = token.text[i];
      if (c >= ' ' && c <= '~') continue;
      return InvalidArgumentError(
          "byte {} of the statement is no ASCII character and not in quotes: write texts as '…', "
          "names as \"…\"",
          token.offset + i + 1);
    }
  }
  if (error) return InvalidArgumentError("{} (byte {})", error->message, error->offset + 1);
  return tokens;
}

Status CheckStart(const std::vector<SqlToken>& tokens) {
  // (SELECT …) UNION ALL (SELECT …)
  const auto first = std::find_if_not(tokens.begin(), tokens.end(),
                                      [](const SqlToken& token) { return token.IsSymbol('('); });
  if (first == tokens.end()) return InvalidArgumentError("there is no statement");
  const bool reads = std::any_of(kStarts.begin(), kStarts.end(),
                                 [&](std::string_view start) { return first->IsWord(start); });
  if (reads) return Status::Ok();
  const std::string shown = IsName(*first) ? first->Name() : "something else";
  return Refused(fmt::format(
      "flowc query only reads: a statement begins with SELECT, WITH, SHOW, DESCRIBE, EXPLAIN or "
      "EXISTS, not with {}",
      shown));
}

Status CheckWords(const std::vector<SqlToken>& tokens) {
  for (size_t i = 0; i < tokens.size(); ++i) {
    const SqlToken& token = tokens[i];
    const SqlToken* next = i + 1 < tokens.size() ? &tokens[i + 1] : nullptr;
    if (token.IsSymbol(';')) return InvalidArgumentError("one statement at a time, please");
    if (!IsName(token)) continue;
    const std::string lower = Lower(token.Name());
    if (token.kind == Kind::kWord && lower.find("outfile") != std::string::npos) {
      return Refused(
          "INTO OUTFILE is not run: the result goes to stdout, redirect it (a column of that name "
          "goes in \"quotes\")");
    }
    if (next != nullptr && next->IsSymbol('(') &&
        std::find(std::begin(kOutside), std::end(kOutside), lower) != std::end(kOutside)) {
      return Refused(fmt::format(
          "{}() is not run: a query reads the tables of the store and the views, nothing else",
          token.Name()));
    }
  }
  if (tokens.size() >= 2 && tokens[tokens.size() - 2].IsWord("FORMAT") && IsName(tokens.back())) {
    return InvalidArgumentError("instead of FORMAT use --format table, json or csv");
  }
  return Status::Ok();
}

/// What a message about a missing table is about.
std::string FirstTable(const std::vector<SqlToken>& tokens) {
  constexpr std::array<std::string_view, 5> kBefore = {"FROM", "DESCRIBE", "DESC", "TABLE",
                                                       "EXISTS"};
  for (size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool before = std::any_of(kBefore.begin(), kBefore.end(),
                                    [&](std::string_view word) { return tokens[i].IsWord(word); });
    if (before && IsName(tokens[i + 1]) && !tokens[i + 1].IsWord("TABLE")) {
      return tokens[i + 1].Name();
    }
  }
  return "";
}

}  // namespace

Result<ReadOnlyStatement> CheckReadOnly(std::string_view sql) {
  WEIR_ASSIGN(std::vector<SqlToken> tokens, CutAsClickhouse(sql));
  while (!tokens.empty() && tokens.back().IsSymbol(';')) tokens.pop_back();
  WEIR_TRY(CheckStart(tokens));
  WEIR_TRY(CheckWords(tokens));
  ReadOnlyStatement statement;
  statement.sql = sql.substr(tokens.front().offset, tokens.back().end() - tokens.front().offset);
  for (const SqlToken& token : tokens) {
    if (IsName(token)) statement.names.insert(token.Name());
  }
  statement.table = FirstTable(tokens);
  return statement;
}

}  // namespace weir
