#include <utility>

#include "compiler/syntax/ast_builder.h"

namespace weir::syntax {

ast::TypeRefPtr AstBuilder::Type(FlowParser::TypeRefContext* context) {
  if (context == nullptr) return nullptr;
  auto type = std::make_unique<ast::TypeRef>();
  type->span = SpanOf(*context);
  if (!IsWhole(context) || !IsWhole(context->typeAtom())) {
    type->kind = ast::TypeRefKind::kError;
    return type;
  }
  type->optional = context->QUESTION() != nullptr;
  TypeAtom(context->typeAtom(), *type);
  return type;
}

void AstBuilder::TypeAtom(FlowParser::TypeAtomContext* context, ast::TypeRef& out) {
  if (auto* c = dynamic_cast<FlowParser::NamedTypeContext*>(context)) {
    out.name = Qualified(c->qualifiedName());
    for (auto* number : c->INT()) out.numbers.push_back({WholeNumber(number), SpanOf(number)});
  } else if (auto* g = dynamic_cast<FlowParser::GenericTypeContext*>(context)) {
    out.kind = ast::TypeRefKind::kGeneric;
    out.name.parts.push_back(Name(g->ident()));
    out.name.span = SpanOf(*g->ident());
    for (auto* argument : g->typeRef()) out.arguments.push_back(Type(argument));
  } else if (auto* e = dynamic_cast<FlowParser::EnumTypeContext*>(context)) {
    out.kind = ast::TypeRefKind::kEnum;
    for (auto* value : e->enumValue()) {
      if (value->STRING() != nullptr) {
        auto text = String(value->STRING());
        out.values.push_back({std::move(text.text), text.span});
      } else {
        auto name = Name(value->ident());
        out.values.push_back({std::move(name.text), name.span});
      }
    }
  } else if (auto* s = dynamic_cast<FlowParser::StructTypeContext*>(context)) {
    out.kind = ast::TypeRefKind::kStruct;
    for (auto* field : s->fieldDecl()) out.fields.push_back(Field(field));
  } else {
    out.kind = ast::TypeRefKind::kError;
  }
}

ast::FieldDecl AstBuilder::Field(FlowParser::FieldDeclContext* context) {
  ast::FieldDecl field;
  field.span = SpanOf(*context);
  field.doc = DocBefore(context->getStart());
  field.name = Name(context->ident());
  field.type = Type(context->typeRef());
  field.annotations = Annotations(context->annotation());
  if (context->expr() != nullptr) field.default_value = Expr(context->expr());
  if (context->whereClause() != nullptr) field.where = Expr(context->whereClause()->expr());
  return field;
}

ast::ItemPtr AstBuilder::TypeItem(FlowParser::TypeDeclContext* context) {
  auto item = std::make_unique<ast::TypeDecl>();
  item->keyword = SpanOf(context->K_TYPE());
  item->name = Name(context->ident());
  item->type = Type(context->typeRef());
  if (IsWhole(context->whereClause())) item->where = Expr(context->whereClause()->expr());
  return item;
}

ast::ItemPtr AstBuilder::Schema(FlowParser::SchemaDeclContext* context) {
  auto item = std::make_unique<ast::SchemaDecl>();
  item->keyword = SpanOf(context->getStart());
  if (auto* c = dynamic_cast<FlowParser::SchemaInlineContext*>(context)) {
    item->name = Name(c->ident(0));
    if (c->K_EXTENDS() != nullptr) item->extends = Name(c->ident(1));
    item->has_body = true;
    SchemaEntries(c->schemaEntry(), *item);
  } else if (auto* imported = dynamic_cast<FlowParser::SchemaImportedContext*>(context)) {
    item->name = Name(imported->ident());
    item->import = CallOnly(imported->callOnly());
    item->has_body = imported->LBRACE() != nullptr;
    SchemaEntries(imported->schemaEntry(), *item);
  }
  return item;
}

void AstBuilder::SchemaEntries(const std::vector<FlowParser::SchemaEntryContext*>& entries,
                               ast::SchemaDecl& out) {
  for (auto* entry : entries) {
    if (!IsWhole(entry)) continue;
    if (entry->fieldDecl() != nullptr) {
      out.fields.push_back(Field(entry->fieldDecl()));
      continue;
    }
    auto* extra = entry->extraDecl();
    ast::ExtraClause clause;
    clause.span = SpanOf(*extra);
    if (extra->K_REJECT() != nullptr) clause.kind = ast::ExtraKind::kReject;
    if (extra->K_INTO() != nullptr) {
      clause.kind = ast::ExtraKind::kInto;
      clause.into = Name(extra->ident());
    }
    const Span first = out.extra ? out.extra->span : Span{};
    if (!Twice(out.extra.has_value(), "...", first, clause.span)) out.extra = std::move(clause);
  }
}

ast::ItemPtr AstBuilder::Function(FlowParser::FnDeclContext* context) {
  auto item = std::make_unique<ast::FunctionDecl>();
  item->keyword = SpanOf(context->K_FN());
  item->name = Name(context->ident());
  item->params = Params(context->fnParam());
  if (context->LPAREN() != nullptr && context->RPAREN() != nullptr) {
    item->params_span = SpanOf(context->LPAREN()).To(SpanOf(context->RPAREN()));
  }
  item->result = Type(context->typeRef());
  item->body = Expr(context->expr());
  return item;
}

ast::ItemPtr AstBuilder::Template(FlowParser::TemplateDeclContext* context) {
  auto item = std::make_unique<ast::TemplateDecl>();
  item->keyword = SpanOf(context->K_TEMPLATE());
  item->name = Name(context->ident());
  item->params = Params(context->fnParam());
  if (context->LPAREN() != nullptr && context->RPAREN() != nullptr) {
    item->params_span = SpanOf(context->LPAREN()).To(SpanOf(context->RPAREN()));
  }
  item->on = Type(context->typeRef());
  item->stages = Stages(context->stage());
  return item;
}

std::vector<ast::FnParam> AstBuilder::Params(
    const std::vector<FlowParser::FnParamContext*>& contexts) {
  std::vector<ast::FnParam> params;
  for (auto* context : contexts) {
    if (!IsWhole(context)) continue;
    ast::FnParam param;
    param.span = SpanOf(*context);
    param.name = Name(context->ident());
    param.type = Type(context->typeRef());
    if (context->expr() != nullptr) param.default_value = Expr(context->expr());
    params.push_back(std::move(param));
  }
  return params;
}

}  // namespace weir::syntax
