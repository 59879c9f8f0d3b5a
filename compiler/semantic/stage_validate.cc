#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"

namespace weir::semantic {

void CompileValidate(const ast::ValidateStage& stage, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::ValidateNode>();
  Narrowing facts;
  for (const ast::ValidateRule& rule : stage.rules) {
    plan::ExprPtr condition = context.binder().BindBool(*rule.condition, scope, "validate rule");
    for (const auto& earlier : node->rules) {
      if (earlier.name != rule.name.text) continue;
      context.Report(Code::kF0154, rule.name.span)
          .Message("two rules are called `{}`", rule.name.text)
          .Help("dead letters and metrics name the rule, so each needs a name of its own");
    }
    if (!IsError(condition) && !rule.warn) facts.AddAll(NarrowedBy(*condition, true));
    node->rules.push_back(
        {rule.name.text, std::move(condition), rule.message ? rule.message->text : "", rule.warn});
  }
  const StreamFlow input = flow;
  auto& added = context.Add(std::move(node), flow, NarrowSchema(flow.schema, facts), flow.mode);
  context.BindRoute(stage.route, added, added.otherwise, RoutedRows::kError, input,
                    "rows that break a rule");
}

}  // namespace weir::semantic
