#include "compiler/plan/sink_node.h"

#include <fmt/format.h>

#include "compiler/plan/describe.h"

namespace weir::plan {
namespace {

std::string ColumnNames(const std::vector<int>& columns, const SchemaPtr& schema) {
  std::string out;
  for (int column : columns) {
    if (!out.empty()) out += ", ";
    out += schema ? schema->field(column).name : fmt::format("#{}", column);
  }
  return out;
}

}  // namespace

std::string SinkNode::Describe() const {
  std::string out = fmt::format("into {} ({}, {})", sink, connector.connector, format);
  if (!key.empty()) out += " key " + ColumnNames(key, row);
  if (delivery == Delivery::kAtLeastOnce) out += " delivery at_least_once";
  if (!after.empty()) out += " after " + after;
  return out + DescribeRoute("on error", refused);
}

std::string ViewNode::Describe() const {
  std::string out = "view " + view + " key " + ColumnNames(key, schema);
  if (retain) out += " retain " + DescribeDuration(*retain);
  if (connector) out += " to " + connector->connector;
  return out;
}

Partitioning ViewNode::partitioning() const {
  if (key.empty()) return {Partitioning::Kind::kSingleton, {}};
  Partitioning result{Partitioning::Kind::kKey, {}};
  for (int column : key) {
    const Field& field = schema->field(column);
    result.keys.push_back(MakeColumn(column, field.name, field.type));
  }
  return result;
}

}  // namespace weir::plan
