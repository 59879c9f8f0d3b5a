#include "compiler/semantic/state_statements.h"

#include <algorithm>

#include "runtime/types/decimal.h"

namespace weir::semantic {
namespace {

using plan::Block;
using plan::ExprPtr;
using plan::Statement;

Statement Make(Statement::Kind kind, Span span) {
  Statement statement;
  statement.kind = kind;
  statement.span = span;
  return statement;
}

/// What `m[k] += x` adds to where there is no entry yet.
std::optional<Value> ZeroOf(const DataType& type) {
  const DataType required = type.AsRequired();
  switch (required.physical()) {
    case Physical::kInt64: return Value(required, int64_t{0});
    case Physical::kUInt64: return Value(required, uint64_t{0});
    case Physical::kFloat64: return Value(required, 0.0);
    case Physical::kInt128: return Value(required, Int128{0});
    default: return std::nullopt;
  }
}

}  // namespace

Block StatementLowering::Lower(const ast::Block& block, Scope& scope) {
  Block out;
  LowerInto(block, scope, out);
  return out;
}

void StatementLowering::LowerInto(const ast::Block& block, Scope& scope, Block& out) {
  for (const ast::StatementPtr& statement : block.statements) {
    LowerStatement(*statement, scope, out);
  }
}

void StatementLowering::LowerStatement(const ast::Statement& statement, Scope& scope, Block& out) {
  using Kind = ast::StatementKind;
  switch (statement.kind) {
    case Kind::kAssign: return Assign(statement.As<ast::AssignStatement>(), scope, out);
    case Kind::kLet: return Let(statement.As<ast::LetStatement>(), scope, out);
    case Kind::kIf: return If(statement.As<ast::IfStatement>(), scope, out);
    case Kind::kMatch: return Match(statement.As<ast::MatchStatement>(), scope, out);
    case Kind::kEmit: return Emit(statement.As<ast::EmitStatement>(), scope, out);
    case Kind::kSetTimer: {
      const auto& timer = statement.As<ast::SetTimerStatement>();
      return Timer(timer.timer, timer.at.get(), timer.span, scope, out);
    }
    case Kind::kCancelTimer: {
      const auto& timer = statement.As<ast::CancelTimerStatement>();
      return Timer(timer.timer, nullptr, timer.span, scope, out);
    }
    case Kind::kClear: {
      out.push_back(Make(Statement::Kind::kClear, statement.span));
      for (int i = 0; i < state_.program_.registers.states; ++i) {
        scope.Forget(state_.program_.registers.state(i));
      }
      return;
    }
  }
}

const ScopeColumn* StatementLowering::Target(const ast::Name& name, const Scope& scope) {
  const ScopeColumn* column = scope.FindColumn(name.text);
  const plan::RegisterLayout& registers = state_.program_.registers;
  if (column != nullptr && column->index >= registers.state(0) &&
      column->index < registers.state(registers.states)) {
    return column;
  }
  auto report = context().Report(Code::kF0404, name.span).Arg(name.text);
  if (column != nullptr) {
    report.Note("only fields of the `state` block can be changed; a `let` or a key stays as it is");
  } else {
    report.Note("there is no state field `" + name.text + "`");
  }
  std::string fields;
  for (const plan::StateField& field : state_.program_.fields) {
    fields += (fields.empty() ? "" : ", ") + field.name;
  }
  report.Help(fields.empty() ? "declare it: `state { " + name.text + ": int64 = 0 }`"
                             : "state fields: " + fields);
  return nullptr;
}

ExprPtr StatementLowering::NewValue(const ast::AssignStatement& statement, const ExprPtr& old,
                                    const DataType& type, Scope& scope) {
  const Span span = statement.value->span;
  const bool adds = statement.op == ast::AssignOp::kAdd;
  if (adds || statement.op == ast::AssignOp::kSubtract) {
    ExprPtr value = binder().Bind(*statement.value, scope);
    if (IsError(value) || IsError(old)) return ErrorExpr(span);
    plan::ArithOp op = adds ? plan::ArithOp::kAdd : plan::ArithOp::kSubtract;
    WarnNarrowSum(statement, type, value->type);
    ExprPtr sum = binder().MakeArithmetic(op, old, value, statement.span);
    return IsError(sum) ? sum : binder().ConvertChecked(sum, type, statement.span);
  }
  const bool number = type.is_integer() || type.is_decimal();
  if (!number) return binder().Bind(*statement.value, scope, type);
  ExprPtr value = binder().Bind(*statement.value, scope);
  return IsError(value) ? value : binder().ConvertChecked(value, type, span);
}

/// A sum that is no wider than one of its terms leaves its type with the second large one.
void StatementLowering::WarnNarrowSum(const ast::AssignStatement& statement, const DataType& sum,
                                      const DataType& term) {
  if (!sum.is_decimal() || !term.is_decimal()) return;
  const int digits = sum.precision() - sum.scale();
  if (digits > term.precision() - term.scale()) return;
  const int wider = std::min(term.precision() + 8, kMaxDecimalPrecision);
  context()
      .Report(Code::kW0203, statement.target.span)
      .Arg(statement.target.text)
      .Arg(sum.ToString())
      .Note("each term is " + term.ToString() + " already; a row that goes beyond fails")
      .Help("a wider type: `" + statement.target.text + ": " +
            DataType::Decimal(wider, sum.scale()).ToString() + "`");
}

void StatementLowering::Assign(const ast::AssignStatement& statement, Scope& scope, Block& out) {
  const ScopeColumn* target = Target(statement.target, scope);
  if (target == nullptr) return;
  const ScopeColumn field = *target;
  if (statement.index != nullptr) return Put(statement, field, scope, out);
  ExprPtr old = plan::MakeColumn(field.index, field.name, field.type, statement.target.span);
  if (scope.IsKnownNotNull(*old)) old = AsRequired(old);
  ExprPtr value = NewValue(statement, old, field.type, scope);
  Statement assign = Make(Statement::Kind::kAssign, statement.span);
  assign.target = field.index;
  assign.value = value;
  scope.Forget(field.index);
  if (statement.op != ast::AssignOp::kSetIfNull) {
    out.push_back(std::move(assign));
    return;
  }
  Statement branch = Make(Statement::Kind::kIf, statement.span);
  branch.value = plan::MakeUnary(
      plan::ExprKind::kIsNull, DataType::Bool(),
      plan::MakeColumn(field.index, field.name, field.type, statement.target.span), statement.span);
  branch.then_block.push_back(std::move(assign));
  out.push_back(std::move(branch));
}

void StatementLowering::Put(const ast::AssignStatement& statement, const ScopeColumn& field,
                            Scope& scope, Block& out) {
  if (!field.type.is(TypeKind::kMap)) {
    context()
        .Report(Code::kF0404, statement.target.span)
        .Arg(field.name)
        .Here("this is " + field.type.ToString())
        .Help("only maps take `name[key] = value`; set a whole field with `name = value`");
    return;
  }
  const DataType value_type = field.type.map_value();
  ExprPtr key = binder().Bind(*statement.index, scope, field.type.map_key());
  ExprPtr map = plan::MakeColumn(field.index, field.name, field.type, statement.target.span);
  ExprPtr old = plan::MakeBinary(plan::ExprKind::kIndex, value_type.AsOptional(), map, key,
                                 statement.target.span);
  Statement put = Make(Statement::Kind::kPut, statement.span);
  put.target = field.index;
  put.key = key;
  const bool changes =
      statement.op == ast::AssignOp::kAdd || statement.op == ast::AssignOp::kSubtract;
  ExprPtr base = old;
  if (std::optional<Value> zero = changes ? ZeroOf(value_type) : std::nullopt) {
    base = plan::MakeBinary(plan::ExprKind::kCoalesce, value_type.AsRequired(), old,
                            plan::MakeLiteral(*zero, statement.span), statement.span);
  }
  put.value = NewValue(statement, base, value_type, scope);
  if (statement.op != ast::AssignOp::kSetIfNull) {
    out.push_back(std::move(put));
    return;
  }
  Statement branch = Make(Statement::Kind::kIf, statement.span);
  branch.value = plan::MakeUnary(plan::ExprKind::kIsNull, DataType::Bool(), old, statement.span);
  branch.then_block.push_back(std::move(put));
  out.push_back(std::move(branch));
}

void StatementLowering::Let(const ast::LetStatement& statement, Scope& scope, Block& out) {
  ExprPtr value = binder().Bind(*statement.value, scope);
  plan::RegisterLayout& registers = state_.program_.registers;
  ScopeColumn column;
  column.name = statement.name.text;
  column.type = value->type;
  column.index = registers.let(registers.lets);
  column.pii = TaintOf(*value, scope);
  column.declared = statement.name.span;
  ++registers.lets;
  state_.program_.let_types.push_back(value->type);
  Statement assign = Make(Statement::Kind::kAssign, statement.span);
  assign.target = column.index;
  assign.value = std::move(value);
  out.push_back(std::move(assign));
  scope.AddColumn(std::move(column));
}

void StatementLowering::If(const ast::IfStatement& statement, Scope& scope, Block& out) {
  Statement branch = Make(Statement::Kind::kIf, statement.span);
  branch.value = binder().BindBool(*statement.condition, scope, "if");
  Scope then_scope(&scope);
  Scope else_scope(&scope);
  if (!IsError(branch.value)) {
    then_scope.Learn(NarrowedBy(*branch.value, true));
    else_scope.Learn(NarrowedBy(*branch.value, false));
  }
  LowerInto(statement.then_block, then_scope, branch.then_block);
  if (statement.else_block) LowerInto(*statement.else_block, else_scope, branch.else_block);
  if (statement.else_if != nullptr) {
    LowerStatement(*statement.else_if, else_scope, branch.else_block);
  }
  ForgetWritten(branch.then_block, scope);
  ForgetWritten(branch.else_block, scope);
  out.push_back(std::move(branch));
}

/// An if for each arm, the next one in its else. Arms see what their test proves.
void StatementLowering::Match(const ast::MatchStatement& statement, Scope& scope, Block& out) {
  ExprPtr subject = binder().Bind(*statement.subject, scope);
  std::vector<const std::vector<ast::Pattern>*> patterns;
  for (const ast::StatementArm& arm : statement.arms) patterns.push_back(&arm.patterns);
  if (IsError(subject)) return;
  MatchTests tests = binder().BindMatch(subject, patterns, statement.span);
  std::vector<Block> blocks;
  for (size_t i = 0; i < statement.arms.size(); ++i) {
    Scope arm_scope(&scope);
    const ExprPtr& test = i < tests.tests.size() ? tests.tests[i] : nullptr;
    if (test != nullptr && !IsError(test)) arm_scope.Learn(NarrowedBy(*test, true));
    blocks.emplace_back();
    LowerInto(statement.arms[i].block, arm_scope, blocks.back());
  }
  Block chain;
  for (size_t i = statement.arms.size(); i-- > 0;) {
    const ExprPtr test = i < tests.tests.size() ? tests.tests[i] : nullptr;
    if (test == nullptr) {
      chain = std::move(blocks[i]);
      continue;
    }
    Statement branch = Make(Statement::Kind::kIf, statement.arms[i].span);
    branch.value = test;
    branch.then_block = std::move(blocks[i]);
    branch.else_block = std::move(chain);
    chain = Block();
    chain.push_back(std::move(branch));
  }
  ForgetWritten(chain, scope);
  for (Statement& lowered : chain) out.push_back(std::move(lowered));
}

void StatementLowering::ForgetWritten(const Block& block, Scope& scope) {
  for (const Statement& statement : block) {
    if (statement.kind == Statement::Kind::kAssign) scope.Forget(statement.target);
    if (statement.kind == Statement::Kind::kClear) {
      for (int i = 0; i < state_.program_.registers.states; ++i) {
        scope.Forget(state_.program_.registers.state(i));
      }
    }
    ForgetWritten(statement.then_block, scope);
    ForgetWritten(statement.else_block, scope);
  }
}

EmitPort StatementLowering::PortOf(const ast::EmitStatement& statement, Scope& scope) {
  if (!statement.route) {
    state_.emits_ = true;
    return {0, state_.emit_schema_, ""};
  }
  SchemaPtr schema;
  const ast::Route& route = *statement.route;
  if (route.kind == ast::RouteKind::kStream) {
    const StreamInfo* stream = context().catalog().FindStream(route.target.text);
    if (stream != nullptr && stream->schema != nullptr) schema = stream->schema->schema;
  } else {
    context()
        .Report(Code::kF0158, route.span)
        .Arg("discard")
        .Arg("rows that `emit` writes")
        .Help("leave the `emit` out, or send the row to a stream: `emit { … } -> name`");
  }
  if (schema == nullptr) {
    ExprPtr row = binder().Bind(*statement.row, scope);
    std::vector<Field> fields;
    if (row->type.is(TypeKind::kStruct)) {
      for (const StructField& field : row->type.fields()) {
        fields.push_back({field.name, field.type, {}});
      }
    }
    schema = Schema::Make(std::move(fields));
  }
  auto& routes = state_.emit_routes_;
  for (size_t i = 0; i < routes.size(); ++i) {
    bool same = routes[i].route->target.text == route.target.text;
    if (same) return {static_cast<int>(i) + 1, routes[i].schema, route.target.text};
  }
  routes.push_back({&route, schema});
  return {static_cast<int>(routes.size()), schema, route.target.text};
}

void StatementLowering::Emit(const ast::EmitStatement& statement, Scope& scope, Block& out) {
  if (state_.is_session_) {
    context()
        .Report(Code::kF0158, statement.span)
        .Message("a session writes rows by its `output` block")
        .Help("use `process` for rows at any time; or make the stage's `output { … }`");
    return;
  }
  EmitPort port = PortOf(statement, scope);
  if (port.schema == nullptr) {
    // The first one decides what the stage's rows look like.
    ExprPtr row = binder().Bind(*statement.row, scope);
    if (!row->type.is(TypeKind::kStruct)) return;
    std::vector<Field> fields;
    for (size_t i = 0; i < row->type.fields().size(); ++i) {
      const StructField& field = row->type.fields()[i];
      PiiTag tag;
      if (i < row->children.size()) tag = TaintOf(*row->children[i], scope);
      fields.push_back({field.name, field.type, tag});
    }
    port.schema = state_.emit_schema_ = Schema::Make(std::move(fields));
  }
  ExprPtr row = binder().Bind(*statement.row, scope, RowTypeOf(*port.schema));
  if (IsError(row)) return;
  Statement emit = Make(Statement::Kind::kEmit, statement.span);
  emit.port = port.port;
  for (int i = 0; i < port.schema->num_fields(); ++i) {
    if (row->kind == plan::ExprKind::kMakeStruct) {
      emit.row.push_back(row->children[static_cast<size_t>(i)]);
      continue;
    }
    auto field = std::make_shared<plan::Expr>();
    field->kind = plan::ExprKind::kField;
    field->type = port.schema->field(i).type;
    field->span = statement.span;
    field->index = i;
    field->name = port.schema->field(i).name;
    field->children = {row};
    emit.row.push_back(std::move(field));
  }
  out.push_back(std::move(emit));
}

void StatementLowering::Timer(const ast::Name& timer, const ast::Expr* at, Span span, Scope& scope,
                              Block& out) {
  const auto& timers = state_.program_.timers;
  auto found = std::find(timers.begin(), timers.end(), timer.text);
  if (found == timers.end()) {
    context()
        .Report(Code::kF0405, timer.span)
        .Arg(timer.text)
        .Help("say what it does: `on timer " + timer.text + " { … }` after the event block");
    return;
  }
  Statement statement =
      Make(at != nullptr ? Statement::Kind::kSetTimer : Statement::Kind::kCancelTimer, span);
  statement.timer = static_cast<int>(found - timers.begin());
  if (at != nullptr) statement.value = binder().Bind(*at, scope, DataType::Timestamp());
  out.push_back(std::move(statement));
}

}  // namespace weir::semantic
