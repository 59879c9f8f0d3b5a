#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

/// `zscore(history: 60, warmup: 10, threshold: 3.0)`
void ReadDetector(const ast::CallOnly& detector, StageContext& context, plan::AnomalyNode& node) {
  if (detector.callee.text != "zscore") {
    context.Report(Code::kF0160, detector.callee.span)
        .Arg(detector.callee.text)
        .Help("the detector that works now: `zscore(history: 60, warmup: 10, threshold: 3.0)`");
    return;
  }
  for (const ast::CallArg& arg : detector.args.args) {
    const std::string name = arg.name ? arg.name->text : "";
    if (name == "history") {
      node.history = context.Integer(*arg.value, "history").value_or(node.history);
    } else if (name == "warmup") {
      node.warmup = context.Integer(*arg.value, "warmup").value_or(node.warmup);
    } else if (name == "threshold") {
      node.threshold = context.Number(*arg.value, "threshold").value_or(node.threshold);
    } else {
      context.Report(Code::kF0158, arg.span)
          .Message("`zscore` has no argument `{}`", name.empty() ? "without a name" : name)
          .Help("it has: history, warmup, threshold");
    }
  }
  if (node.history < 2 || node.warmup < 1 || node.warmup > node.history || node.threshold <= 0) {
    context.Report(Code::kF0302, detector.span)
        .Message("this history can't be scored")
        .Help("history is at least 2, warmup between 1 and history, threshold above 0");
  }
}

}  // namespace

void CompileAnomaly(const ast::AnomalyStage& stage, StageContext& context, StreamFlow& flow) {
  if (context.RefuseUpserts(flow)) return;
  context.RefuseWithoutWatermark(flow, stage.keyword, "history");
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::AnomalyNode>();
  plan::ExprPtr value = context.binder().Bind(*stage.value, scope);
  if (!IsError(value) && value->type.is_numeric() && !value->type.optional()) {
    if (!value->type.is(TypeKind::kFloat64)) {
      value = plan::MakeUnary(plan::ExprKind::kCast, DataType::Float64(), value, value->span);
    }
  } else if (!IsError(value)) {
    value = context.binder().Convert(value, DataType::Float64(), stage.value->span);
  }
  node->value = std::move(value);
  if (stage.by) node->keys = BindKeys(*stage.by, scope, context, false).exprs;
  ReadDetector(stage.detector, context, *node);
  node->forget_after = flow.slide * node->history;
  ColumnList columns(context);
  for (const Field& field : flow.schema->fields()) {
    columns.Add(field.name, field.type, field.pii, Span{});
  }
  DataType result = DataType::Struct({{"score", DataType::Float64()},
                                      {"expected", DataType::Float64()},
                                      {"is_anomaly", DataType::Bool()}});
  columns.Add(stage.alias.text, result, {}, stage.alias.span);
  context.Add(std::move(node), flow, columns.Make(), flow.mode);
}

}  // namespace weir::semantic
