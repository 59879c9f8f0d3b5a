#include "tests/unit/runtime/exec/sample_plan.h"

#include <fmt/format.h>

#include "compiler/plan/row_nodes.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/types/text.h"

namespace weir {
namespace {

using namespace plan;

SchemaPtr RowSchema() {
  return Schema::Make({{"k", DataType::String(), {}},
                       {"v", DataType::Int64(), {}},
                       {"at", DataType::Timestamp(), {}}});
}

std::unique_ptr<SourceNode> Source() {
  auto source = std::make_unique<SourceNode>();
  source->name = source->source = source->stream = "events";
  source->schema = RowSchema();
  for (int i = 0; i < 3; ++i) {
    DecodedField field;
    field.name = source->schema->field(i).name;
    field.type = source->schema->field(i).type;
    field.output = i;
    source->decode.fields.push_back(std::move(field));
  }
  source->time.time = MakeColumn(2, "at", DataType::Timestamp());
  source->time.watermark = WatermarkKind::kLag;
  source->time.lag = 2 * kMicrosPerSecond;
  source->dead_letter.kind = Route::Kind::kDiscard;
  source->dead_letter.reason = "bad";
  return source;
}

ExprPtr NotNegative() {
  return MakeCompare(CompareOp::kGreaterEqual, MakeColumn(1, "v", DataType::Int64()),
                     MakeLiteral(Value::Int64(0)));
}

template <typename Node>
NodeId Add(LogicalPlan& plan, std::unique_ptr<Node> node, const std::string& name, NodeId input) {
  node->name = node->stream = name;
  node->schema = RowSchema();
  node->inputs = {{input, 0}};
  return plan.Add(std::move(node));
}

}  // namespace

std::shared_ptr<const PhysicalPlan> SamplePlan() {
  auto logical = std::make_shared<LogicalPlan>();
  logical->settings.name = "sample";
  const NodeId source = logical->Add(Source());
  auto filter = std::make_unique<FilterNode>();
  filter->condition = NotNegative();
  const NodeId kept = Add(*logical, std::move(filter), "kept", source);
  auto rekey = std::make_unique<RekeyNode>();
  const std::vector<ExprPtr> keys = {MakeColumn(0, "k", DataType::String())};
  rekey->keys = keys;
  const NodeId keyed = Add(*logical, std::move(rekey), "keyed", kept);
  auto sink = std::make_unique<SinkNode>();
  sink->sink = "out";
  sink->connector.connector = "discard";
  sink->row = RowSchema();
  sink->fills.assign(3, SinkFill::kNone);
  const NodeId out = Add(*logical, std::move(sink), "out", keyed);
  logical->at(out).schema = nullptr;
  logical->streams = {{"events", {source, 0}}, {"kept", {kept, 0}}, {"keyed", {keyed, 0}}};

  auto physical = std::make_shared<PhysicalPlan>();
  physical->logical = logical;
  for (NodeId id : {source, kept, keyed, out}) {
    PhysicalNode node;
    node.id = static_cast<NodeId>(physical->nodes.size());
    node.logical = std::shared_ptr<const LogicalNode>(logical, &logical->at(id));
    node.chain = id == source || id == kept ? 0 : 1;
    if (id != source)
      node.inputs.push_back({node.id - 1, 0, PhysicalInput::Exchange::kForward, {}});
    if (id == keyed) {
      node.inputs[0].exchange = PhysicalInput::Exchange::kHash;
      node.inputs[0].keys = keys;
    }
    physical->nodes.push_back(std::move(node));
  }
  physical->num_chains = 2;
  return physical;
}

std::string SampleRecord(int64_t key, int64_t value, int64_t second) {
  std::string at;
  AppendTimestamp(second * kMicrosPerSecond, at);
  return fmt::format(R"({{"k": "k{}", "v": {}, "at": "{}"}})", key, value, at);
}

}  // namespace weir
