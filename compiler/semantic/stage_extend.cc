#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

void Project(AssignedColumns assigned, StageContext& context, StreamFlow& flow) {
  auto node = std::make_unique<plan::ProjectNode>();
  plan::StreamMode mode = RemapMode(flow.mode, assigned.exprs);
  node->exprs = std::move(assigned.exprs);
  context.Add(std::move(node), flow, std::move(assigned.schema), std::move(mode));
}

}  // namespace

AssignedColumns AssignColumns(const std::vector<ast::Assignment>& assignments,
                              const SchemaPtr& input, const Scope& scope, StageContext& context) {
  AssignedColumns out;
  std::vector<Field> fields = input->fields();
  for (int i = 0; i < input->num_fields(); ++i) out.exprs.push_back(ColumnOf(*input, i));
  std::vector<std::pair<std::string, Span>> seen;
  for (const ast::Assignment& assignment : assignments) {
    plan::ExprPtr expr = context.binder().Bind(*assignment.value, scope);
    for (const auto& [name, span] : seen) {
      if (name != assignment.name.text) continue;
      context.Report(Code::kF0154, assignment.name.span)
          .Arg(name)
          .Label(span, "the first one")
          .Help("one stage sets a column once; right sides see the stage's input");
    }
    seen.emplace_back(assignment.name.text, assignment.name.span);
    Field field{assignment.name.text, expr->type, TaintOf(*expr, scope)};
    auto place = input->IndexOf(field.name);
    if (place) {
      fields[static_cast<size_t>(*place)] = std::move(field);
      out.exprs[static_cast<size_t>(*place)] = std::move(expr);
    } else {
      fields.push_back(std::move(field));
      out.exprs.push_back(std::move(expr));
    }
  }
  out.schema = Schema::Make(std::move(fields));
  return out;
}

void CompileExtend(const ast::ExtendStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  for (const ast::Assignment& assignment : stage.assignments) {
    if (!flow.schema->IndexOf(assignment.name.text)) continue;
    context.Report(Code::kF0154, assignment.name.span)
        .Arg(assignment.name.text)
        .Note("the stream has this column already")
        .Help("to replace it: `set " + assignment.name.text + " = …`");
  }
  Project(AssignColumns(stage.assignments, flow.schema, scope, context), context, flow);
}

void CompileSet(const ast::SetStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  for (const ast::Assignment& assignment : stage.assignments) {
    // Reported as any unknown column is.
    if (!flow.schema->IndexOf(assignment.name.text)) {
      RequireColumn(assignment.name, context, scope);
    }
  }
  Project(AssignColumns(stage.assignments, flow.schema, scope, context), context, flow);
}

}  // namespace weir::semantic
