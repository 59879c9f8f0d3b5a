#include "runtime/ddl/ddl_statement.h"

#include "runtime/ddl/sql_tokens.h"

namespace weir {
namespace {

using Kind = DdlStatement::Kind;
using Tokens = std::vector<SqlToken>;

constexpr std::string_view kReplicated = "Replicated";

/// Without the end; none when the text can't be cut.
Result<Tokens> Cut(std::string_view text) {
  std::optional<SqlCutError> error;
  Tokens tokens = CutSqlTokens(text, error);
  if (error) return InvalidArgumentError("line {}: {}", error->line, error->message);
  tokens.pop_back();
  return tokens;
}

/// `name` or `db.name` from tokens[at] on; moves behind it.
std::string TakeName(const Tokens& tokens, size_t& at) {
  std::string name;
  while (at < tokens.size() && tokens[at].IsName()) {
    name += tokens[at++].Name();
    if (at >= tokens.size() || !tokens[at].IsSymbol('.')) break;
    name += '.';
    ++at;
  }
  return name;
}

size_t SkipIfNotExists(const Tokens& tokens, size_t at) {
  const bool there = at + 2 < tokens.size() && tokens[at].IsWord("IF") &&
                     tokens[at + 1].IsWord("NOT") && tokens[at + 2].IsWord("EXISTS");
  return there ? at + 3 : at;
}

/// Index of the word behind CREATE [OR REPLACE] that says what is made; 0: it isn't a CREATE.
size_t CreatedAt(const Tokens& tokens) {
  if (tokens.empty() || !tokens[0].IsWord("CREATE")) return 0;
  size_t at = 1;
  if (at + 1 < tokens.size() && tokens[at].IsWord("OR") && tokens[at + 1].IsWord("REPLACE"))
    at += 2;
  return at < tokens.size() ? at : 0;
}

/// Fills kind, name and target; returns where the name starts (0: kOther).
size_t Classify(const Tokens& tokens, DdlStatement& statement) {
  size_t at = CreatedAt(tokens);
  if (at == 0) return 0;
  if (tokens[at].IsWord("MATERIALIZED")) {
    statement.kind = Kind::kCreateMaterializedView;
    ++at;
  } else if (tokens[at].IsWord("VIEW")) {
    statement.kind = Kind::kCreateView;
  } else if (tokens[at].IsWord("TABLE")) {
    statement.kind = Kind::kCreateTable;
  } else {
    return 0;
  }
  const size_t kind_at = at;
  at = SkipIfNotExists(tokens, kind_at + 1);
  statement.name = TakeName(tokens, at);
  if (statement.kind == Kind::kCreateMaterializedView) {
    for (; at < tokens.size() && !tokens[at].IsWord("AS"); ++at) {
      if (!tokens[at].IsWord("TO")) continue;
      statement.target = TakeName(tokens, ++at);
      break;
    }
  }
  return kind_at + 1;
}

DdlStatement MakeStatement(std::string_view file, const Tokens& tokens) {
  DdlStatement statement;
  const size_t begin = tokens.front().offset;
  statement.text = file.substr(begin, tokens.back().end() - begin);
  statement.creates = tokens.front().IsWord("CREATE");
  statement.line = tokens.front().line;
  statement.offset = tokens.front().offset;
  Classify(tokens, statement);
  return statement;
}

/// A part of the text that is replaced.
struct Edit {
  size_t begin, end;
  std::string text;
};

/// `ReplicatedXMergeTree('/path', 'replica', a, b)`: without its path and replica.
void EditEngine(const Tokens& tokens, size_t at, std::vector<Edit>& edits) {
  edits.push_back({tokens[at].offset, tokens[at].offset + kReplicated.size(), ""});
  if (at + 1 >= tokens.size() || !tokens[at + 1].IsSymbol('(')) return;
  size_t next = at + 2;
  for (int i = 0; i < 2 && next < tokens.size(); ++i) {
    if (tokens[next].kind != SqlToken::Kind::kText) break;
    ++next;
    if (next < tokens.size() && tokens[next].IsSymbol(',')) ++next;
  }
  if (next < tokens.size()) edits.push_back({tokens[at + 1].end(), tokens[next].offset, ""});
}

bool IsReplicated(const SqlToken& token) {
  SqlToken start = token;
  start.text = token.text.substr(0, kReplicated.size());
  return start.IsWord(kReplicated) && token.text.ends_with("MergeTree");
}

std::string Apply(const std::string& text, const std::vector<Edit>& edits) {
  std::string result;
  size_t at = 0;
  for (const Edit& edit : edits) {
    result.append(text, at, edit.begin - at);
    result += edit.text;
    at = edit.end;
  }
  return result.append(text, at, std::string::npos);
}

}  // namespace

Result<std::vector<DdlStatement>> SplitStatements(std::string_view file) {
  WEIR_ASSIGN(const Tokens tokens, Cut(file));
  std::vector<DdlStatement> statements;
  Tokens current;
  for (const SqlToken& token : tokens) {
    if (!token.IsSymbol(';')) {
      current.push_back(token);
    } else if (!current.empty()) {
      statements.push_back(MakeStatement(file, current));
      current.clear();
    }
  }
  if (!current.empty()) statements.push_back(MakeStatement(file, current));
  return statements;
}

std::string ForEmbeddedStore(const DdlStatement& statement) {
  const Result<Tokens> cut = Cut(statement.text);
  if (!cut.ok()) return statement.text;  // the engine says what is wrong with it
  const Tokens& tokens = *cut;
  DdlStatement ignored;
  const size_t name_at = Classify(tokens, ignored);
  std::vector<Edit> edits;
  const bool replaces = tokens.size() > 1 && tokens[1].IsWord("OR");
  if (name_at != 0 && !replaces && SkipIfNotExists(tokens, name_at) == name_at) {
    edits.push_back({tokens[name_at - 1].end(), tokens[name_at - 1].end(), " IF NOT EXISTS"});
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (i > 0 && IsReplicated(tokens[i]) &&
        (tokens[i - 1].IsSymbol('=') || tokens[i - 1].IsWord("ENGINE"))) {
      EditEngine(tokens, i, edits);
    } else if (tokens[i].IsWord("replicated_deduplication_window")) {
      edits.push_back({tokens[i].offset, tokens[i].offset, "non_"});
    } else if (i + 2 < tokens.size() && tokens[i].IsWord("ON") && tokens[i + 1].IsWord("CLUSTER")) {
      edits.push_back({tokens[i].offset, tokens[i + 2].end(), ""});
    }
  }
  return Apply(statement.text, edits);
}

}  // namespace weir
