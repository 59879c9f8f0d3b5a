#include "compiler/semantic/stage_union.h"

#include <algorithm>

#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

void ReportDifference(const UnionInput& first, const UnionInput& other, const std::string& target,
                      const std::string& difference, StageContext& context) {
  context.Report(Code::kF0153, other.span)
      .Arg(target)
      .Here("`" + other.name + "`: " + other.flow.schema->ToString())
      .Label(first.span, "`" + first.name + "`: " + first.flow.schema->ToString())
      .Note(difference)
      .Help("bring them to the same columns before: `|> select …`");
}

}  // namespace

bool SameColumnTypes(const Schema& a, const Schema& b) {
  return std::equal(
      a.fields().begin(), a.fields().end(), b.fields().begin(), b.fields().end(),
      [](const Field& x, const Field& y) { return x.name == y.name && x.type == y.type; });
}

SchemaPtr CommonSchema(const std::vector<UnionInput>& inputs, const std::string& target,
                       StageContext& context) {
  const UnionInput& first = inputs.front();
  std::vector<Field> fields = first.flow.schema->fields();
  for (size_t i = 1; i < inputs.size(); ++i) {
    const Schema& schema = *inputs[i].flow.schema;
    for (Field& field : fields) {
      std::optional<int> at = schema.IndexOf(field.name);
      if (!at) {
        ReportDifference(first, inputs[i], target, "`" + field.name + "` is missing", context);
        return nullptr;
      }
      const Field& other = schema.field(*at);
      std::optional<DataType> common = ExprBinder::CommonType(field.type, other.type);
      if (!common) {
        ReportDifference(
            first, inputs[i], target,
            "`" + field.name + "` is " + field.type.ToString() + " and " + other.type.ToString(),
            context);
        return nullptr;
      }
      field.type = *common;
      field.pii = Stricter(field.pii, other.pii);
    }
    if (schema.num_fields() == static_cast<int>(fields.size())) continue;
    for (const Field& field : schema.fields()) {
      if (first.flow.schema->IndexOf(field.name)) continue;
      ReportDifference(first, inputs[i], target, "`" + first.name + "` has no `" + field.name + "`",
                       context);
      return nullptr;
    }
  }
  return Schema::Make(std::move(fields));
}

void ProjectTo(const SchemaPtr& schema, StageContext& context, StreamFlow& flow,
               const std::string& suffix) {
  if (SameColumnTypes(*schema, *flow.schema)) {
    flow.schema = schema;
    return;
  }
  auto node = std::make_unique<plan::ProjectNode>();
  for (const Field& field : schema->fields()) {
    std::optional<int> at = flow.schema->IndexOf(field.name);
    plan::ExprPtr column =
        at ? ColumnOf(*flow.schema, *at) : plan::MakeLiteral(Value::Null(field.type));
    if (at) column = context.binder().Convert(column, field.type, context.span());
    node->exprs.push_back(std::move(column));
  }
  plan::StreamMode mode = RemapMode(flow.mode, node->exprs);
  context.Add(std::move(node), flow, schema, std::move(mode), nullptr, suffix);
}

StreamFlow MakeUnion(std::vector<UnionInput> inputs, const SchemaPtr& schema,
                     const std::string& node_name, bool junction, Span span,
                     StageContext& context) {
  StreamFlow merged = inputs.front().flow;
  auto node = std::make_unique<plan::UnionNode>();
  node->junction = junction;
  for (const UnionInput& input : inputs) {
    node->inputs.push_back(input.flow.ref);
    MergeFacts(input.flow, merged);
    // Rows of different streams with the same key have nothing to do with each other.
    if (input.flow.mode.upsert != merged.mode.upsert || input.flow.mode.key != merged.mode.key) {
      merged.mode.upsert |= input.flow.mode.upsert;
      merged.mode.key.clear();
      merged.mode.closed_column = -1;
    }
  }
  node->name = node_name;
  node->stream = node_name.substr(0, node_name.find('/'));
  node->span = span;
  node->schema = schema;
  node->mode = merged.mode;
  merged.schema = schema;
  merged.ref = {context.shared().plan.Add(std::move(node)), 0};
  return merged;
}

void CompileUnion(const ast::UnionStage& stage, StageContext& context, StreamFlow& flow) {
  std::vector<UnionInput> inputs = {{flow, stage.keyword, context.owner()}};
  for (const ast::Name& name : stage.streams) {
    FlowName found = context.catalog().RequireFlow(
        name, {FlowKind::kSource, FlowKind::kStream, FlowKind::kView}, "stream");
    auto known = context.shared().streams.find(name.text);
    if (found.kind == FlowKind::kNone || known == context.shared().streams.end()) {
      flow.broken = true;
      return;
    }
    inputs.push_back({known->second, name.span, name.text});
    if (known->second.broken) {
      flow.broken = true;
      return;
    }
  }
  SchemaPtr schema = CommonSchema(inputs, context.owner(), context);
  if (schema == nullptr) {
    flow.broken = true;
    return;
  }
  for (UnionInput& input : inputs) ProjectTo(schema, context, input.flow, "_input");
  const std::string name = context.shared().names.Claim(context.owner(), stage, false);
  flow = MakeUnion(std::move(inputs), schema, name, false, stage.span, context);
}

}  // namespace weir::semantic
