#include "compiler/plan/row_nodes.h"

#include <fmt/format.h>

#include "compiler/plan/describe.h"
#include "compiler/plan/visit.h"

namespace weir::plan {
namespace {

/// Rows of one key on one worker; without keys all rows are one group.
Partitioning ByKeys(const std::vector<ExprPtr>& keys) {
  if (keys.empty()) return {Partitioning::Kind::kSingleton, {}};
  return {Partitioning::Kind::kKey, keys};
}

}  // namespace

std::string FilterNode::Describe() const { return "where " + condition->ToString(); }

void FilterNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitExpr(condition, visit);
}

std::string ProjectNode::Describe() const { return "select " + DescribeColumns(exprs, schema); }

void ProjectNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) { VisitAll(exprs, visit); }

std::string FlattenNode::Describe() const {
  std::string out = "flatten " + list->ToString();
  if (schema && schema->num_fields() > 0) {
    out += " as " + schema->field(schema->num_fields() - 1).name;
  }
  return out;
}

void FlattenNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) { VisitExpr(list, visit); }

std::string SampleNode::Describe() const { return fmt::format("sample {}", share); }

std::string LimitNode::Describe() const {
  return fmt::format("limit {}{}", count, DescribeKeys("per", per));
}

Partitioning LimitNode::partitioning() const { return ByKeys(per); }

void LimitNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) { VisitAll(per, visit); }

std::string RouteNode::Describe() const {
  std::string out = "route {";
  for (const Arm& arm : arms) {
    out += DescribeRoute("when " + arm.condition->ToString(), arm.route) + ",";
  }
  return out + DescribeRoute("else", otherwise) + " }";
}

void RouteNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  for (Arm& arm : arms) VisitExpr(arm.condition, visit);
}

std::string UnionNode::Describe() const { return junction ? "junction" : "union"; }

std::string RekeyNode::Describe() const { return "rekey" + DescribeKeys("by", keys); }

void RekeyNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) { VisitAll(keys, visit); }

std::string ValidateNode::Describe() const {
  std::string out = "validate {";
  for (const Rule& rule : rules) {
    out +=
        fmt::format(" {}{}: {},", rule.warn ? "warn " : "", rule.name, rule.condition->ToString());
  }
  if (!rules.empty()) out.pop_back();
  return out + " }" + DescribeRoute("else", otherwise);
}

void ValidateNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  for (Rule& rule : rules) VisitExpr(rule.condition, visit);
}

std::string DedupeNode::Describe() const {
  return fmt::format("dedupe{} within {}{}", DescribeKeys("by", keys), DescribeDuration(within),
                     DescribeRoute("else", duplicate));
}

void DedupeNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) { VisitAll(keys, visit); }

std::string LookupNode::Describe() const {
  return fmt::format("lookup {}{} set {}{}", table, DescribeKeys("on", keys),
                     DescribeColumns(exprs, schema), DescribeRoute("on error", on_error));
}

void LookupNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitAll(keys, visit);
  VisitAll(exprs, visit);
}

std::string TopNode::Describe() const {
  return fmt::format("top {}{}{}", count, DescribeKeys("by", by), DescribeKeys("per", per));
}

Partitioning TopNode::partitioning() const { return ByKeys(per); }

void TopNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitAll(by, visit);
  VisitAll(per, visit);
}

std::string AnomalyNode::Describe() const {
  return fmt::format("anomaly of {}{} using zscore(history: {}, warmup: {}, threshold: {})",
                     value->ToString(), DescribeKeys("by", keys), history, warmup, threshold);
}

Partitioning AnomalyNode::partitioning() const { return ByKeys(keys); }

void AnomalyNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitExpr(value, visit);
  VisitAll(keys, visit);
}

}  // namespace weir::plan
