#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler/plan/aggregate_node.h"
#include "compiler/plan/logical_plan.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"

namespace weir::planner {

/// Small plans by hand: one source of {user: int64, page: string}, stages, sinks.
struct PlanBuilder {
  std::shared_ptr<plan::LogicalPlan> plan = std::make_shared<plan::LogicalPlan>();
  SchemaPtr schema =
      Schema::Make({{"user", DataType::Int64(), {}}, {"page", DataType::String(), {}}});

  plan::ExprPtr Column(int index) const {
    return plan::MakeColumn(index, schema->field(index).name, schema->field(index).type);
  }

  template <typename Node>
  plan::NodeId Add(std::unique_ptr<Node> node, std::string name,
                   std::vector<plan::InputRef> inputs) {
    node->name = std::move(name);
    node->inputs = std::move(inputs);
    if (node->schema == nullptr && node->kind != plan::NodeKind::kSink) node->schema = schema;
    return plan->Add(std::move(node));
  }

  plan::NodeId Source(const std::string& name) {
    auto node = std::make_unique<plan::SourceNode>();
    node->source = name;
    return Add(std::move(node), name, {});
  }

  plan::NodeId Dedupe(const std::string& name, plan::NodeId input, std::vector<int> keys) {
    auto node = std::make_unique<plan::DedupeNode>();
    for (int key : keys) node->keys.push_back(Column(key));
    return Add(std::move(node), name, {{input, 0}});
  }

  plan::NodeId Project(const std::string& name, plan::NodeId input, std::vector<int> columns) {
    auto node = std::make_unique<plan::ProjectNode>();
    std::vector<Field> fields;
    for (int column : columns) {
      node->exprs.push_back(Column(column));
      fields.push_back(schema->field(column));
    }
    node->schema = Schema::Make(std::move(fields));
    return Add(std::move(node), name, {{input, 0}});
  }

  plan::NodeId Sink(const std::string& name, std::vector<plan::InputRef> inputs) {
    auto node = std::make_unique<plan::SinkNode>();
    node->sink = name;
    node->row = plan->at(inputs[0].node).port_schema(inputs[0].port);
    return Add(std::move(node), name, std::move(inputs));
  }

  plan::NodeId Union(const std::string& name, std::vector<plan::InputRef> inputs) {
    return Add(std::make_unique<plan::UnionNode>(), name, std::move(inputs));
  }
};

}  // namespace weir::planner
