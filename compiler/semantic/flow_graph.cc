#include "compiler/semantic/flow_graph.h"

#include <algorithm>
#include <functional>
#include <set>

namespace weir::semantic {

class FlowGraphBuilder {
 public:
  explicit FlowGraphBuilder(const Catalog& catalog) : catalog_(catalog) {}

  FlowGraph Run() {
    AddVertices();
    const size_t count = graph_.vertices_.size();
    edges_.resize(count);
    graph_.read_.assign(count, false);
    graph_.written_.assign(count, false);
    for (size_t v = 0; v < count; ++v) AddEdges(v);
    AddDefaultErrors();
    Sort();
    return std::move(graph_);
  }

 private:
  void Add(VertexKind kind, size_t index, const std::string& name, Span span,
           const ast::Pipeline* pipeline) {
    Vertex vertex{kind, index, name, span, pipeline};
    if (!name.empty()) graph_.by_name_.emplace(name, graph_.vertices_.size());
    graph_.vertices_.push_back(std::move(vertex));
  }

  void AddVertices() {
    const auto& sources = catalog_.source_decls();
    for (size_t i = 0; i < sources.size(); ++i) {
      Add(VertexKind::kSource, i, sources[i].name, sources[i].decl->name.span, nullptr);
    }
    const auto& streams = catalog_.streams();
    for (size_t i = 0; i < streams.size(); ++i) {
      const ast::StreamDecl& decl = *streams[i].decl;
      const ast::Pipeline* body = decl.body ? &*decl.body : nullptr;
      Add(body ? VertexKind::kStream : VertexKind::kJunction, i, streams[i].name, decl.name.span,
          body);
    }
    const auto& views = catalog_.views();
    for (size_t i = 0; i < views.size(); ++i) {
      Add(VertexKind::kView, i, views[i].name, views[i].decl->name.span, &views[i].decl->body);
    }
    const auto& flows = catalog_.flows();
    for (size_t i = 0; i < flows.size(); ++i) {
      Add(VertexKind::kPipeline, i, "", flows[i]->pipeline.span, &flows[i]->pipeline);
    }
    const auto& sinks = catalog_.sinks();
    for (size_t i = 0; i < sinks.size(); ++i) {
      Add(VertexKind::kSink, i, sinks[i].name, sinks[i].decl->name.span, nullptr);
    }
  }

  void Read(size_t reader, const ast::Name& name) {
    auto found = graph_.by_name_.find(name.text);
    if (found == graph_.by_name_.end()) return;
    if (graph_.vertices_[found->second].kind == VertexKind::kSink) return;
    graph_.read_[found->second] = true;
    Connect(found->second, reader);
  }

  void Write(size_t writer, const ast::Name& name) {
    auto found = graph_.by_name_.find(name.text);
    if (found == graph_.by_name_.end()) return;
    const VertexKind kind = graph_.vertices_[found->second].kind;
    if (kind != VertexKind::kSink && kind != VertexKind::kJunction) return;
    graph_.written_[found->second] = true;
    Connect(writer, found->second);
  }

  void Connect(size_t from, size_t to) {
    if (std::find(edges_[from].begin(), edges_[from].end(), to) == edges_[from].end()) {
      edges_[from].push_back(to);
    }
  }

  void Write(size_t writer, const ast::Route& route) {
    if (route.kind == ast::RouteKind::kStream) Write(writer, route.target);
  }

  void AddEdges(size_t v) {
    const Vertex& vertex = graph_.vertices_[v];
    templates_.clear();
    if (vertex.kind == VertexKind::kSource) {
      const auto& clause = catalog_.source_decls()[vertex.index].decl->on_error;
      if (clause) Write(v, clause->route);
    }
    if (vertex.kind == VertexKind::kSink) {
      const auto& clause = catalog_.sinks()[vertex.index].decl->on_error;
      if (clause) Write(v, clause->route);
    }
    if (vertex.pipeline == nullptr) return;
    for (const ast::Name& input : vertex.pipeline->inputs) Read(v, input);
    for (const ast::StagePtr& stage : vertex.pipeline->stages) AddStage(v, *stage);
  }

  void AddStage(size_t v, const ast::Stage& stage) {
    switch (stage.kind) {
      case ast::StageKind::kValidate: return Write(v, stage.As<ast::ValidateStage>().route);
      case ast::StageKind::kDedupe: {
        const auto& route = stage.As<ast::DedupeStage>().route;
        if (route) Write(v, *route);
        return;
      }
      case ast::StageKind::kLookup: {
        const auto& lookup = stage.As<ast::LookupStage>();
        graph_.tables_[lookup.table.text] = true;
        if (lookup.on_error) Write(v, lookup.on_error->route);
        return;
      }
      case ast::StageKind::kJoin: return AddJoin(v, stage.As<ast::JoinStage>());
      case ast::StageKind::kAggregate: {
        const auto& aggregate = stage.As<ast::AggregateStage>();
        if (aggregate.late) Write(v, aggregate.late->route);
        if (aggregate.on_error) Write(v, aggregate.on_error->route);
        return;
      }
      case ast::StageKind::kSession: return AddParts(v, stage.As<ast::SessionStage>().parts);
      case ast::StageKind::kProcess: return AddParts(v, stage.As<ast::ProcessStage>().parts);
      case ast::StageKind::kRoute:
        for (const ast::RouteArm& arm : stage.As<ast::RouteStage>().arms) Write(v, arm.route);
        return;
      case ast::StageKind::kUnion:
        for (const ast::Name& name : stage.As<ast::UnionStage>().streams) Read(v, name);
        return;
      case ast::StageKind::kInto:
        for (const ast::Name& name : stage.As<ast::IntoStage>().targets) Write(v, name);
        return;
      case ast::StageKind::kApply: return AddTemplate(v, stage.As<ast::ApplyStage>());
      default: return;
    }
  }

  void AddJoin(size_t v, const ast::JoinStage& join) {
    graph_.tables_[join.right.text] = true;
    Read(v, join.right);
    if (join.unmatched) Write(v, *join.unmatched);
    if (join.late) Write(v, join.late->route);
  }

  void AddParts(size_t v, const ast::KeyedParts& parts) {
    if (parts.late) Write(v, parts.late->route);
    if (parts.on_error) Write(v, parts.on_error->route);
    if (parts.on_event) AddBlock(v, parts.on_event->block);
    for (const ast::TimerHandler& handler : parts.on_timer) AddBlock(v, handler.block);
    if (parts.on_close) AddBlock(v, parts.on_close->block);
  }

  void AddBlock(size_t v, const ast::Block& block) {
    for (const ast::StatementPtr& statement : block.statements) AddStatement(v, *statement);
  }

  void AddStatement(size_t v, const ast::Statement& statement) {
    if (statement.kind == ast::StatementKind::kEmit) {
      const auto& route = statement.As<ast::EmitStatement>().route;
      if (route) Write(v, *route);
    } else if (statement.kind == ast::StatementKind::kIf) {
      const auto& branch = statement.As<ast::IfStatement>();
      AddBlock(v, branch.then_block);
      if (branch.else_block) AddBlock(v, *branch.else_block);
      if (branch.else_if) AddStatement(v, *branch.else_if);
    } else if (statement.kind == ast::StatementKind::kMatch) {
      for (const auto& arm : statement.As<ast::MatchStatement>().arms) AddBlock(v, arm.block);
    }
  }

  void AddTemplate(size_t v, const ast::ApplyStage& apply) {
    // Once is enough: a template leads to the same places each time, also when it applies itself.
    const TemplateInfo* info = catalog_.RequireTemplate(apply.name);
    if (info == nullptr || !templates_.insert(info->decl).second) return;
    for (const ast::StagePtr& stage : info->decl->stages) AddStage(v, *stage);
  }

  bool ComputesColumns(size_t sink) const {
    return catalog_.sinks()[sink].decl->columns.has_value();
  }

  std::vector<bool> Downstream(size_t start) const {
    std::vector<bool> seen(graph_.vertices_.size(), false);
    std::vector<size_t> open = {start};
    while (!open.empty()) {
      size_t v = open.back();
      open.pop_back();
      if (seen[v]) continue;
      seen[v] = true;
      open.insert(open.end(), edges_[v].begin(), edges_[v].end());
    }
    return seen;
  }

  void AddDefaultErrors() {
    const auto& head = catalog_.file().head;
    if (!head || !head->errors) return;
    const ast::Route& errors = *head->errors;
    auto target = errors.kind == ast::RouteKind::kStream ? graph_.by_name_.find(errors.target.text)
                                                         : graph_.by_name_.end();
    const bool to_stream = target != graph_.by_name_.end();
    std::vector<bool> beyond(graph_.vertices_.size(), false);
    if (to_stream) beyond = Downstream(target->second);
    for (size_t v = 0; v < graph_.vertices_.size(); ++v) {
      Vertex& vertex = graph_.vertices_[v];
      bool has_rows = vertex.kind == VertexKind::kSource || vertex.pipeline != nullptr ||
                      (vertex.kind == VertexKind::kSink && ComputesColumns(vertex.index));
      vertex.default_errors = has_rows && !beyond[v];
      if (!vertex.default_errors || !to_stream) continue;
      graph_.written_[target->second] = true;
      Connect(v, target->second);
    }
  }

  void Sort() {
    enum class Mark : uint8_t { kNew, kOpen, kDone };
    std::vector<Mark> marks(graph_.vertices_.size(), Mark::kNew);
    std::vector<size_t> path;
    std::function<void(size_t)> visit = [&](size_t v) {
      marks[v] = Mark::kOpen;
      path.push_back(v);
      for (size_t next : edges_[v]) {
        if (marks[next] == Mark::kOpen) ReportCycle(path, next);
        if (marks[next] == Mark::kNew) visit(next);
      }
      path.pop_back();
      marks[v] = Mark::kDone;
      graph_.order_.push_back(v);
    };
    for (size_t v = graph_.vertices_.size(); v-- > 0;) {
      if (marks[v] == Mark::kNew) visit(v);
    }
    std::reverse(graph_.order_.begin(), graph_.order_.end());
  }

  void ReportCycle(const std::vector<size_t>& path, size_t start) {
    auto from = std::find(path.begin(), path.end(), start);
    std::string way;
    const Vertex* named = nullptr;
    for (auto at = from; at != path.end(); ++at) {
      Vertex& vertex = graph_.vertices_[*at];
      vertex.in_cycle = true;
      if (vertex.name.empty()) continue;
      if (named == nullptr) named = &vertex;
      way += "`" + vertex.name + "` -> ";
    }
    if (named == nullptr) named = &graph_.vertices_[start];
    catalog_.diagnostics()
        .Report(Code::kF0150, named->span)
        .Arg(named->name)
        .Note("the way round: " + way + "`" + named->name + "`")
        .Help("a pipeline has no loops; to feed rows back, send them through a topic or a file");
  }

  const Catalog& catalog_;
  FlowGraph graph_;
  std::vector<std::vector<size_t>> edges_;
  std::set<const ast::TemplateDecl*> templates_;  ///< seen in the current vertex
};

FlowGraph FlowGraph::Build(const Catalog& catalog) { return FlowGraphBuilder(catalog).Run(); }

bool FlowGraph::IsRead(const std::string& name) const {
  auto found = by_name_.find(name);
  return found != by_name_.end() && read_[found->second];
}

bool FlowGraph::IsWritten(const std::string& name) const {
  auto found = by_name_.find(name);
  return found != by_name_.end() && written_[found->second];
}

bool FlowGraph::UsesTable(const std::string& name) const { return tables_.contains(name); }

}  // namespace weir::semantic
