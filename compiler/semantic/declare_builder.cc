#include "compiler/semantic/declare_builder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/diagnostics/suggest.h"
#include "compiler/semantic/connect_resolver.h"
#include "compiler/semantic/declare_lazy.h"

namespace weir::semantic {

namespace {

std::unique_ptr<CatalogData> NewData(const ast::File& file, const SourceManager& sources,
                                     const CompileOptions& options, DiagnosticEngine& diagnostics,
                                     ModuleTable& modules) {
  auto data = std::make_unique<CatalogData>();
  data->file = &file;
  data->sources = &sources;
  data->options = &options;
  data->diagnostics = &diagnostics;
  data->modules = &modules;
  if (const SourceFile* source = sources.Find(file.file)) {
    data->base_dir = std::filesystem::path(source->path()).parent_path().string();
  }
  return data;
}

}  // namespace

CatalogBuilder::CatalogBuilder(const ast::File& file, const SourceManager& sources,
                               const CompileOptions& options, DiagnosticEngine& diagnostics,
                               ModuleTable& modules)
    : catalog_(new Catalog(NewData(file, sources, options, diagnostics, modules))),
      data_(catalog_->data()) {}

std::unique_ptr<Catalog> CatalogBuilder::Build(Status* usage) {
  CatalogData& data = data_;
  data.modules->busy.push_back(data.file);
  CollectNames();
  ResolveUses();
  *usage = ResolveProfiles();
  if (usage->ok()) {
    for (SecretInfo& secret : data.secrets) ResolveSecret(*catalog_, secret);
    for (size_t i = 0; i < data.params.size(); ++i) EnsureParam(*catalog_, i);
    for (const ast::ItemPtr& item : data.file->items) {
      if (item->kind != ast::ItemKind::kType && item->kind != ast::ItemKind::kSchema) continue;
      auto entry = data.types.find(item->name.text);
      if (entry == data.types.end() || entry->second.item != item.get()) continue;
      const TypeUse& use = EnsureType(*catalog_, entry->second, item->name.span);
      if (item->kind == ast::ItemKind::kSchema && use.schema) data.schemas.push_back(use.schema);
    }
    for (const ast::ItemPtr& item : data.file->items) {
      if (item->kind != ast::ItemKind::kFunction) continue;
      auto entry = data.functions.find(item->name.text);
      if (entry != data.functions.end()) EnsureFunction(*catalog_, entry->second);
    }
    ResolveFlows();
    if (!data.usage_error.empty()) *usage = InvalidArgumentError("{}", data.usage_error);
  }
  data.modules->busy.pop_back();
  return std::move(catalog_);
}

void CatalogBuilder::ResolveFlows() {
  CatalogData& data = data_;
  ConnectorResolver connectors(*catalog_);
  auto written = [](const std::optional<ast::Connector>& connector) {
    return connector ? &*connector : nullptr;
  };
  auto schema_of = [&](const ast::TypeRefPtr& type) -> SchemaInfoPtr {
    return type == nullptr ? nullptr : catalog_->ResolveSchema(*type);
  };
  for (SourceInfo& info : data.source_infos) {
    if (info.decl->has_errors) continue;
    info.schema = schema_of(info.decl->type);
    info.connector = connectors.ResolveDeclared(written(info.decl->from), ConnectorRole::kSource,
                                                info.decl->name);
    info.format = connectors.ResolveFormat(info.decl->format);
  }
  for (TableInfo& info : data.tables) {
    if (info.decl->has_errors) continue;
    info.schema = schema_of(info.decl->type);
    info.connector = connectors.ResolveDeclared(written(info.decl->from), ConnectorRole::kTable,
                                                info.decl->name);
    info.format = connectors.ResolveFormat(info.decl->format);
  }
  for (SinkInfo& info : data.sinks) {
    if (info.decl->has_errors) continue;
    info.typed = info.decl->type != nullptr;
    info.schema = schema_of(info.decl->type);
    info.connector =
        connectors.ResolveDeclared(written(info.decl->to), ConnectorRole::kSink, info.decl->name);
    info.format = connectors.ResolveFormat(info.decl->format);
  }
  for (StreamInfo& info : data.streams) {
    info.typed = info.decl->type != nullptr;
    if (!info.decl->has_errors) info.schema = schema_of(info.decl->type);
  }
  for (ViewInfo& info : data.views) {
    if (info.decl->has_errors || !info.decl->to) continue;
    info.connector = connectors.Resolve(*info.decl->to, ConnectorRole::kSink);
  }
  for (FixtureInfo& info : data.fixtures) {
    if (!info.decl->has_errors) info.schema = schema_of(info.decl->type);
  }
  for (const ast::ProfileDecl* profile : data.profiles) {
    bool active = std::find(data.chain.begin(), data.chain.end(), profile) != data.chain.end();
    if (!active && !profile->has_errors) connectors.CheckInactive(*profile);
  }
}

}  // namespace weir::semantic
