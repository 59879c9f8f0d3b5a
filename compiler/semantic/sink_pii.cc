#include "compiler/plan/row_nodes.h"
#include "compiler/semantic/sink_compiler.h"
#include "compiler/semantic/stage_exprs.h"

namespace weir::semantic {
namespace {

const char* MaskWord(PiiTag::Mask mask) {
  switch (mask) {
    case PiiTag::Mask::kHash: return "hash";
    case PiiTag::Mask::kTruncate: return "truncate";
    case PiiTag::Mask::kRedact: return "redact";
    case PiiTag::Mask::kNone: break;
  }
  return "";
}

ast::ExprPtr TextLiteral(const std::string& text, Span span) {
  auto literal = std::make_unique<ast::StringLiteral>();
  literal->value = text;
  literal->span = span;
  return literal;
}

ast::ExprPtr NumberLiteral(int64_t number, Span span) {
  auto literal = std::make_unique<ast::IntLiteral>();
  literal->value = static_cast<uint64_t>(number);
  literal->span = span;
  return literal;
}

ast::CallArg Argument(ast::ExprPtr value) {
  ast::CallArg arg;
  arg.span = value->span;
  arg.value = std::move(value);
  return arg;
}

/// `mask_hash(x, salt)`, `mask_truncate(x, 24)`, `mask_redact(x)`: the functions of the library,
/// typed like any call.
plan::ExprPtr Masked(const Field& field, const Scope& scope, Span span, StageContext& context) {
  ast::CallExpr call;
  call.span = span;
  call.callee = {std::string("mask_") + MaskWord(field.pii.mask), span};
  auto column = std::make_unique<ast::NameExpr>();
  column->name = {field.name, span};
  column->span = span;
  call.args.args.push_back(Argument(std::move(column)));
  if (field.pii.mask == PiiTag::Mask::kHash && !field.pii.hash_salt.empty()) {
    call.args.args.push_back(Argument(TextLiteral(field.pii.hash_salt, span)));
  } else if (field.pii.mask == PiiTag::Mask::kTruncate) {
    call.args.args.push_back(Argument(NumberLiteral(field.pii.truncate_bits, span)));
  }
  return context.binder().Bind(call, scope);
}

/// A value that says nothing, where null is not allowed: empty, zero, the first of an enum.
Value Blank(const DataType& type) {
  if (type.optional()) return Value::Null(type);
  switch (type.physical()) {
    case Physical::kString: return Value(type, std::string(type.is(TypeKind::kJson) ? "{}" : ""));
    case Physical::kBool: return Value(type, false);
    case Physical::kUInt64: return Value(type, uint64_t{0});
    case Physical::kFloat64: return Value(type, 0.0);
    case Physical::kInt128: return Value(type, Int128{0});
    case Physical::kFixed16: return Value(type, Fixed16{});
    case Physical::kCode: return Value(type, uint16_t{0});
    case Physical::kList: return Value(type, Value::List{});
    case Physical::kStruct: {
      Value::List members;
      for (const StructField& field : type.fields()) members.push_back(Blank(field.type));
      return Value(type, std::move(members));
    }
    default: return Value(type, int64_t{0});
  }
}

/// A constant in place of a value that no function can mask.
plan::ExprPtr Emptied(const Field& field, Span span) {
  return plan::MakeLiteral(Blank(field.type), span);
}

bool FunctionMasks(const Field& field) {
  if (field.type.is(TypeKind::kString)) return true;
  if (field.pii.mask == PiiTag::Mask::kTruncate) {
    return field.type.is(TypeKind::kIpv4) || field.type.is(TypeKind::kIpv6);
  }
  return field.pii.mask == PiiTag::Mask::kHash &&
         (field.type.is(TypeKind::kUuid) || field.type.is(TypeKind::kBytes));
}

void MaskColumns(const SinkParts& parts, StageContext& context, StreamFlow& flow) {
  const Scope scope = context.ScopeOf(flow);
  auto node = std::make_unique<plan::ProjectNode>();
  std::vector<Field> fields;
  for (int i = 0; i < flow.schema->num_fields(); ++i) {
    Field field = flow.schema->field(i);
    plan::ExprPtr expr = ColumnOf(*flow.schema, i, parts.span);
    if (field.pii.is_set()) {
      expr = FunctionMasks(field) ? Masked(field, scope, parts.pii->span, context)
                                  : Emptied(field, parts.pii->span);
      field.type = expr->type;
      field.pii = {};
    }
    fields.push_back(std::move(field));
    node->exprs.push_back(std::move(expr));
  }
  plan::StreamMode mode = flow.mode;
  context.Add(std::move(node), flow, Schema::Make(std::move(fields)), std::move(mode), nullptr,
              "mask");
}

}  // namespace

void EnforcePii(const SinkParts& parts, StageContext& context, StreamFlow& flow) {
  if (parts.pii != nullptr) {
    const std::string& mode = parts.pii->mode.text;
    if (mode != "masked" && mode != "clear") {
      context.Report(Code::kF0158, parts.pii->mode.span)
          .Message("personal data is `masked` or `clear`, not `{}`", mode)
          .Help("`pii masked`, or `pii clear \"why\"`");
      return;
    }
    if (mode == "clear" && (!parts.pii->reason || parts.pii->reason->text.empty())) {
      context.Report(Code::kF0603, parts.pii->span)
          .Arg(parts.name)
          .Here("`pii clear` needs a reason")
          .Help("say why they may leave unmasked: `pii clear \"role-based access in the table\"`");
      return;
    }
    if (mode == "clear" || !TagOfRow(*flow.schema).is_set()) return;
    MaskColumns(parts, context, flow);
    return;
  }
  const ConnectorSpec* spec = parts.connector.spec;
  if (spec != nullptr && spec->sink && spec->sink->drops_rows) return;
  std::string columns;
  for (const Field& field : flow.schema->fields()) {
    if (!field.pii.is_set()) continue;
    columns +=
        (columns.empty() ? "`" : ", `") + field.name + "` (" + MaskWord(field.pii.mask) + ")";
  }
  if (columns.empty()) return;
  context.Report(Code::kF0603, parts.span)
      .Arg(parts.name)
      .Note("personal columns: " + columns)
      .Help("write `pii masked` at the sink, or `pii clear \"why\"` if they may leave as they are");
}

}  // namespace weir::semantic
