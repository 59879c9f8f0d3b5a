#include "compiler/semantic/test_metrics.h"

#include <algorithm>
#include <map>

#include "compiler/diagnostics/suggest.h"

namespace weir::semantic {
namespace {

const std::vector<std::string>& MetricNames() {
  static const std::vector<std::string> names = {"rows",          "rows_in",  "rows_out",
                                                 "passed",        "absorbed", "discarded",
                                                 "dead_lettered", "late",     "pending"};
  return names;
}

/// `a.b.c` as its names; empty if the expression is no plain path.
std::vector<const ast::Name*> PathOf(const ast::Expr& expr) {
  if (const auto* name = expr.Try<ast::NameExpr>()) return {&name->name};
  const auto* member = expr.Try<ast::MemberExpr>();
  if (member == nullptr || member->call) return {};
  std::vector<const ast::Name*> path = PathOf(*member->object);
  if (!path.empty()) path.push_back(&member->member);
  return path;
}

class MetricCompiler {
 public:
  MetricCompiler(FlowContext& shared, plan::TestStep& step) : shared_(shared), step_(step) {}

  void Run(const ast::Expr& condition) {
    Collect(condition);
    if (!ok_) return;
    Scope scope;
    scope.set_what("metrics");
    int index = 0;
    for (const auto& [root, members] : roots_) {
      ScopeColumn column;
      column.name = root;
      column.type = TypeOf(members);
      column.index = index++;
      scope.AddColumn(std::move(column));
      order_.push_back(root);
    }
    plan::ExprPtr bound = shared_.binder.BindBool(condition, scope, "expect that");
    if (!IsError(bound)) step_.condition = Rewrite(bound);
  }

 private:
  /// rows of a stream, or the metrics of its stages.
  struct Members {
    std::vector<std::string> metrics;
    std::map<std::string, std::vector<std::string>> stages;
  };

  void Collect(const ast::Expr& expr) {
    std::vector<const ast::Name*> path = PathOf(expr);
    if (path.size() >= 2) return AddPath(path);
    if (const auto* binary = expr.Try<ast::BinaryExpr>()) {
      Collect(*binary->left);
      Collect(*binary->right);
    } else if (const auto* unary = expr.Try<ast::UnaryExpr>()) {
      Collect(*unary->operand);
    }
  }

  void AddPath(const std::vector<const ast::Name*>& path) {
    const ast::Name& root = *path.front();
    FlowName found = shared_.catalog.RequireFlow(
        root, {FlowKind::kSource, FlowKind::kStream, FlowKind::kSink, FlowKind::kView},
        "source, stream, sink or view");
    if (found.kind == FlowKind::kNone || path.size() > 3) {
      if (path.size() > 3) Unknown(*path.back(), {});
      ok_ = false;
      return;
    }
    const ast::Name& metric = *path.back();
    const auto& known = MetricNames();
    if (std::find(known.begin(), known.end(), metric.text) == known.end()) {
      Unknown(metric, known);
      return;
    }
    Members& members = roots_[root.text];
    if (path.size() == 2) {
      members.metrics.push_back(metric.text);
      return;
    }
    const std::string node = root.text + "/" + path[1]->text;
    if (!HasNode(node)) {
      Unknown(*path[1], StagesOf(root.text));
      return;
    }
    members.stages[path[1]->text].push_back(metric.text);
  }

  void Unknown(const ast::Name& name, const std::vector<std::string>& known) {
    auto report = shared_.diagnostics.Report(Code::kF0163, name.span).Arg(name.text);
    std::string help = known.empty() ? "" : SuggestHelp(name.text, known);
    report.Help(help.empty() ? "for example `enriched.rows` or `enriched.seen.discarded`: the name "
                               "of a stream, a label of one of its stages, what is counted"
                             : help);
    ok_ = false;
  }

  bool HasNode(const std::string& name) const {
    for (const auto& node : shared_.plan.nodes) {
      if (node != nullptr && node->name == name) return true;
    }
    return false;
  }

  std::vector<std::string> StagesOf(const std::string& stream) const {
    std::vector<std::string> names;
    for (const auto& node : shared_.plan.nodes) {
      if (node == nullptr || node->name.rfind(stream + "/", 0) != 0) continue;
      names.push_back(node->name.substr(stream.size() + 1));
    }
    return names;
  }

  static void AddMetrics(const std::vector<std::string>& metrics, std::vector<StructField>& out) {
    for (const std::string& metric : metrics) {
      bool known = std::any_of(out.begin(), out.end(),
                               [&](const StructField& field) { return field.name == metric; });
      if (!known) out.push_back({metric, DataType::Int64()});
    }
  }

  static DataType TypeOf(const Members& members) {
    std::vector<StructField> fields;
    AddMetrics(members.metrics, fields);
    for (const auto& [stage, metrics] : members.stages) {
      std::vector<StructField> inner;
      AddMetrics(metrics, inner);
      fields.push_back({stage, DataType::Struct(std::move(inner))});
    }
    return DataType::Struct(std::move(fields));
  }

  /// Names from the column outwards; empty if `expr` is no path of members.
  std::vector<std::string> MemberPath(const plan::Expr& expr) const {
    if (expr.kind == plan::ExprKind::kColumn) return {order_[static_cast<size_t>(expr.index)]};
    if (expr.kind != plan::ExprKind::kField) return {};
    std::vector<std::string> path = MemberPath(*expr.children[0]);
    if (path.empty()) return path;
    const DataType& object = expr.children[0]->type;
    path.push_back(object.fields()[static_cast<size_t>(expr.index)].name);
    return path;
  }

  plan::ExprPtr Rewrite(const plan::ExprPtr& expr) {
    std::vector<std::string> path = MemberPath(*expr);
    if (path.size() >= 2) return MetricColumn(path, expr->span);
    auto copy = std::make_shared<plan::Expr>(*expr);
    for (plan::ExprPtr& child : copy->children) child = Rewrite(child);
    return copy;
  }

  plan::ExprPtr MetricColumn(const std::vector<std::string>& path, Span span) {
    plan::MetricRef ref;
    ref.is_stream = path.size() == 2;
    ref.node = ref.is_stream ? path[0] : path[0] + "/" + path[1];
    ref.metric = path.back();
    size_t index = 0;
    while (index < step_.metrics.size() &&
           (step_.metrics[index].node != ref.node || step_.metrics[index].metric != ref.metric)) {
      ++index;
    }
    if (index == step_.metrics.size()) step_.metrics.push_back(ref);
    return plan::MakeColumn(static_cast<int>(index), ref.node + "." + ref.metric, DataType::Int64(),
                            span);
  }

  FlowContext& shared_;
  plan::TestStep& step_;
  std::map<std::string, Members> roots_;
  std::vector<std::string> order_;
  bool ok_ = true;
};

}  // namespace

void CompileMetrics(const ast::Expr& condition, FlowContext& shared, plan::TestStep& step) {
  MetricCompiler(shared, step).Run(condition);
}

}  // namespace weir::semantic
