#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

/// The table's row: one more column of the input, an optional struct.
ScopeColumn TableRow(const ast::LookupStage& stage, const TableInfo& table, int index) {
  ScopeColumn column;
  const ast::Name& name = stage.alias ? *stage.alias : stage.table;
  column.name = name.text;
  column.type = table.schema->row_type.AsOptional();
  column.index = index;
  column.members = table.schema->schema->fields();
  column.declared = name.span;
  return column;
}

/// `on user_id`: one expression per key column of the table, of its type.
std::vector<plan::ExprPtr> BindTableKeys(const ast::LookupStage& stage, const TableInfo& table,
                                         const Scope& scope, StageContext& context) {
  std::vector<plan::ExprPtr> keys;
  const auto& declared = table.decl->key;
  const size_t wanted = declared ? declared->items.size() : 0;
  if (declared && stage.on.items.size() != wanted) {
    context.Report(Code::kF0159, stage.on.span)
        .Message("the key of `{}` has {} columns, and {} are given", table.name, wanted,
                 stage.on.items.size())
        .Label(declared->span, "the key")
        .Help("give one expression for each column of the key, in its order");
    return keys;
  }
  for (size_t i = 0; i < stage.on.items.size(); ++i) {
    std::optional<DataType> type;
    const FieldInfo* field =
        declared ? table.schema->Find(ImpliedName(*declared->items[i].expr)) : nullptr;
    plan::ExprPtr key = context.binder().Bind(*stage.on.items[i].expr, scope);
    // A missing key finds nothing: the column's type, or that type with `?`.
    if (field != nullptr && !IsError(key)) {
      DataType target = field->type.WithOptional(key->type.optional());
      key = context.binder().Convert(key, target, stage.on.items[i].span);
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

void CompileLookup(const ast::LookupStage& stage, StageContext& context, StreamFlow& flow) {
  FlowName name = context.catalog().RequireFlow(stage.table, {FlowKind::kTable}, "table");
  const TableInfo* table =
      name.kind == FlowKind::kTable ? &context.catalog().tables()[name.index] : nullptr;
  if (table == nullptr || table->schema == nullptr) {
    flow.broken = true;
    return;
  }
  Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::LookupNode>();
  node->table = table->name;
  node->keys = BindTableKeys(stage, *table, scope, context);
  scope.AddColumn(TableRow(stage, *table, flow.schema->num_fields()));
  AssignedColumns assigned = AssignColumns(stage.assignments, flow.schema, scope, context);
  node->exprs = assigned.exprs;
  const StreamFlow input = flow;
  plan::StreamMode mode = RemapMode(flow.mode, assigned.exprs);
  auto& added = context.Add(std::move(node), flow, assigned.schema, std::move(mode));
  if (stage.on_error) {
    context.BindRoute(stage.on_error->route, added, added.on_error, RoutedRows::kError, input,
                      "rows whose lookup failed", /*allow_default=*/true);
    return;
  }
  context.RequireErrorRoute(added, added.on_error, input, stage.keyword,
                            "the table may be out of reach; `on error default` goes on as if the "
                            "row were not in it");
}

}  // namespace weir::semantic
