#include <CLI/CLI.hpp>
#include <algorithm>

#include "compiler/diagnostics/suggest.h"
#include "compiler/flowc/command.h"
#include "compiler/flowc/frontend.h"
#include "compiler/flowc/terminal.h"
#include "compiler/jsonschema/schema_writer.h"
#include "compiler/plan/sink_node.h"
#include "runtime/ddl/create_table.h"

namespace weir::flowc {
namespace {

using semantic::FieldInfo;
using semantic::SchemaInfo;
using semantic::SchemaInfoPtr;

/// Rows of something that has a name in the file, and what says how they are keyed.
struct NamedRows {
  std::string name;
  SchemaInfoPtr schema;
  std::vector<std::string> key;  ///< columns
  std::string time;              ///< column; "" without
  bool replacing = false;        ///< rows with the same key replace each other
  bool is_schema = false;        ///< a `schema`: what it is used for is a guess
};

class SchemaCommand final : public Command {
 public:
  std::string name() const override { return "schema"; }
  std::string summary() const override {
    return "Prints schemas of a .flow file as JSON Schema or ClickHouse DDL";
  }
  std::string examples() const override {
    return "  flowc schema pipeline.flow --to jsonschema\n"
           "  flowc schema pipeline.flow Order --to jsonschema > order.json\n"
           "  flowc schema pipelines/speed_layer/speed_layer.flow sessions_table --to clickhouse\n"
           "NAME is a schema, source, stream, sink or view; without one, all schemas are printed.";
  }

  void Define(CLI::App& app) override {
    app.add_option("file", file_, ".flow file")->required()->type_name("FILE");
    app.add_option("names", names_, "Schemas, sources, streams, sinks, views")->type_name("NAME");
    app.add_option("--to", to_, "What to print")
        ->required()
        ->check(CLI::IsMember({"jsonschema", "clickhouse"}));
    app.add_option("--profile", options_.profile, "Profile to check under")->type_name("P");
    app.add_option("--param", options_.params, "Value of a param, K=V")
        ->type_name("K=V")
        ->allow_extra_args(false);
  }

  int Run() override {
    options_.keep_streams = true;
    Frontend frontend;
    auto compiled = frontend.Compile(file_, options_);
    if (!compiled.ok()) {
      Log(compiled.status().message());
      return kExitUsage;
    }
    if (frontend.failed() || compiled->pipeline == nullptr) {
      frontend.Report();
      return kExitFailed;
    }
    Collect(*compiled);
    std::vector<const NamedRows*> chosen;
    if (!Choose(chosen)) return kExitUsage;
    Print(to_ == "jsonschema" ? JsonSchema(chosen) : Clickhouse(chosen));
    return kExitOk;
  }

 private:
  void Collect(const Frontend::Compiled& compiled) {
    const semantic::Catalog& catalog = *compiled.pipeline->catalog;
    for (const SchemaInfoPtr& schema : catalog.schemas()) {
      if (schema == nullptr) continue;
      NamedRows rows{schema->name, schema, {}, "", false, /*is_schema=*/true};
      for (const semantic::SourceInfo& source : catalog.source_decls()) {
        if (source.schema == schema) AddSourceKey(source, rows);
      }
      known_.push_back(std::move(rows));
    }
    for (const semantic::SourceInfo& source : catalog.source_decls()) {
      if (source.schema == nullptr) continue;
      NamedRows rows{source.name, source.schema, {}, "", false, false};
      AddSourceKey(source, rows);
      known_.push_back(std::move(rows));
    }
    const plan::LogicalPlan& plan = *compiled.logical;
    for (const auto& node : plan.nodes) {
      if (node != nullptr && node->kind == plan::NodeKind::kSink) {
        const auto& sink = static_cast<const plan::SinkNode&>(*node);
        AddRows(sink.sink, *sink.row, sink.key.empty() ? sink.mode.key : sink.key,
                sink.mode.upsert);
      }
      if (node != nullptr && node->kind == plan::NodeKind::kView) {
        const auto& view = static_cast<const plan::ViewNode&>(*node);
        AddRows(view.view, *view.schema, view.key, /*replacing=*/true);
      }
    }
    for (const auto& [name, ref] : plan.streams) {
      const plan::LogicalNode& node = plan.at(ref.node);
      if (node.schema != nullptr) AddRows(name, *node.schema, node.mode.key, node.mode.upsert);
    }
  }

  static void AddSourceKey(const semantic::SourceInfo& source, NamedRows& rows) {
    if (source.decl->time) {
      const auto* column = source.decl->time->time->Try<ast::NameExpr>();
      if (column != nullptr && rows.time.empty()) rows.time = column->name.text;
    }
    if (!source.decl->key || !rows.key.empty()) return;
    for (const ast::KeyItem& item : source.decl->key->items) {
      const auto* column = item.expr->Try<ast::NameExpr>();
      if (column != nullptr) rows.key.push_back(column->name.text);
    }
  }

  void AddRows(const std::string& name, const Schema& schema, const std::vector<int>& key,
               bool replacing) {
    if (Find(name) != nullptr) return;
    auto info = std::make_shared<SchemaInfo>();
    info->name = name;
    NamedRows rows{name, nullptr, {}, "", replacing, false};
    for (const Field& field : schema.fields()) {
      FieldInfo column;
      column.name = field.name;
      column.type = field.type;
      info->fields.push_back(std::move(column));
      if (rows.time.empty() && field.type.is(TypeKind::kTimestamp) && !field.type.optional()) {
        rows.time = field.name;
      }
    }
    for (int column : key) rows.key.push_back(schema.field(column).name);
    rows.schema = info;
    known_.push_back(std::move(rows));
  }

  const NamedRows* Find(const std::string& name) const {
    for (const NamedRows& rows : known_) {
      if (rows.name == name) return &rows;
    }
    return nullptr;
  }

  /// False after a message.
  bool Choose(std::vector<const NamedRows*>& chosen) const {
    std::vector<std::string> all;
    for (const NamedRows& rows : known_) {
      all.push_back(rows.name);
      if (names_.empty() && rows.is_schema) chosen.push_back(&rows);
    }
    for (const std::string& name : names_) {
      const NamedRows* rows = Find(name);
      if (rows == nullptr) {
        Log(fmt::format("{}: there is nothing with rows called {}; {}", file_, name,
                        SuggestHelp(name, all)));
        return false;
      }
      chosen.push_back(rows);
    }
    if (!chosen.empty()) return true;
    Log(fmt::format("{}: declares no schema; name a source, stream, sink or view", file_));
    return false;
  }

  static std::string JsonSchema(const std::vector<const NamedRows*>& chosen) {
    std::vector<SchemaInfoPtr> schemas;
    for (const NamedRows* rows : chosen) schemas.push_back(rows->schema);
    return jsonschema::WriteJsonSchema(schemas);
  }

  static std::string Clickhouse(const std::vector<const NamedRows*>& chosen) {
    std::string text;
    for (const NamedRows* rows : chosen) {
      TableSketch table;
      table.name = rows->name;
      table.doc = rows->schema->doc;
      for (const FieldInfo& field : rows->schema->fields) {
        table.columns.push_back({field.name, field.type, field.doc});
      }
      table.replacing = rows->replacing;
      SetOrder(*rows, table);
      text += (text.empty() ? "" : "\n") + CreateTableText(table);
    }
    return text;
  }

  /// Rows that replace each other are sorted by their key; others by time, then key.
  static void SetOrder(const NamedRows& rows, TableSketch& table) {
    table.order_by = rows.key;
    if (rows.replacing) {
      if (rows.key.empty())
        table.guessed = "the program does not say what rows replace each other by";
      return;
    }
    const auto same = std::find(table.order_by.begin(), table.order_by.end(), rows.time);
    if (!rows.time.empty() && same == table.order_by.end()) {
      table.order_by.insert(table.order_by.begin(), rows.time);
    }
    table.guessed = table.order_by.empty() ? "there is no key and no time to sort by"
                                           : "the time and key of the rows; queries decide";
  }

  std::string file_, to_;
  std::vector<std::string> names_;
  FrontendOptions options_;
  std::vector<NamedRows> known_;
};

}  // namespace

std::unique_ptr<Command> MakeSchemaCommand() { return std::make_unique<SchemaCommand>(); }

}  // namespace weir::flowc
