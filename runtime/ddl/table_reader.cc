// CREATE TABLE statements of ClickHouse.
#include <fmt/format.h>

#include <algorithm>

#include "runtime/ddl/sql_tokens.h"
#include "runtime/ddl/table_definition.h"

namespace weir {
namespace {

using Kind = SqlToken::Kind;

class TableReader {
 public:
  TableReader(std::string_view text, DdlTables& out) : text_(text), out_(out) {
    std::optional<SqlCutError> error;
    tokens_ = CutSqlTokens(text, error);
    if (error) out.error = {error->message, error->offset};
  }

  void Run() {
    while (!out_.error && Peek().kind != Kind::kEnd) {
      ReadStatement();
      // Whatever is left of the statement.
      while (Peek().kind != Kind::kEnd && !Peek().IsSymbol(';')) ++at_;
      if (Peek().IsSymbol(';')) ++at_;
    }
  }

 private:
  const SqlToken& Peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  bool TakeWord(std::string_view word) {
    if (!Peek().IsWord(word)) return false;
    ++at_;
    return true;
  }
  bool Take(char c) {
    if (!Peek().IsSymbol(c)) return false;
    ++at_;
    return true;
  }
  bool Fail(std::string_view wanted) {
    const SqlToken& token = Peek();
    const std::string found =
        token.kind == Kind::kEnd ? "the file ends" : fmt::format("there is `{}`", token.text);
    out_.error = {fmt::format("{} is expected, and {}", wanted, found), token.offset};
    return false;
  }
  bool IsName() const { return Peek().IsName(); }

  void ReadStatement() {
    const bool creates = TakeWord("CREATE") || TakeWord("ATTACH");
    if (!creates) return;
    if (TakeWord("OR")) TakeWord("REPLACE");
    TakeWord("TEMPORARY");
    if (!TakeWord("TABLE")) return;
    if (TakeWord("IF")) {
      TakeWord("NOT");
      TakeWord("EXISTS");
    }
    TableDefinition table;
    if (ReadName(table) && ReadBody(table)) out_.tables.push_back(std::move(table));
  }

  bool ReadName(TableDefinition& table) {
    if (!IsName()) return Fail("the name of a table");
    const SqlToken* name = &Peek();
    ++at_;
    if (Take('.')) {
      if (!IsName()) return Fail("the name of a table");
      table.database = name->Name();
      name = &Peek();
      ++at_;
    }
    table.name = name->Name();
    table.offset = name->offset;
    table.length = static_cast<uint32_t>(name->text.size());
    if (TakeWord("UUID")) ++at_;
    if (TakeWord("ON")) {
      TakeWord("CLUSTER");
      ++at_;
    }
    return true;
  }

  bool ReadBody(TableDefinition& table) {
    // `CREATE TABLE a AS b` has the columns of another one.
    if (!Take('(')) return Peek().IsWord("AS") || Fail("`(` with the columns");
    while (!Take(')')) {
      if (!ReadElement(table)) return false;
      if (Take(',')) continue;
      if (!Peek().IsSymbol(')')) return Fail("`,` or `)`");
    }
    return ReadClauses(table);
  }

  bool ReadElement(TableDefinition& table) {
    if (Peek().IsWord("PRIMARY") && Peek(1).IsWord("KEY")) {
      at_ += 2;
      table.primary_key = ReadKey();
      return true;
    }
    for (const char* word : {"INDEX", "PROJECTION", "CONSTRAINT"}) {
      // A column may have such a name: then a type follows, and no second name.
      const bool element = Peek().IsWord(word) && Peek(1).IsName() && !Peek(2).IsSymbol(',') &&
                           !(Peek(2).IsSymbol(')'));
      if (!element) continue;
      SkipTo({});
      return true;
    }
    return ReadColumn(table);
  }

  bool ReadColumn(TableDefinition& table) {
    if (!IsName()) return Fail("the name of a column");
    ColumnDefinition column;
    column.name = Peek().Name();
    column.offset = Peek().offset;
    column.length = static_cast<uint32_t>(Peek().text.size());
    ++at_;
    if (table.Find(column.name) != nullptr) {
      out_.error = {fmt::format("the column `{}` stands twice", column.name), column.offset};
      return false;
    }
    if (!ReadType(column)) return false;
    ReadDefault(column);
    const bool ends = Peek().IsSymbol(',') || Peek().IsSymbol(')');
    if (!ends && !IsColumnWord(Peek())) return Fail("`,` or `)`");
    SkipTo({});
    table.columns.push_back(std::move(column));
    return true;
  }

  static bool IsColumnWord(const SqlToken& token) {
    for (const char* word :
         {"DEFAULT", "MATERIALIZED", "ALIAS", "EPHEMERAL", "CODEC", "COMMENT", "TTL", "STATISTICS",
          "NULL", "NOT", "PRIMARY", "COLLATE", "SETTINGS"}) {
      if (token.IsWord(word)) return true;
    }
    return false;
  }

  bool ReadType(ColumnDefinition& column) {
    if (IsColumnWord(Peek())) return true;
    if (!IsName()) return Fail(fmt::format("the type of `{}`", column.name));
    const uint32_t begin = Peek().offset;
    uint32_t end = Peek().end();
    ++at_;
    if (Peek().IsSymbol('(')) {
      SkipParentheses();
      end = tokens_[at_ - 1].end();
    }
    Result<ClickhouseType> type = ParseClickhouseType(text_.substr(begin, end - begin));
    if (!type.ok()) {
      out_.error = {std::string(type.status().message()), begin};
      return false;
    }
    column.type = *std::move(type);
    bool nullable = false;
    if (TakeWord("NOT")) {
      TakeWord("NULL");
    } else {
      nullable = TakeWord("NULL");
    }
    if (nullable && !column.type.is(ClickhouseType::Kind::kNullable)) {
      ClickhouseType outer;
      outer.kind = ClickhouseType::Kind::kNullable;
      outer.text = "Nullable(" + column.type.text + ")";
      outer.children.push_back(std::move(column.type));
      column.type = std::move(outer);
    }
    return true;
  }

  void ReadDefault(ColumnDefinition& column) {
    static constexpr std::pair<const char*, ColumnDefault> kKinds[] = {
        {"DEFAULT", ColumnDefault::kDefault},
        {"MATERIALIZED", ColumnDefault::kMaterialized},
        {"EPHEMERAL", ColumnDefault::kEphemeral},
        {"ALIAS", ColumnDefault::kAlias},
    };
    for (const auto& [word, kind] : kKinds) {
      if (!TakeWord(word)) continue;
      column.default_kind = kind;
      const size_t first = at_;
      SkipTo({"CODEC", "COMMENT", "TTL", "STATISTICS"});
      if (at_ > first) {
        column.default_text =
            text_.substr(tokens_[first].offset, tokens_[at_ - 1].end() - tokens_[first].offset);
      }
    }
  }

  /// To a comma or parenthesis that closes the list, or one of `words`, all outside parentheses.
  void SkipTo(std::initializer_list<const char*> words) {
    while (Peek().kind != Kind::kEnd && !Peek().IsSymbol(';') && !Peek().IsSymbol(',') &&
           !Peek().IsSymbol(')')) {
      for (const char* word : words) {
        if (Peek().IsWord(word)) return;
      }
      if (Peek().IsSymbol('(')) {
        SkipParentheses();
      } else {
        ++at_;
      }
    }
  }

  void SkipParentheses() {
    int depth = 0;
    while (Peek().kind != Kind::kEnd) {
      if (Peek().IsSymbol('(')) ++depth;
      if (Peek().IsSymbol(')')) --depth;
      ++at_;
      if (depth == 0) return;
    }
  }

  /// `(a, b)`, `a` or `tuple()`: the expressions.
  std::vector<std::string> ReadKey() {
    std::vector<std::string> key;
    if (Peek().IsWord("TUPLE") && Peek(1).IsSymbol('(')) ++at_;
    const bool list = Take('(');
    while (Peek().kind != Kind::kEnd && !Peek().IsSymbol(';') && !Peek().IsSymbol(')')) {
      const size_t first = at_;
      SkipExpression(list);
      if (at_ == first) break;
      const bool plain = at_ == first + 1;
      key.push_back(
          plain ? tokens_[first].Name()
                : std::string(text_.substr(tokens_[first].offset,
                                           tokens_[at_ - 1].end() - tokens_[first].offset)));
      if (!list || !Take(',')) break;
    }
    if (list) Take(')');
    return key;
  }

  /// A key without parentheses ends where the next clause begins.
  void SkipExpression(bool list) {
    if (list) {
      SkipTo({});
    } else {
      SkipTo({"PARTITION", "PRIMARY", "ORDER", "SAMPLE", "TTL", "SETTINGS", "COMMENT", "ENGINE",
              "AS"});
    }
  }

  bool ReadClauses(TableDefinition& table) {
    while (Peek().kind != Kind::kEnd && !Peek().IsSymbol(';')) {
      if (TakeWord("ENGINE")) {
        Take('=');
        if (!IsName()) return Fail("the name of an engine");
        table.engine = Peek().Name();
        ++at_;
        if (Peek().IsSymbol('(')) table.engine_arguments = ReadKey();
      } else if (Peek().IsWord("ORDER") && Peek(1).IsWord("BY")) {
        at_ += 2;
        table.order_by = ReadKey();
      } else if (Peek().IsWord("PRIMARY") && Peek(1).IsWord("KEY")) {
        at_ += 2;
        table.primary_key = ReadKey();
      } else if (Peek().IsWord("ALLOW_NULLABLE_KEY")) {
        ++at_;
        Take('=');
        table.nullable_key = Peek().text == "1" || Peek().IsWord("TRUE");
      } else if (Peek().IsSymbol('(')) {
        SkipParentheses();
      } else {
        ++at_;
      }
    }
    return true;
  }

  std::string_view text_;
  DdlTables& out_;
  std::vector<SqlToken> tokens_;
  size_t at_ = 0;
};

}  // namespace

DdlTables ReadTables(std::string_view text) {
  DdlTables out;
  TableReader(text, out).Run();
  return out;
}

}  // namespace weir
