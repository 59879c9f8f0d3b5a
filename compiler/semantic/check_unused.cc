#include "compiler/semantic/check_unused.h"

#include <set>
#include <string>

namespace weir::semantic {
namespace {

/// Names of types that the declarations of a file mention.
class TypeNames {
 public:
  explicit TypeNames(const ast::File& file) {
    for (const ast::ItemPtr& item : file.items) AddItem(*item);
  }
  bool Has(const std::string& name) const { return names_.contains(name); }

 private:
  void Add(const ast::TypeRefPtr& type) {
    if (type == nullptr) return;
    for (const ast::Name& part : type->name.parts) names_.insert(part.text);
    for (const ast::TypeRefPtr& argument : type->arguments) Add(argument);
    AddFields(type->fields);
  }

  void AddFields(const std::vector<ast::FieldDecl>& fields) {
    for (const ast::FieldDecl& field : fields) Add(field.type);
  }

  void AddParams(const std::vector<ast::FnParam>& params) {
    for (const ast::FnParam& param : params) Add(param.type);
  }

  void AddParts(const ast::KeyedParts& parts) {
    if (!parts.state) return;
    for (const ast::StateField& field : parts.state->fields) Add(field.type);
  }

  void AddStages(const std::vector<ast::StagePtr>& stages) {
    for (const ast::StagePtr& stage : stages) {
      if (stage->kind == ast::StageKind::kSession) {
        AddParts(stage->As<ast::SessionStage>().parts);
      } else if (stage->kind == ast::StageKind::kProcess) {
        AddParts(stage->As<ast::ProcessStage>().parts);
      }
    }
  }

  void AddItem(const ast::Item& item) {
    switch (item.kind) {
      case ast::ItemKind::kParam: return Add(item.As<ast::ParamDecl>().type);
      case ast::ItemKind::kType: return Add(item.As<ast::TypeDecl>().type);
      case ast::ItemKind::kSchema: {
        const auto& schema = item.As<ast::SchemaDecl>();
        if (schema.extends) names_.insert(schema.extends->text);
        return AddFields(schema.fields);
      }
      case ast::ItemKind::kFunction: {
        const auto& function = item.As<ast::FunctionDecl>();
        AddParams(function.params);
        return Add(function.result);
      }
      case ast::ItemKind::kTemplate: {
        const auto& declared = item.As<ast::TemplateDecl>();
        AddParams(declared.params);
        AddStages(declared.stages);
        return Add(declared.on);
      }
      case ast::ItemKind::kSource: return Add(item.As<ast::SourceDecl>().type);
      case ast::ItemKind::kTable: return Add(item.As<ast::TableDecl>().type);
      case ast::ItemKind::kSink: return Add(item.As<ast::SinkDecl>().type);
      case ast::ItemKind::kStream: {
        const auto& stream = item.As<ast::StreamDecl>();
        if (stream.body) AddStages(stream.body->stages);
        return Add(stream.type);
      }
      case ast::ItemKind::kFlow: return AddStages(item.As<ast::FlowDecl>().pipeline.stages);
      case ast::ItemKind::kView: return AddStages(item.As<ast::ViewDecl>().body.stages);
      case ast::ItemKind::kFixture: return Add(item.As<ast::FixtureDecl>().type);
      default: return;
    }
  }

  std::set<std::string> names_;
};

void Warn(FlowContext& shared, const char* word, const ast::Name& name, const std::string& help) {
  auto report = shared.diagnostics.Report(Code::kW0150, name.span).Arg(word).Arg(name.text);
  if (!help.empty()) report.Help(help);
}

void CheckStreams(FlowContext& shared) {
  for (const StreamInfo& stream : shared.catalog.streams()) {
    if (shared.graph.IsRead(stream.name)) continue;
    const ast::StreamDecl& decl = *stream.decl;
    if (decl.body) {
      const auto& stages = decl.body->stages;
      if (!stages.empty() && stages.back()->kind == ast::StageKind::kInto) continue;
      Warn(shared, "stream", decl.name, "read it: `from " + stream.name + " |> into …`");
      continue;
    }
    shared.diagnostics.Report(Code::kF0151, decl.name.span)
        .Arg(stream.name)
        .Note("rows that routes send here would be lost without a trace")
        .Help("read it (`from " + stream.name +
              " |> into …`), or write `discard \"why\"` instead "
              "of the route, which counts them");
  }
}

bool SoundsLikeMoney(const std::string& name) {
  for (const char* word : {"price", "amount", "total", "cost", "revenue"}) {
    if (name.find(word) != std::string::npos) return true;
  }
  return false;
}

void CheckMoney(FlowContext& shared) {
  for (const SchemaInfoPtr& schema : shared.catalog.schemas()) {
    for (const FieldInfo& field : schema->fields) {
      if (!field.type.is_float() || !SoundsLikeMoney(field.name)) continue;
      shared.diagnostics.Report(Code::kW0602, field.declared)
          .Arg(field.name)
          .Note("0.1 + 0.2 is not 0.3 in a float, so sums drift")
          .Help("take a decimal: `" + field.name + ": decimal(10, 2)`");
    }
  }
}

}  // namespace

void CheckUnused(FlowContext& shared) {
  const Catalog& catalog = shared.catalog;
  if (catalog.file().head && catalog.file().head->is_module) return;
  CheckStreams(shared);
  CheckMoney(shared);
  for (const SourceInfo& source : catalog.source_decls()) {
    if (!shared.graph.IsRead(source.name)) Warn(shared, "source", source.decl->name, "");
  }
  for (const SinkInfo& sink : catalog.sinks()) {
    if (!shared.graph.IsWritten(sink.name)) {
      Warn(shared, "sink", sink.decl->name, "send rows to it: `from … |> into " + sink.name + "`");
    }
  }
  for (const TableInfo& table : catalog.tables()) {
    if (!shared.graph.UsesTable(table.name)) Warn(shared, "table", table.decl->name, "");
  }
  const TypeNames used(catalog.file());
  for (const ast::ItemPtr& item : catalog.file().items) {
    if (item->kind != ast::ItemKind::kSchema || used.Has(item->name.text)) continue;
    Warn(shared, "schema", item->name, "");
  }
}

}  // namespace weir::semantic
