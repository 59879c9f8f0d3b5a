#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {
namespace {

/// `where closed`, alone or in an `and`: only final rows are left.
bool KeepsOnlyClosed(const plan::Expr& condition, int closed_column) {
  if (condition.kind == plan::ExprKind::kAnd) {
    for (const plan::ExprPtr& child : condition.children) {
      if (KeepsOnlyClosed(*child, closed_column)) return true;
    }
    return false;
  }
  return condition.kind == plan::ExprKind::kColumn && condition.index == closed_column;
}

}  // namespace

void CompileWhere(const ast::WhereStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  plan::ExprPtr condition = context.binder().BindBool(*stage.condition, scope, "where");
  if (IsError(condition)) return;
  SchemaPtr schema = NarrowSchema(flow.schema, NarrowedBy(*condition, true));
  plan::StreamMode mode = flow.mode;
  if (mode.upsert && mode.closed_column >= 0 && KeepsOnlyClosed(*condition, mode.closed_column)) {
    mode = {};
  }
  auto node = std::make_unique<plan::FilterNode>();
  node->condition = std::move(condition);
  context.Add(std::move(node), flow, std::move(schema), std::move(mode));
}

}  // namespace weir::semantic
