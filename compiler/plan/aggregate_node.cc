#include "compiler/plan/aggregate_node.h"

#include <fmt/format.h>

#include "compiler/plan/describe.h"
#include "compiler/plan/visit.h"

namespace weir::plan {
namespace {

std::string DescribeCall(const AggregateCall& call) {
  std::string arguments = DescribeExprs(call.arguments);
  for (const std::optional<Value>& constant : call.constants) {
    if (!constant) continue;
    arguments += (arguments.empty() ? "" : ", ") + constant->ToString();
  }
  if (call.filter) {
    arguments += (arguments.empty() ? "where " : " where ") + call.filter->ToString();
  }
  return fmt::format("{} = {}({})", call.name, call.function ? call.function->name : "?",
                     arguments);
}

/// Type of an argument before it was widened to 64 bits, which every integer is: a sum of 32-bit
/// ones can't leave its type.
const DataType& NarrowType(const Expr& expr) {
  const DataType& type = expr.type;
  if (expr.kind != ExprKind::kCast || !type.is_integer()) return type;
  const DataType& narrow = NarrowType(*expr.children[0]);
  const bool fits = narrow.is_integer() && narrow.integer_bits() < type.integer_bits() &&
                    narrow.physical() == type.physical();
  return fits ? narrow : type;
}

}  // namespace

AggregateKernel AggregateCall::Kernel() const {
  std::vector<DataType> types;
  for (const ExprPtr& argument : arguments) types.push_back(NarrowType(*argument));
  return overload->kernel(types, type);
}

std::string AggregateNode::Describe() const {
  std::string out = "aggregate";
  for (size_t i = 0; i < aggregates.size(); ++i) {
    out += (i == 0 ? " " : ", ") + DescribeCall(aggregates[i]);
  }
  out += DescribeKeys("by", keys) + DescribeWindow(window) + DescribeEmit(emit);
  if (window.kind != WindowKind::kNone) out += DescribeLate(lateness, late);
  if (ttl) out += " ttl " + DescribeDuration(*ttl);
  if (pre_aggregate) out += " (pre-aggregated)";
  return out;
}

SchemaPtr PartialAggregateSchema(const AggregateNode& node) {
  std::vector<Field> fields;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    fields.push_back({node.schema->field(static_cast<int>(i)).name, node.keys[i]->type, {}});
  }
  fields.push_back({"pane", DataType::Timestamp(), {}});
  fields.push_back({"first_end", DataType::Timestamp(), {}});
  fields.push_back({"accumulators", DataType::Bytes(), {}});
  return Schema::Make(std::move(fields));
}

Partitioning AggregateNode::partitioning() const {
  if (keys.empty()) return {Partitioning::Kind::kSingleton, {}};
  return {Partitioning::Kind::kKey, keys};
}

void AggregateNode::VisitExprs(const std::function<void(ExprPtr&)>& visit) {
  VisitAll(keys, visit);
  for (AggregateCall& call : aggregates) {
    VisitAll(call.arguments, visit);
    VisitExpr(call.filter, visit);
  }
}

}  // namespace weir::plan
