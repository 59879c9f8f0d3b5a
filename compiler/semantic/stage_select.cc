#include <algorithm>

#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_context.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

class SelectCompiler {
 public:
  SelectCompiler(StageContext& context, StreamFlow& flow)
      : context_(context), flow_(flow), scope_(context.ScopeOf(flow)), columns_(context) {}

  void Run(const ast::SelectStage& stage) {
    for (const ast::SelectItem& item : stage.items) {
      if (item.star) {
        AddStar(item);
      } else {
        AddExpr(item);
      }
    }
    auto node = std::make_unique<plan::ProjectNode>();
    plan::StreamMode mode = RemapMode(flow_.mode, exprs_);
    node->exprs = std::move(exprs_);
    context_.Add(std::move(node), flow_, columns_.Make(), std::move(mode));
  }

 private:
  void AddStar(const ast::SelectItem& item) {
    for (const ast::Name& name : item.except) {
      if (!flow_.schema->IndexOf(name.text)) RequireColumn(name, context_, scope_);
    }
    for (int i = 0; i < flow_.schema->num_fields(); ++i) {
      const Field& field = flow_.schema->field(i);
      bool left_out = std::any_of(item.except.begin(), item.except.end(),
                                  [&](const ast::Name& name) { return name.text == field.name; });
      if (left_out) continue;
      Push(field.name, ColumnOf(*flow_.schema, i, item.span), field.pii, item.span);
    }
  }

  void AddExpr(const ast::SelectItem& item) {
    plan::ExprPtr expr = context_.binder().Bind(*item.expr, scope_);
    std::string name = item.alias ? item.alias->text : ImpliedName(*item.expr);
    if (name.empty()) {
      context_.Report(Code::kF0155, item.span)
          .Help("name it: `" + context_.catalog().TextOf(item.expr->span) + " as name`");
      return;
    }
    PiiTag tag = TaintOf(*expr, scope_);
    Push(std::move(name), std::move(expr), tag, item.span);
  }

  void Push(std::string name, plan::ExprPtr expr, const PiiTag& tag, Span span) {
    size_t before = columns_.fields().size();
    columns_.Add(std::move(name), expr->type, tag, span);
    if (columns_.fields().size() > before) exprs_.push_back(std::move(expr));
  }

  StageContext& context_;
  StreamFlow& flow_;
  Scope scope_;
  ColumnList columns_;
  std::vector<plan::ExprPtr> exprs_;
};

}  // namespace

plan::ExprPtr RequireColumn(const ast::Name& name, StageContext& context, const Scope& scope) {
  ast::NameExpr expr;
  expr.name = name;
  expr.span = name.span;
  return context.binder().Bind(expr, scope);
}

void CompileSelect(const ast::SelectStage& stage, StageContext& context, StreamFlow& flow) {
  SelectCompiler(context, flow).Run(stage);
}

}  // namespace weir::semantic
