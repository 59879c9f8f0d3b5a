#include "compiler/semantic/route_table.h"

#include "compiler/plan/dead_letter_schema.h"
#include "compiler/semantic/expr_taint.h"

namespace weir::semantic {
namespace {

using plan::Route;

bool SameColumns(const Schema& a, const Schema& b) {
  if (a.num_fields() != b.num_fields()) return false;
  for (int i = 0; i < a.num_fields(); ++i) {
    if (a.field(i).name != b.field(i).name) return false;
    if (!(a.field(i).type == b.field(i).type)) return false;
  }
  return true;
}

Route::Shape ShapeOf(RoutedRows rows, const Schema& target) {
  if (rows == RoutedRows::kWrite) return Route::Shape::kFailedWrite;
  if (rows == RoutedRows::kRecord || IsDeadLetter(target)) return Route::Shape::kDeadLetter;
  return Route::Shape::kFields;
}

const char* RouteWord(ast::RouteKind kind) {
  switch (kind) {
    case ast::RouteKind::kStream: return "->";
    case ast::RouteKind::kDiscard: return "discard";
    case ast::RouteKind::kFail: return "fail";
    case ast::RouteKind::kDefault: return "default";
  }
  return "";
}

}  // namespace

bool IsDeadLetter(const Schema& schema) { return SameColumns(schema, *plan::DeadLetterSchema()); }
bool IsFailedWrite(const Schema& schema) { return SameColumns(schema, *plan::FailedWriteSchema()); }

PiiTag TagOfRow(const Schema& schema) {
  PiiTag tag;
  for (const Field& field : schema.fields()) tag = Stricter(tag, field.pii);
  return tag;
}

SchemaPtr WrapperSchema(const SchemaPtr& wrapper, const PiiTag& payload) {
  if (!payload.is_set()) return wrapper;
  std::vector<Field> fields = wrapper->fields();
  PiiTag redact;
  redact.mask = PiiTag::Mask::kRedact;
  for (Field& field : fields) {
    const bool holds_it =
        field.name == "payload" || field.name == "envelope" || field.name == "row";
    if (holds_it) field.pii = redact;
  }
  return Schema::Make(std::move(fields));
}

bool RouteTable::RequireTarget(const ast::Name& name) {
  FlowName target =
      catalog_.RequireFlow(name, {FlowKind::kStream, FlowKind::kSink}, "stream or sink");
  if (target.kind == FlowKind::kNone) return false;
  bool with_body = target.kind == FlowKind::kStream && catalog_.streams()[target.index].decl->body;
  if (with_body || (target.kind != FlowKind::kStream && target.kind != FlowKind::kSink)) {
    catalog_.diagnostics()
        .Report(Code::kF0157, name.span)
        .Arg(name.text)
        .Label(target.declared, std::string("a ") + FlowKindWord(target.kind) +
                                    (with_body ? " that makes its own rows" : ""))
        .Help("declare a junction for them: `stream rejected`, without `=`");
    return false;
  }
  return true;
}

void RouteTable::Bind(const ast::Route& route, RouteRequest request, bool allow_default) {
  Route& slot = *request.slot;
  switch (route.kind) {
    case ast::RouteKind::kDiscard:
      slot.kind = Route::Kind::kDiscard;
      slot.reason = route.reason ? route.reason->text : request.what;
      return;
    case ast::RouteKind::kFail:
      slot.kind = Route::Kind::kFail;
      slot.reason = route.reason ? route.reason->text : request.what;
      return;
    case ast::RouteKind::kDefault:
      if (allow_default) {
        slot.kind = Route::Kind::kDefault;
        return;
      }
      catalog_.diagnostics()
          .Report(Code::kF0158, route.span)
          .Arg(RouteWord(route.kind))
          .Arg(request.what)
          .Help("write `-> stream`, `discard \"reason\"` or `fail`");
      return;
    case ast::RouteKind::kStream: break;
  }
  if (!RequireTarget(route.target)) return;
  slot.kind = Route::Kind::kTo;
  slot.target = route.target.text;
  request.span = route.span;
  requests_[route.target.text].push_back(std::move(request));
}

const std::vector<RouteRequest>& RouteTable::Requests(const std::string& target) const {
  static const std::vector<RouteRequest> none;
  auto found = requests_.find(target);
  return found == requests_.end() ? none : found->second;
}

const std::vector<PlainFeed>& RouteTable::Feeds(const std::string& target) const {
  static const std::vector<PlainFeed> none;
  auto found = feeds_.find(target);
  return found == feeds_.end() ? none : found->second;
}

std::vector<int> RouteTable::Project(const RouteRequest& request, const SchemaPtr& schema,
                                     const std::string& typed_as) {
  std::vector<int> fields;
  if (request.input.broken) return std::vector<int>(schema->fields().size(), -1);
  for (const Field& wanted : schema->fields()) {
    std::optional<int> at = request.input.schema->IndexOf(wanted.name);
    fields.push_back(at.value_or(-1));
    if (!at && wanted.type.optional()) continue;
    const DataType have = at ? request.input.schema->field(*at).type : DataType::Error();
    if (have.is_error() && at) continue;
    bool fits = at && have.SameBase(wanted.type) && (wanted.type.optional() || !have.optional());
    if (fits) continue;
    auto report = catalog_.diagnostics().Report(Code::kF0159, request.span).Arg(typed_as);
    if (at) {
      report.Note("`" + wanted.name + "` is " + have.ToString() + " here and " +
                  wanted.type.ToString() + " there");
    } else {
      report.Note("`" + typed_as + "` needs `" + wanted.name + ": " + wanted.type.ToString() +
                  "`, and " + request.what + " have no such column");
    }
    report.Help("give the junction the type of these rows, or `DeadLetter`, which takes any row");
    break;
  }
  fields.resize(schema->fields().size(), -1);
  return fields;
}

int RouteTable::PortFor(plan::LogicalNode& node, const Route& route, const SchemaPtr& schema) {
  std::vector<Route>& ports = ports_[&node];
  for (const Route& known : ports) {
    const bool same =
        known.target == route.target && known.shape == route.shape && known.fields == route.fields;
    if (same) return known.port;
  }
  node.route_schemas.push_back(schema);
  ports.push_back(route);
  ports.back().port = static_cast<int>(node.route_schemas.size());
  return ports.back().port;
}

plan::InputRef RouteTable::Settle(const RouteRequest& request, const SchemaPtr& schema,
                                  const std::string& typed_as) {
  Route& route = *request.slot;
  route.shape = ShapeOf(request.rows, *schema);
  bool fits = true;
  if (route.shape == Route::Shape::kDeadLetter) fits = IsDeadLetter(*schema);
  if (route.shape == Route::Shape::kFailedWrite) fits = IsFailedWrite(*schema);
  if (!fits && !request.input.broken) {
    bool write = route.shape == Route::Shape::kFailedWrite;
    catalog_.diagnostics()
        .Report(Code::kF0159, request.span)
        .Arg(typed_as)
        .Here(request.what + (write ? " are FailedWrite rows" : " are DeadLetter rows"))
        .Help(std::string("give them a junction of their own: `stream refused: ") +
              (write ? "FailedWrite`" : "DeadLetter`"));
  }
  if (route.shape == Route::Shape::kFields) route.fields = Project(request, schema, typed_as);
  route.port = PortFor(*request.node, route, schema);
  return {request.node->id, route.port};
}

}  // namespace weir::semantic
