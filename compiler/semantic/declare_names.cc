// Which names a file declares, and that it declares none of them twice.
#include <fmt/format.h>

#include "compiler/semantic/declare_builder.h"

namespace weir::semantic {

void CatalogBuilder::ReportTwice(const ast::Name& name, Span first) {
  data_.diagnostics->Report(Code::kF0102, name.span)
      .Arg(name.text)
      .Label(first, "declared here first");
}

bool CatalogBuilder::DeclareFlow(const ast::Item& item, FlowKind kind, size_t index) {
  if (item.name.empty()) return false;
  auto [place, is_new] =
      data_.flow_names.try_emplace(item.name.text, FlowName{kind, index, item.name.span});
  if (!is_new) ReportTwice(item.name, place->second.declared);
  return is_new;
}

void CatalogBuilder::DeclareType(const ast::Item& item) {
  if (item.name.empty()) return;
  auto [place, is_new] = data_.types.try_emplace(item.name.text);
  if (!is_new) return ReportTwice(item.name, place->second.item->name.span);
  place->second.item = &item;
  place->second.name = item.name.text;
}

void CatalogBuilder::DeclareFunction(const ast::FunctionDecl& decl) {
  if (decl.name.empty()) return;
  auto [place, is_new] = data_.functions.try_emplace(decl.name.text);
  if (!is_new) return ReportTwice(decl.name, place->second.info.decl->name.span);
  place->second.info.name = decl.name.text;
  place->second.info.decl = &decl;
  place->second.info.module = catalog_.get();
}

void CatalogBuilder::DeclareTemplate(const ast::TemplateDecl& decl) {
  if (decl.name.empty()) return;
  auto [place, is_new] = data_.templates.try_emplace(decl.name.text);
  if (!is_new) return ReportTwice(decl.name, place->second.info.decl->name.span);
  place->second.info = {decl.name.text, &decl, catalog_.get()};
}

bool CatalogBuilder::DeclareParameter(const ast::Item& item) {
  if (item.name.empty()) return false;
  auto [place, is_new] = data_.parameter_names.try_emplace(item.name.text, item.name.span);
  if (!is_new) ReportTwice(item.name, place->second);
  return is_new;
}

void CatalogBuilder::CollectNames() {
  for (const ast::ItemPtr& item : data_.file->items) CollectItem(*item);
}

namespace {

/// Appends an info with its declaration.
template <typename Decl, typename Infos>
size_t Append(Infos& infos, const ast::Item& item) {
  auto& info = infos.emplace_back();
  info.name = item.name.text;
  info.decl = &item.As<Decl>();
  return infos.size() - 1;
}

}  // namespace

void CatalogBuilder::CollectItem(const ast::Item& item) {
  CatalogData& data = data_;
  switch (item.kind) {
    case ast::ItemKind::kUse: return;
    case ast::ItemKind::kParam:
      if (!DeclareParameter(item)) return;
      Append<ast::ParamDecl>(data.params, item);
      data.param_progress.push_back(Progress::kNew);
      return;
    case ast::ItemKind::kSecret:
      if (DeclareParameter(item)) Append<ast::SecretDecl>(data.secrets, item);
      return;
    case ast::ItemKind::kProfile: data.profiles.push_back(&item.As<ast::ProfileDecl>()); return;
    case ast::ItemKind::kType:
    case ast::ItemKind::kSchema: return DeclareType(item);
    case ast::ItemKind::kFunction: return DeclareFunction(item.As<ast::FunctionDecl>());
    case ast::ItemKind::kTemplate: return DeclareTemplate(item.As<ast::TemplateDecl>());
    case ast::ItemKind::kSource:
      if (!DeclareFlow(item, FlowKind::kSource, data.source_infos.size())) return;
      Append<ast::SourceDecl>(data.source_infos, item);
      return;
    case ast::ItemKind::kTable:
      if (!DeclareFlow(item, FlowKind::kTable, data.tables.size())) return;
      Append<ast::TableDecl>(data.tables, item);
      return;
    case ast::ItemKind::kSink:
      if (!DeclareFlow(item, FlowKind::kSink, data.sinks.size())) return;
      Append<ast::SinkDecl>(data.sinks, item);
      return;
    case ast::ItemKind::kStream:
      if (!DeclareFlow(item, FlowKind::kStream, data.streams.size())) return;
      Append<ast::StreamDecl>(data.streams, item);
      return;
    case ast::ItemKind::kView:
      if (!DeclareFlow(item, FlowKind::kView, data.views.size())) return;
      Append<ast::ViewDecl>(data.views, item);
      return;
    case ast::ItemKind::kFlow: data.flows.push_back(&item.As<ast::FlowDecl>()); return;
    case ast::ItemKind::kAlert: data.alerts.push_back(&item.As<ast::AlertDecl>()); return;
    case ast::ItemKind::kSlo: data.slos.push_back(&item.As<ast::SloDecl>()); return;
    case ast::ItemKind::kFixture: Append<ast::FixtureDecl>(data.fixtures, item); return;
    case ast::ItemKind::kTest: data.tests.push_back(&item.As<ast::TestDecl>()); return;
  }
}

}  // namespace weir::semantic
