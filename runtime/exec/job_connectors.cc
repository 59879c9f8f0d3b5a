#include "runtime/exec/job_connectors.h"

#include "compiler/plan/logical_plan.h"
#include "compiler/plan/sink_node.h"
#include "compiler/plan/source_node.h"
#include "runtime/connector/connector_spec.h"
#include "runtime/connector/sink_connector.h"
#include "runtime/connector/source_connector.h"
#include "runtime/exec/job_options.h"

namespace weir {
namespace {

Status CannotRun(const ConnectorSpec* spec, const std::string& connector, const std::string& user,
                 std::string_view role) {
  if (spec == nullptr) return NotFoundError("{}: there is no connector {}", user, connector);
  if (!spec->available_from.empty()) {
    return UnimplementedError("{}: the connector {} cannot run yet; it comes with: {}", user,
                              connector, spec->available_from);
  }
  return UnimplementedError("{}: the connector {} cannot be used as a {}", user, connector, role);
}

/// Every declared field, also those that the plan no longer reads: what records must hold.
SchemaPtr DeclaredSchema(const plan::DecodeSpec& decode) {
  std::vector<Field> fields;
  for (const plan::DecodedField& field : decode.fields)
    fields.push_back({field.name, field.type, {}});
  return Schema::Make(std::move(fields));
}

class DeclaredConnectors final : public JobConnectors {
 public:
  explicit DeclaredConnectors(const ConnectorRegistry& registry) : registry_(registry) {}

  Result<std::unique_ptr<SourceConnector>> MakeSource(const plan::SourceNode& node,
                                                      const JobOptions& options) override {
    const ConnectorSpec* spec = registry_.Find(node.connector.connector);
    if (spec == nullptr || !spec->source || !spec->source->make) {
      return CannotRun(spec, node.connector.connector, node.source, "source");
    }
    SourceRequest request;
    request.name = node.source;
    request.options = &node.connector.options;
    request.schema = DeclaredSchema(node.decode);
    request.format = node.decode.format;
    request.format_options = &node.decode.format_options;
    request.max_line = node.decode.max_line;
    request.clock = options.clock;
    return spec->source->make(request);
  }

  Result<std::unique_ptr<TableConnector>> MakeTable(const plan::TableSpec& table,
                                                    const JobOptions& options) override {
    const ConnectorSpec* spec = registry_.Find(table.connector.connector);
    if (spec == nullptr || !spec->table || !spec->table->make) {
      return CannotRun(spec, table.connector.connector, table.name, "table");
    }
    TableRequest request;
    request.name = table.name;
    request.options = &table.connector.options;
    request.schema = table.schema;
    request.format_options = &table.decode.format_options;
    request.max_line = table.decode.max_line;
    request.clock = options.clock;
    return spec->table->make(request);
  }

  Result<std::unique_ptr<SinkConnector>> MakeSink(const plan::LogicalPlan& plan,
                                                  const plan::SinkNode& node,
                                                  const JobOptions& options) override {
    SinkRequest request = Request(plan, node.sink, node.connector, options);
    request.format = node.format;
    request.format_options = &node.format_options;
    request.schema = node.row;
    request.key = node.key;
    request.upsert = TakesUpserts(plan, node);
    request.batch_rows = node.batch_rows;
    request.batch_bytes = node.batch_bytes;
    request.batch_time = node.batch_time;
    request.retries = node.retries;
    request.backoff_min = node.backoff_min;
    request.backoff_max = node.backoff_max;
    int column = static_cast<int>(node.row->fields().size());
    for (const plan::SinkRowOption& option : node.row_options) {
      request.row_options.push_back({option.name, column++, option.value->type});
    }
    return Make(node.connector, request);
  }

  Result<std::unique_ptr<SinkConnector>> MakeView(const plan::LogicalPlan& plan,
                                                  const plan::ViewNode& node,
                                                  const JobOptions& options) override {
    if (!node.connector) return std::unique_ptr<SinkConnector>();
    SinkRequest request = Request(plan, node.view, *node.connector, options);
    request.format = "json";
    request.format_options = &no_options_;
    request.schema = node.schema;
    request.key = node.key;
    request.upsert = true;
    return Make(*node.connector, request);
  }

 private:
  static SinkRequest Request(const plan::LogicalPlan& plan, const std::string& name,
                             const ConnectorCall& call, const JobOptions& options) {
    SinkRequest request;
    request.pipeline = plan.settings.name;
    request.name = name;
    request.options = &call.options;
    request.incarnation = options.incarnation;
    request.resumable = options.state != nullptr;
    request.accept_resend = options.accept_resend;
    request.outbox = options.outbox;
    request.num_writers = options.workers;
    request.clock = options.clock;
    return request;
  }

  static bool TakesUpserts(const plan::LogicalPlan& plan, const plan::LogicalNode& node) {
    bool upsert = node.mode.upsert;
    for (const plan::InputRef& input : node.inputs) upsert |= plan.at(input.node).mode.upsert;
    return upsert;
  }

  Result<std::unique_ptr<SinkConnector>> Make(const ConnectorCall& call,
                                              const SinkRequest& request) const {
    const ConnectorSpec* spec = registry_.Find(call.connector);
    if (spec == nullptr || !spec->sink || !spec->sink->make) {
      return CannotRun(spec, call.connector, request.name, "sink");
    }
    return spec->sink->make(request);
  }

  const ConnectorRegistry& registry_;
  const ConnectorOptions no_options_;
};

}  // namespace

std::unique_ptr<JobConnectors> MakeDeclaredConnectors(const ConnectorRegistry& registry) {
  return std::make_unique<DeclaredConnectors>(registry);
}

}  // namespace weir
