// Columns that nobody reads are not made: sources check the field but don't materialize it, and
// projections leave it out. Everything behind them is renumbered.
#include <algorithm>
#include <numeric>

#include "compiler/optimizer/column_needs.h"
#include "compiler/optimizer/node_routes.h"
#include "compiler/optimizer/rules.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/source_node.h"

namespace weir {
namespace {

using plan::ExprPtr;
using plan::LogicalNode;
using plan::NodeKind;

/// New index of each old column; -1: gone.
using ColumnMap = std::vector<int>;

ColumnMap Identity(size_t size) {
  ColumnMap map(size);
  std::iota(map.begin(), map.end(), 0);
  return map;
}

bool IsIdentity(const ColumnMap& map) {
  for (size_t i = 0; i < map.size(); ++i) {
    if (map[i] != static_cast<int>(i)) return false;
  }
  return true;
}

ColumnMap Compacted(const std::vector<bool>& kept) {
  ColumnMap map;
  int next = 0;
  for (bool keep : kept) map.push_back(keep ? next++ : -1);
  return map;
}

int NumKept(const ColumnMap& map) {
  return static_cast<int>(std::count_if(map.begin(), map.end(), [](int to) { return to >= 0; }));
}

void Renumber(int& column, const ColumnMap& map) {
  if (column >= 0) column = map[static_cast<size_t>(column)];
}

SchemaPtr CompactSchema(const SchemaPtr& schema, const ColumnMap& map) {
  std::vector<Field> fields;
  for (size_t i = 0; i < map.size(); ++i) {
    if (map[i] >= 0) fields.push_back(schema->field(static_cast<int>(i)));
  }
  return Schema::Make(std::move(fields));
}

/// Columns of the input are renumbered, registers behind them move along.
ExprPtr RenumberExpr(const ExprPtr& expr, const ColumnMap& map) {
  int shift = static_cast<int>(map.size()) - NumKept(map);
  return plan::TransformExpr(expr, [&](const ExprPtr& part) -> ExprPtr {
    if (part->kind != plan::ExprKind::kColumn) return nullptr;
    auto copy = std::make_shared<plan::Expr>(*part);
    bool input = static_cast<size_t>(part->index) < map.size();
    copy->index = input ? map[static_cast<size_t>(part->index)] : part->index - shift;
    return copy;
  });
}

void ShiftTargets(plan::Block& block, int shift) {
  for (plan::Statement& statement : block) {
    using Kind = plan::Statement::Kind;
    if (statement.kind == Kind::kAssign || statement.kind == Kind::kPut) statement.target -= shift;
    ShiftTargets(statement.then_block, shift);
    ShiftTargets(statement.else_block, shift);
  }
}

void RenumberProgram(plan::StateProgram& program, const ColumnMap& map) {
  int shift = static_cast<int>(map.size()) - NumKept(map);
  program.registers.events -= shift;
  ShiftTargets(program.on_event, shift);
  for (plan::Block& block : program.on_timer) ShiftTargets(block, shift);
  ShiftTargets(program.on_close, shift);
}

class Pushdown {
 public:
  explicit Pushdown(plan::LogicalPlan& plan)
      : plan_(plan), needs_(FindColumnNeeds(plan)), maps_(plan.nodes.size()) {}

  bool Run() {
    for (plan::NodeId id : plan_.TopologicalOrder()) Rewrite(plan_.at(id));
    return changed_;
  }

 private:
  void Rewrite(LogicalNode& node) {
    if (!node.inputs.empty() && node.inputs[0].port == 0) RewriteInput(node);
    ColumnMap& out = maps_[static_cast<size_t>(node.id)];
    if (node.kind == NodeKind::kSource) {
      out = RewriteSource(static_cast<plan::SourceNode&>(node));
    } else if (node.kind == NodeKind::kProject) {
      out = RewriteProject(static_cast<plan::ProjectNode&>(node));
    } else if (PassesColumns(node)) {
      out = InputMap(node);
      RewriteOutput(node, out);
    } else {
      out = Identity(node.schema ? static_cast<size_t>(node.schema->num_fields()) : 0);
    }
  }

  const ColumnMap& InputMap(const LogicalNode& node) const {
    return maps_[static_cast<size_t>(node.inputs[0].node)];
  }

  void RewriteInput(LogicalNode& node) {
    const ColumnMap& map = InputMap(node);
    if (IsIdentity(map)) return;
    node.VisitExprs([&](ExprPtr& expr) { expr = RenumberExpr(expr, map); });
    VisitRoutes(node, [&](plan::Route& route) {
      for (int& column : route.fields) Renumber(column, map);
    });
    if (node.kind == NodeKind::kSession) {
      RenumberProgram(static_cast<plan::SessionNode&>(node).program, map);
    } else if (node.kind == NodeKind::kProcess) {
      RenumberProgram(static_cast<plan::ProcessNode&>(node).program, map);
    }
  }

  /// Schema and upsert key of a stage whose columns are renumbered.
  void RewriteOutput(LogicalNode& node, const ColumnMap& map) {
    if (IsIdentity(map)) return;
    node.schema = CompactSchema(node.schema, map);
    for (int& column : node.mode.key) Renumber(column, map);
    Renumber(node.mode.closed_column, map);
    changed_ = true;
  }

  ColumnMap RewriteSource(plan::SourceNode& source) {
    std::vector<bool> kept = needs_[static_cast<size_t>(source.id)];
    std::vector<int> used;
    if (source.time.time) plan::CollectColumns(*source.time.time, used);
    for (const ExprPtr& key : source.key) plan::CollectColumns(*key, used);
    for (const plan::Route* route : {&source.error, &source.dead_letter}) {
      used.insert(used.end(), route->fields.begin(), route->fields.end());
    }
    used.push_back(source.decode.collect_output);
    for (int column : used) {
      if (column >= 0) kept[static_cast<size_t>(column)] = true;
    }
    // A batch without columns would have no length of its own.
    if (!kept.empty() && std::find(kept.begin(), kept.end(), true) == kept.end()) kept[0] = true;
    ColumnMap map = Compacted(kept);
    if (IsIdentity(map)) return map;
    for (plan::DecodedField& field : source.decode.fields) Renumber(field.output, map);
    Renumber(source.decode.collect_output, map);
    if (source.time.time) source.time.time = RenumberExpr(source.time.time, map);
    for (ExprPtr& key : source.key) key = RenumberExpr(key, map);
    VisitRoutes(source, [&](plan::Route& route) {
      for (int& column : route.fields) Renumber(column, map);
    });
    RewriteOutput(source, map);
    return map;
  }

  ColumnMap RewriteProject(plan::ProjectNode& project) {
    std::vector<bool> kept = needs_[static_cast<size_t>(project.id)];
    for (size_t i = 0; i < kept.size(); ++i) kept[i] = kept[i] || !MayDrop(project, i);
    ColumnMap map = Compacted(kept);
    std::vector<ExprPtr> exprs;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (kept[i]) exprs.push_back(project.exprs[i]);
    }
    project.exprs = std::move(exprs);
    RewriteOutput(project, map);
    return map;
  }

  plan::LogicalPlan& plan_;
  ColumnNeeds needs_;
  std::vector<ColumnMap> maps_;
  bool changed_ = false;
};

class ProjectionPushdown final : public Rule {
 public:
  std::string_view name() const override { return "projection_pushdown"; }
  bool Apply(plan::LogicalPlan& plan) override { return Pushdown(plan).Run(); }
};

}  // namespace

std::unique_ptr<Rule> MakeProjectionPushdown() { return std::make_unique<ProjectionPushdown>(); }

}  // namespace weir
