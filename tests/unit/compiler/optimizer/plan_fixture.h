#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/optimizer/optimizer.h"
#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/keyed_state_node.h"
#include "compiler/plan/logical_plan.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"

namespace weir {

/// Builds small plans: one source of int64 columns a, b, c and stages behind it.
class OptimizerTest : public testing::Test {
 protected:
  OptimizerTest() {
    schema_ = Schema::Make(
        {{"a", DataType::Int64(), {}}, {"b", DataType::Int64(), {}}, {"c", DataType::Int64(), {}}});
    auto source = std::make_unique<plan::SourceNode>();
    source->name = source->source = "events";
    source->connector.connector = "file";
    source->schema = schema_;
    for (int i = 0; i < 3; ++i) {
      plan::DecodedField field;
      field.name = schema_->field(i).name;
      field.type = DataType::Int64();
      field.output = i;
      source->decode.fields.push_back(field);
    }
    source_ = plan_.Add(std::move(source));
  }

  template <typename Node>
  Node& Add(const std::string& name, std::vector<plan::InputRef> inputs, SchemaPtr schema) {
    auto node = std::make_unique<Node>();
    Node& result = *node;
    node->name = name;
    node->inputs = std::move(inputs);
    node->schema = std::move(schema);
    plan_.Add(std::move(node));
    return result;
  }

  plan::FilterNode& Filter(const std::string& name, plan::NodeId input, plan::ExprPtr condition) {
    auto& node = Add<plan::FilterNode>(name, {{input, 0}}, plan_.at(input).schema);
    node.condition = std::move(condition);
    return node;
  }

  plan::ProjectNode& Project(const std::string& name, plan::NodeId input,
                             std::vector<std::pair<std::string, plan::ExprPtr>> columns) {
    std::vector<Field> fields;
    std::vector<plan::ExprPtr> exprs;
    for (auto& [column, expr] : columns) {
      fields.push_back({column, expr->type, {}});
      exprs.push_back(std::move(expr));
    }
    auto& node = Add<plan::ProjectNode>(name, {{input, 0}}, Schema::Make(std::move(fields)));
    node.exprs = std::move(exprs);
    return node;
  }

  plan::SinkNode& Sink(const std::string& name, plan::NodeId input) {
    auto& node = Add<plan::SinkNode>(name, {{input, 0}}, nullptr);
    node.sink = name;
    node.row = plan_.at(input).schema;
    return node;
  }

  static plan::ExprPtr Col(int index, const std::string& name = "") {
    return plan::MakeColumn(index,
                            name.empty() ? std::string(1, static_cast<char>('a' + index)) : name,
                            DataType::Int64());
  }
  static plan::ExprPtr Lit(int64_t value) { return plan::MakeLiteral(Value::Int64(value)); }
  static plan::ExprPtr Greater(plan::ExprPtr left, int64_t right) {
    return plan::MakeCompare(plan::CompareOp::kGreater, std::move(left), Lit(right));
  }
  static plan::ExprPtr Arith(plan::ArithOp op, plan::ExprPtr a, plan::ExprPtr b) {
    return plan::MakeArith(op, DataType::Int64(), std::move(a), std::move(b));
  }

  plan::LogicalPlan plan_;
  SchemaPtr schema_;
  plan::NodeId source_ = -1;
};

}  // namespace weir
