#include "compiler/semantic/check_unevaluated.h"

#include <set>
#include <string>
#include <vector>

namespace weir::semantic {
namespace {

/// The first name of `enriched.seen.discarded`; null if it is no path.
const ast::Name* RootOf(const ast::Expr& expr) {
  if (const auto* member = expr.Try<ast::MemberExpr>()) {
    if (const auto* name = member->object->Try<ast::NameExpr>()) return &name->name;
    return RootOf(*member->object);
  }
  return nullptr;
}

void CheckPaths(const ast::Expr& expr, const Catalog& catalog) {
  if (const ast::Name* root = RootOf(expr)) {
    catalog.RequireFlow(
        *root,
        {FlowKind::kSource, FlowKind::kTable, FlowKind::kSink, FlowKind::kStream, FlowKind::kView},
        "source, stream, sink, table or view");
    return;
  }
  if (const auto* binary = expr.Try<ast::BinaryExpr>()) {
    CheckPaths(*binary->left, catalog);
    CheckPaths(*binary->right, catalog);
  } else if (const auto* unary = expr.Try<ast::UnaryExpr>()) {
    CheckPaths(*unary->operand, catalog);
  } else if (const auto* call = expr.Try<ast::CallExpr>()) {
    for (const ast::CallArg& arg : call->args.args) CheckPaths(*arg.value, catalog);
  }
}

void Warn(FlowContext& shared, Span span, size_t count, const char* one, const char* many) {
  const std::string what =
      count == 1 ? std::string(one) + " is" : std::to_string(count) + " " + many + " are";
  shared.diagnostics.Report(Code::kW0160, span).Arg(what);
}

void CheckSubjects(FlowContext& shared) {
  size_t count = 0;
  Span first;
  for (const SchemaInfoPtr& schema : shared.catalog.schemas()) {
    for (const FieldInfo& field : schema->fields) {
      if (!field.subject) continue;
      if (count++ == 0) first = field.declared;
    }
  }
  if (count > 0) Warn(shared, first, count, "`@subject`", "fields with `@subject`");
}

}  // namespace

void CheckUnevaluated(FlowContext& shared) {
  const Catalog& catalog = shared.catalog;
  for (const ast::AlertDecl* alert : catalog.alerts()) {
    if (alert->when != nullptr) CheckPaths(*alert->when, catalog);
  }
  for (const ast::SloDecl* slo : catalog.slos()) {
    if (slo->when != nullptr) CheckPaths(*slo->when, catalog);
  }
  if (!catalog.alerts().empty()) {
    Warn(shared, catalog.alerts().front()->name.span, catalog.alerts().size(), "this alert",
         "alerts");
  }
  if (!catalog.slos().empty()) {
    Warn(shared, catalog.slos().front()->name.span, catalog.slos().size(), "this objective",
         "objectives");
  }
  CheckSubjects(shared);
}

}  // namespace weir::semantic
