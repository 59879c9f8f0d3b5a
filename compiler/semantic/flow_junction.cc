#include <set>
#include <utility>

#include "compiler/plan/dead_letter_schema.h"
#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/flow_inputs.h"
#include "compiler/semantic/sink_settings.h"
#include "compiler/semantic/stage_union.h"

namespace weir::semantic {
namespace {

class JunctionCompiler {
 public:
  JunctionCompiler(const StreamInfo& stream, FlowContext& shared)
      : stream_(stream),
        shared_(shared),
        requests_(shared.routes.Requests(stream.name)),
        feeds_(shared.routes.Feeds(stream.name)),
        context_(shared, stream.name, stream.name, /*default_errors=*/false) {
    context_.place = stream.decl->name.span;
  }

  void Run() {
    if (requests_.empty() && feeds_.empty()) return ReportEmpty();
    SchemaPtr schema = ChooseSchema();
    if (schema == nullptr) {
      shared_.streams[stream_.name] = BrokenFlow();
      return;
    }
    std::vector<UnionInput> inputs = Inputs(schema);
    if (inputs.empty()) {
      shared_.streams[stream_.name] = BrokenFlow(schema);
      return;
    }
    const Span span = stream_.decl->name.span;
    const std::string name = shared_.names.ClaimPlain(stream_.name, span);
    shared_.streams[stream_.name] =
        MakeUnion(std::move(inputs), schema, name, /*junction=*/true, span, context_);
  }

 private:
  void ReportEmpty() {
    if (!shared_.graph.IsWritten(stream_.name)) {
      shared_.diagnostics.Report(Code::kF0152, stream_.decl->name.span)
          .Arg(stream_.name)
          .Note("a stream without `=` gets its rows from routes, and none leads here")
          .Help("send rows to it (`on error -> " + stream_.name + "`), or define it: `stream " +
                stream_.name + " = from …`");
    }
    SchemaPtr typed = stream_.schema != nullptr ? stream_.schema->schema : nullptr;
    // With `errors ->` alone leading here, it may well be that nothing can fail.
    StreamFlow flow = BrokenFlow(typed);
    shared_.streams[stream_.name] = typed != nullptr ? EmptyFlow(typed) : flow;
  }

  /// A junction that nothing happens to reach; its readers are checked all the same.
  StreamFlow EmptyFlow(const SchemaPtr& schema) {
    auto node = std::make_unique<plan::UnionNode>();
    node->junction = true;
    node->name = shared_.names.ClaimPlain(stream_.name, stream_.decl->name.span);
    node->stream = stream_.name;
    node->span = stream_.decl->span;
    node->schema = schema;
    StreamFlow flow;
    flow.schema = schema;
    flow.ref = {shared_.plan.Add(std::move(node)), 0};
    return flow;
  }

  PiiTag PayloadTag() const {
    PiiTag tag;
    for (const RouteRequest& request : requests_) {
      tag = Stricter(tag, request.input.payload_pii);
      tag = Stricter(tag, TagOfRow(*request.input.schema));
    }
    return tag;
  }

  /// The declared type; else DeadLetter as soon as something fails its way here; else the columns
  /// that all rows have in common.
  SchemaPtr ChooseSchema() {
    if (stream_.typed) {
      if (stream_.schema == nullptr) return nullptr;
      return Tagged(stream_.schema->schema);
    }
    size_t writes = 0;
    size_t failures = 0;
    for (const RouteRequest& request : requests_) {
      if (request.rows == RoutedRows::kWrite) ++writes;
      if (request.rows == RoutedRows::kError || request.rows == RoutedRows::kRecord) ++failures;
    }
    if (failures > 0) return WrapperSchema(plan::DeadLetterSchema(), PayloadTag());
    if (writes > 0) return WrapperSchema(plan::FailedWriteSchema(), PayloadTag());
    std::vector<UnionInput> rows;
    for (const RouteRequest& request : requests_) {
      if (request.input.broken) return nullptr;
      rows.push_back({request.input, request.span, request.what});
    }
    for (const PlainFeed& feed : feeds_) {
      if (feed.flow.broken) return nullptr;
      rows.push_back({feed.flow, feed.span, "into"});
    }
    return CommonSchema(rows, stream_.name, context_);
  }

  SchemaPtr Tagged(SchemaPtr schema) const {
    if (IsDeadLetter(*schema) || IsFailedWrite(*schema)) {
      return WrapperSchema(schema, PayloadTag());
    }
    for (const RouteRequest& request : requests_) {
      schema = WithTagsOf(*schema, *request.input.schema);
    }
    for (const PlainFeed& feed : feeds_) schema = WithTagsOf(*schema, *feed.flow.schema);
    return schema;
  }

  std::vector<UnionInput> Inputs(const SchemaPtr& schema) {
    std::vector<UnionInput> inputs;
    std::set<std::pair<plan::NodeId, int>> known;
    for (const RouteRequest& request : requests_) {
      StreamFlow flow = request.input;
      flow.ref = shared_.routes.Settle(request, schema, stream_.name);
      flow.schema = schema;
      // Two routes of one stage may share a port: its rows come once.
      if (!known.emplace(flow.ref.node, flow.ref.port).second) continue;
      // What went wrong before it got here was reported; rows of it are DeadLetters all the same.
      flow.broken = false;
      if (request.rows != RoutedRows::kRow || IsDeadLetter(*schema)) {
        flow.mode = {};
        flow.volatile_function.clear();
      }
      inputs.push_back({std::move(flow), request.span, request.what});
    }
    for (const PlainFeed& feed : feeds_) {
      StreamFlow flow = feed.flow;
      if (flow.broken) continue;
      if (!CheckFits(*schema, flow, feed.span, stream_.name, context_)) continue;
      ProjectTo(schema, context_, flow, "shape");
      inputs.push_back({std::move(flow), feed.span, "into"});
    }
    return inputs;
  }

  const StreamInfo& stream_;
  FlowContext& shared_;
  const std::vector<RouteRequest>& requests_;
  const std::vector<PlainFeed>& feeds_;
  StageContext context_;
};

}  // namespace

void CompileJunction(const StreamInfo& stream, FlowContext& shared) {
  JunctionCompiler(stream, shared).Run();
}

}  // namespace weir::semantic
