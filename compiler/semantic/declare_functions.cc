// fn: parameters, result, and a check of the body where it is declared.
#include <fmt/format.h>

#include "compiler/semantic/declare_lazy.h"
#include "compiler/semantic/expr_typer.h"

namespace weir::semantic {

namespace {

/// Parameters stand for columns that no stream has while the body is checked.
constexpr int kParameterColumns = 1 << 20;

void ResolveParams(const Catalog& catalog, FunctionInfo& info) {
  ExprTyper typer(catalog, catalog.diagnostics());
  for (const ast::FnParam& param : info.decl->params) {
    FunctionInfo::Param resolved;
    resolved.name = param.name.text;
    if (param.type != nullptr) resolved.type = catalog.ResolveType(*param.type);
    info.broken |= resolved.type.is_error();
    if (param.default_value != nullptr) {
      plan::ExprPtr value = typer.TypeAs(*param.default_value, Scope(), resolved.type);
      resolved.default_value = typer.Evaluate(value, "a default");
      info.broken |= !resolved.default_value;
    }
    for (const FunctionInfo::Param& other : info.params) {
      if (other.name != resolved.name) continue;
      catalog.diagnostics().Report(Code::kF0102, param.name.span).Arg(resolved.name);
    }
    info.params.push_back(std::move(resolved));
  }
}

void CheckBody(const Catalog& catalog, FunctionInfo& info) {
  Scope scope;
  scope.set_what(fmt::format("the function `{}`", info.name));
  for (size_t i = 0; i < info.params.size(); ++i) {
    const FunctionInfo::Param& param = info.params[i];
    scope.AddColumn({param.name,
                     param.type,
                     kParameterColumns + static_cast<int>(i),
                     {},
                     {},
                     info.decl->params[i].name.span});
  }
  ExprTyper typer(catalog, catalog.diagnostics());
  plan::ExprPtr body = info.result.is_error() ? typer.Type(*info.decl->body, scope)
                                              : typer.TypeAs(*info.decl->body, scope, info.result);
  info.broken |= IsError(body);
}

}  // namespace

const FunctionInfo* EnsureFunction(const Catalog& catalog, FunctionEntry& entry) {
  if (entry.module != nullptr) return entry.module->FindFunction(entry.info.name);
  FunctionInfo& info = entry.info;
  if (entry.progress == Progress::kDone) return &info;
  if (entry.progress == Progress::kBusy) {
    if (!info.broken) {
      catalog.diagnostics()
          .Report(Code::kF0103, info.decl->name.span)
          .Arg("function")
          .Arg(info.name)
          .Help("functions are expressions written once; they can't call themselves");
    }
    info.broken = true;
    return &info;
  }
  entry.progress = Progress::kBusy;
  if (info.decl->has_errors || info.decl->body == nullptr) {
    info.broken = true;
  } else {
    ResolveParams(catalog, info);
    if (info.decl->result != nullptr) {
      info.result = catalog.ResolveType(*info.decl->result);
      info.broken |= info.result.is_error();
    }
    if (!info.broken) CheckBody(catalog, info);
  }
  entry.progress = Progress::kDone;
  return &info;
}

}  // namespace weir::semantic
