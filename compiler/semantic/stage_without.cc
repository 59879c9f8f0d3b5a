#include <algorithm>

#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {

void CompileWithout(const ast::WithoutStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  for (const ast::Name& name : stage.names) {
    if (!flow.schema->IndexOf(name.text)) RequireColumn(name, context, scope);
  }
  auto node = std::make_unique<plan::ProjectNode>();
  std::vector<Field> fields;
  for (int i = 0; i < flow.schema->num_fields(); ++i) {
    const Field& field = flow.schema->field(i);
    bool dropped = std::any_of(stage.names.begin(), stage.names.end(),
                               [&](const ast::Name& name) { return name.text == field.name; });
    if (dropped) continue;
    fields.push_back(field);
    node->exprs.push_back(ColumnOf(*flow.schema, i));
  }
  plan::StreamMode mode = RemapMode(flow.mode, node->exprs);
  context.Add(std::move(node), flow, Schema::Make(std::move(fields)), std::move(mode));
}

}  // namespace weir::semantic
