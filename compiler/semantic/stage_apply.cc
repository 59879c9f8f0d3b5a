#include <algorithm>

#include "compiler/semantic/stage_context.h"

namespace weir::semantic {
namespace {

constexpr int kMostApplied = 10'000;

DiagnosticBuilder Misfit(const ast::ApplyStage& stage, Span span, StageContext& context) {
  return context.Report(Code::kF0161, span).Arg(stage.name.Joined());
}

/// Arguments by position and name, defaults for the rest.
bool BindArguments(const ast::ApplyStage& stage, const ast::TemplateDecl& decl,
                   StageContext& context, TemplateArguments& bound) {
  size_t position = 0;
  for (const ast::CallArg& arg : stage.args.args) {
    const ast::FnParam* param = nullptr;
    if (arg.name) {
      auto found = std::find_if(decl.params.begin(), decl.params.end(), [&](const auto& candidate) {
        return candidate.name.text == arg.name->text;
      });
      if (found != decl.params.end()) param = &*found;
    } else if (position < decl.params.size()) {
      param = &decl.params[position++];
    }
    if (param == nullptr) {
      Misfit(stage, arg.span, context)
          .Here("it has no such parameter")
          .Label(decl.name.span, "declared here");
      return false;
    }
    bound[param->name.text] = &context.Argument(*arg.value);
  }
  for (const ast::FnParam& param : decl.params) {
    if (bound.contains(param.name.text)) continue;
    if (param.default_value == nullptr) {
      Misfit(stage, stage.args.span, context)
          .Here("`" + param.name.text + "` is missing")
          .Label(param.span, "it has no default");
      return false;
    }
    bound[param.name.text] = param.default_value.get();
  }
  return true;
}

/// `on struct { url: string }`: the stream has these columns, whatever else it has.
bool FitsInput(const ast::ApplyStage& stage, const ast::TemplateDecl& decl, StageContext& context,
               const StreamFlow& flow) {
  if (decl.on == nullptr) return true;
  SchemaInfoPtr wanted = context.catalog().ResolveSchema(*decl.on);
  if (wanted == nullptr) return false;
  for (const FieldInfo& field : wanted->fields) {
    std::optional<int> at = flow.schema->IndexOf(field.name);
    bool fits = at && flow.schema->field(*at).type.SameBase(field.type) &&
                (field.type.optional() || !flow.schema->field(*at).type.optional());
    if (fits) continue;
    Misfit(stage, stage.keyword, context)
        .Here(at ? "`" + field.name + "` is " + flow.schema->field(*at).type.ToString() + " here"
                 : "these rows have no `" + field.name + "`")
        .Label(decl.on->span, "it needs `" + field.name + ": " + field.type.ToString() + "`")
        .Help("bring the rows to these columns before: `|> extend " + field.name + " = …`");
    return false;
  }
  return true;
}

}  // namespace

void CompileApply(const ast::ApplyStage& stage, StageContext& context, StreamFlow& flow) {
  const TemplateInfo* info = context.catalog().RequireTemplate(stage.name);
  if (info == nullptr) {
    flow.broken = true;
    return;
  }
  const ast::TemplateDecl& decl = *info->decl;
  TemplateArguments bound;
  if (++context.shared().applied > kMostApplied) {
    flow.broken = true;
    if (context.shared().applied > kMostApplied + 1) return;
    Misfit(stage, stage.keyword, context)
        .Here("templates are applied more than " + std::to_string(kMostApplied) + " times in all")
        .Help("templates that apply templates multiply");
    return;
  }
  if (context.template_depth >= 8) {
    Misfit(stage, stage.keyword, context)
        .Here("templates apply each other without end")
        .Label(decl.name.span, "declared here");
    flow.broken = true;
    return;
  }
  bool fits = BindArguments(stage, decl, context, bound) && FitsInput(stage, decl, context, flow);
  if (!fits) {
    flow.broken = true;
    return;
  }
  const bool was_last = context.is_last;
  std::swap(context.arguments, bound);
  ++context.template_depth;
  CompileStages(decl.stages, context, flow);
  --context.template_depth;
  std::swap(context.arguments, bound);
  context.stage = &stage;
  context.is_last = was_last;
}

}  // namespace weir::semantic
