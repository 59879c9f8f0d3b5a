#include "compiler/semantic/sink_ddl.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/diagnostics/suggest.h"
#include "runtime/ddl/clickhouse_fit.h"
#include "runtime/ddl/clickhouse_type_of.h"
#include "runtime/ddl/ddl_statement.h"
#include "runtime/ddl/table_definition.h"

namespace weir::semantic {
namespace {

/// One column of the row, of the table, or of both.
struct ColumnPair {
  std::string row, table, reason;
};

class DdlCheck {
 public:
  DdlCheck(const DdlRow& row, StageContext& context) : row_(row), context_(context) {}

  void Run() {
    const ResolvedConnector& connector = *row_.connector;
    const auto& unresolved = connector.unresolved;
    for (const char* option : {"ddl", "table"}) {
      if (std::find(unresolved.begin(), unresolved.end(), option) != unresolved.end()) return;
    }
    const bool for_store = connector.call.connector == "store";
    wanted_ = connector.call.options.GetString("table", row_.name);
    if (for_store && !CheckDatabase(wanted_, row_.span)) return;
    const std::string path = connector.call.options.GetString("ddl");
    const auto& load = context_.catalog().options().load;
    if (path.empty() || load == nullptr) return;
    const LoadedSource loaded = load(path);
    if (loaded.file == nullptr) {
      Report(Code::kF0608)
          .Arg(fmt::format("{}: {}", path, loaded.error))
          .Help("the option `ddl` is relative to the .flow file");
      return;
    }
    file_ = loaded.file;
    tables_ = ReadTables(file_->text());
    if (tables_.error) {
      const uint32_t at = tables_.error->offset;
      context_.Report(Code::kF0608, {file_->id(), at, at + 1})
          .Arg(tables_.error->message)
          .Label(row_.span, "rows of this are checked against it");
      return;
    }
    if (for_store) CheckStatements();
    const TableDefinition* table = FindTable();
    if (table == nullptr) return;
    if (for_store) CheckKeeps(*table);
    CheckColumns(*table);
    CheckKey(*table);
    if (row_.upsert) CheckEngine(*table);
  }

 private:
  DiagnosticBuilder Report(Code code) { return context_.Report(code, row_.span); }
  Span Place(uint32_t offset, uint32_t length) const {
    return {file_->id(), offset, offset + length};
  }
  Span Place(const TableDefinition& table) const { return Place(table.offset, table.length); }

  /// The store has one database; it makes no other.
  bool CheckDatabase(const std::string& name, Span span) {
    const size_t dot = name.find('.');
    if (dot == std::string::npos || name.substr(0, dot) == "default") return true;
    context_.Report(Code::kF0608, span)
        .Message("`{}` is in another database, and the store has one only", name)
        .Help(fmt::format("leave `{}.` out", name.substr(0, dot)));
    return false;
  }

  /// It runs the file at each start, so nothing in it may undo what is there.
  void CheckStatements() {
    for (const TableDefinition& table : tables_.tables) {
      if (!table.database.empty()) {
        CheckDatabase(table.database + "." + table.name, Place(table));
      }
    }
    const Result<std::vector<DdlStatement>> statements = SplitStatements(file_->text());
    if (!statements.ok()) return;  // said already
    for (const DdlStatement& statement : *statements) {
      if (statement.creates) continue;
      const size_t end = std::min(statement.text.find_first_of(" \t\r\n"), statement.text.size());
      const std::string word = statement.text.substr(0, end);
      context_.Report(Code::kF0608, Place(statement.offset, static_cast<uint32_t>(end)))
          .Message("the store runs the file at each start, and only CREATE: there is `{}`", word)
          .Help("move the statement to another file, and run it yourself");
    }
  }

  /// `Null` may stand before materialized views.
  void CheckKeeps(const TableDefinition& table) {
    const std::string_view family = table.EngineFamily();
    if (family.empty() || family.ends_with("MergeTree") || family == "Null") return;
    Report(Code::kF0608)
        .Message("`{}` does not keep rows as the store has to: its engine is {}", table.name,
                 table.engine)
        .Label(Place(table), "declared here")
        .Note("it would lose rows at the end, or store them twice when an insert is repeated")
        .Help("`ENGINE = MergeTree ORDER BY …`");
  }

  const TableDefinition* FindTable() {
    const size_t dot = wanted_.find('.');
    const std::string name = dot == std::string::npos ? wanted_ : wanted_.substr(dot + 1);
    std::vector<std::string> names;
    for (const TableDefinition& table : tables_.tables) {
      if (table.name == name) return &table;
      names.push_back(table.name);
    }
    Report(Code::kF0609)
        .Arg(file_->path())
        .Arg(name)
        .Help(SuggestHelp(name, names))
        .Help("the option `table` names it; without, it is the name of the sink");
    return nullptr;
  }

  void CheckColumns(const TableDefinition& table) {
    std::vector<ColumnPair> pairs;
    std::vector<std::string> helps;
    size_t fitting = 0;
    for (const Field& field : row_.row->fields()) {
      const ColumnDefinition* column = table.Find(field.name);
      if (column == nullptr) {
        pairs.push_back({RowText(field), "", "the table has no such column"});
        helps.push_back(
            fmt::format("`|> without {}` before it, or `ALTER TABLE {} ADD COLUMN {} {}`",
                        field.name, table.name, field.name, ClickhouseTypeOf(field.type)));
        continue;
      }
      const ColumnFit fit = FitOf(field, *column);
      if (fit.kind == ColumnFit::Kind::kMisfit) {
        pairs.push_back({RowText(field), TableText(*column), fit.reason});
        helps.push_back(HelpFor(field, *column, table));
      } else {
        ++fitting;
        if (fit.kind == ColumnFit::Kind::kLoses) Warn(field, *column, fit.reason);
      }
    }
    for (const ColumnDefinition& column : table.columns) {
      if (row_.row->IndexOf(column.name) || MayBeAbsent(column)) continue;
      pairs.push_back({"", TableText(column), "the row has no such column, and it has no DEFAULT"});
      helps.push_back(fmt::format("`|> extend {} = …`, or a DEFAULT in the table", column.name));
    }
    if (pairs.empty()) return;
    auto report = Report(Code::kF0602).Arg(row_.name).Arg(table.name);
    report.Label(Place(table), "the table is declared here");
    report.Note(SideBySide(pairs, fitting));
    for (size_t i = 0; i < helps.size() && i < 3; ++i) report.Help(helps[i]);
  }

  static ColumnFit FitOf(const Field& field, const ColumnDefinition& column) {
    if (column.default_kind == ColumnDefault::kMaterialized ||
        column.default_kind == ColumnDefault::kAlias) {
      return {ColumnFit::Kind::kMisfit, "the table computes this column itself"};
    }
    return FitsClickhouse(field.type, column.type);
  }

  static bool MayBeAbsent(const ColumnDefinition& column) {
    if (column.default_kind != ColumnDefault::kNone) return true;
    const ClickhouseType* type = &column.type;
    if (type->is(ClickhouseType::Kind::kLowCardinality)) type = &type->children[0];
    return type->is(ClickhouseType::Kind::kNullable);
  }

  static std::string HelpFor(const Field& field, const ColumnDefinition& column,
                             const TableDefinition& table) {
    if (column.default_kind != ColumnDefault::kNone &&
        column.default_kind != ColumnDefault::kDefault) {
      return fmt::format("`|> without {}` before it", field.name);
    }
    const bool null_only =
        field.type.optional() &&
        FitsClickhouse(field.type.AsRequired(), column.type).kind == ColumnFit::Kind::kFits;
    return fmt::format("`|> set {} = {}`, or `ALTER TABLE {} MODIFY COLUMN {} {}`", field.name,
                       null_only ? field.name + " ?? …" : "…", table.name, field.name,
                       ClickhouseTypeOf(field.type));
  }

  void Warn(const Field& field, const ColumnDefinition& column, const std::string& reason) {
    Report(Code::kW0604)
        .Arg(field.name)
        .Arg(column.type.text)
        .Label(Place(column.offset, column.length), "the column is declared here")
        .Note(fmt::format("in the row: {}", RowText(field)))
        .Note(reason)
        .Help(
            fmt::format("`{} {}` in the table keeps it", field.name, ClickhouseTypeOf(field.type)));
  }

  static std::string RowText(const Field& field) {
    return field.name + ": " + field.type.ToString();
  }
  static std::string TableText(const ColumnDefinition& column) {
    std::string text = column.name + " " + column.type.text;
    if (column.default_kind == ColumnDefault::kMaterialized) text += " MATERIALIZED";
    if (column.default_kind == ColumnDefault::kAlias) text += " ALIAS";
    return text;
  }

  /// The row left, the table right, what is wrong behind.
  std::string SideBySide(const std::vector<ColumnPair>& pairs, size_t fitting) const {
    constexpr size_t kMost = 12;
    constexpr size_t kWidest = 48;
    size_t left = 3, right = 5;
    for (const ColumnPair& pair : pairs) {
      left = std::max(left, std::min(pair.row.size(), kWidest));
      right = std::max(right, std::min(pair.table.size(), kWidest));
    }
    std::string text = fmt::format("{:<{}}  {:<{}}  ", "row", left, "table", right);
    while (text.back() == ' ') text.pop_back();
    for (size_t i = 0; i < pairs.size() && i < kMost; ++i) {
      text += fmt::format("\n{:<{}}  {:<{}}  {}", pairs[i].row.empty() ? "-" : pairs[i].row, left,
                          pairs[i].table.empty() ? "-" : pairs[i].table, right, pairs[i].reason);
    }
    if (pairs.size() > kMost) text += fmt::format("\n… and {} more", pairs.size() - kMost);
    if (fitting > 0)
      text += fmt::format("\n{} other column{} fit{}", fitting, fitting == 1 ? "" : "s",
                          fitting == 1 ? "s" : "");
    return text;
  }

  /// ClickHouse refuses a sorting key that may be null, unless a setting allows it.
  void CheckKey(const TableDefinition& table) {
    if (table.nullable_key) return;
    for (const std::string& name : table.order_by) {
      const ColumnDefinition* column = table.Find(name);
      if (column == nullptr || column->default_kind == ColumnDefault::kAlias) continue;
      const ClickhouseType* type = &column->type;
      if (type->is(ClickhouseType::Kind::kLowCardinality)) type = &type->children[0];
      if (!type->is(ClickhouseType::Kind::kNullable)) continue;
      Report(Code::kF0610)
          .Arg(table.name)
          .Arg(name)
          .Label(Place(column->offset, column->length), column->type.text + ", and in ORDER BY")
          .Help(fmt::format(
              "make it `{} {}`, and give rows without it a value: `|> set {} = {} ?? …`", name,
              type->children[0].text, name, name));
    }
  }

  void CheckEngine(const TableDefinition& table) {
    const std::string_view family = table.EngineFamily();
    if (family.empty()) return;
    if (family != "ReplacingMergeTree") {
      Report(Code::kF0601)
          .Arg(row_.name)
          .Label(Place(table), fmt::format("the table is a {}", table.engine))
          .Note(fmt::format("`{}` gives a row again whenever its result changes; {} would keep "
                            "every one",
                            row_.name, table.engine))
          .Help(fmt::format("`ENGINE = ReplacingMergeTree ORDER BY ({})` in the DDL", KeyText()))
          .Help("or let the stage that makes the rows emit final ones only: `emit on close`");
      return;
    }
    std::set<std::string> sorted(table.order_by.begin(), table.order_by.end());
    std::set<std::string> key;
    for (int column : row_.key) key.insert(row_.row->field(column).name);
    const bool plain = std::all_of(sorted.begin(), sorted.end(), [&](const std::string& name) {
      return table.Find(name) != nullptr;
    });
    if (!key.empty() && plain && sorted != key) {
      Report(Code::kF0601)
          .Arg(row_.name)
          .Message("rows of `{}` would not replace the right ones", row_.name)
          .Label(Place(table), fmt::format("ORDER BY ({})", fmt::join(table.order_by, ", ")))
          .Note(fmt::format("they replace each other by ({}), the table by what it is sorted by",
                            KeyText()))
          .Help(fmt::format("`ORDER BY ({})` in the DDL", KeyText()));
      return;
    }
    Report(Code::kW0603)
        .Arg(table.name)
        .Label(Place(table), fmt::format("the table is a {}", table.engine))
        .Note("ClickHouse removes replaced rows when it merges parts, at a time of its own")
        .Help(fmt::format("read it with `SELECT … FROM {} FINAL`", table.name));
  }

  std::string KeyText() const {
    std::string text;
    for (int column : row_.key) {
      text += (text.empty() ? "" : ", ") + row_.row->field(column).name;
    }
    return text.empty() ? "…" : text;
  }

  const DdlRow& row_;
  StageContext& context_;
  const SourceFile* file_ = nullptr;
  DdlTables tables_;
  std::string wanted_;
};

}  // namespace

void CheckAgainstDdl(const DdlRow& row, StageContext& context) {
  if (row.connector == nullptr || !row.connector->ok() || row.row == nullptr) return;
  DdlCheck(row, context).Run();
}

}  // namespace weir::semantic
