#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {

void CompileFlatten(const ast::FlattenStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  plan::ExprPtr list = context.binder().Bind(*stage.value, scope);
  if (IsError(list)) {
    flow.broken = true;
    return;
  }
  const bool is_list = list->type.is(TypeKind::kList) || list->type.is(TypeKind::kMap);
  if (!is_list) {
    context.Report(Code::kF0159, stage.value->span)
        .Message("only a list can be flattened")
        .Here("this is " + list->type.ToString())
        .Help("`flatten` makes one row of each element of a list or map");
    flow.broken = true;
    return;
  }
  std::string name = stage.alias ? stage.alias->text : ImpliedName(*stage.value);
  ColumnList columns(context);
  for (const Field& field : flow.schema->fields()) {
    columns.Add(field.name, field.type, field.pii, Span{});
  }
  if (name.empty() || flow.schema->IndexOf(name)) {
    context.Report(Code::kF0155, stage.value->span)
        .Here("the element")
        .Help("name it: `flatten " + context.catalog().TextOf(stage.value->span) + " as element`");
    name = "element";
  }
  PiiTag tag = TaintOf(*list, scope);
  columns.Add(name, list->type.element(), tag, stage.value->span);
  plan::StreamMode mode = flow.mode;
  // Elements of a row have no key that tells them apart.
  mode.key.clear();
  auto node = std::make_unique<plan::FlattenNode>();
  node->list = std::move(list);
  context.Add(std::move(node), flow, columns.Make(), std::move(mode));
}

}  // namespace weir::semantic
