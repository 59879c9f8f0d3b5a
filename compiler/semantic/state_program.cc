#include "compiler/semantic/state_program.h"

#include <functional>
#include <string>

#include <array>
#include <utility>

#include "compiler/semantic/state_statements.h"

namespace weir::semantic {
namespace {

using plan::MergeRule;

constexpr std::array<std::pair<const char*, MergeRule>, 7> kMergeRules = {{
    {"sum", MergeRule::kSum},
    {"min", MergeRule::kMin},
    {"max", MergeRule::kMax},
    {"first", MergeRule::kFirst},
    {"last", MergeRule::kLast},
    {"first_non_empty", MergeRule::kFirstNonEmpty},
    {"union", MergeRule::kUnion},
}};

bool MergeFits(MergeRule rule, const DataType& type) {
  switch (rule) {
    case MergeRule::kSum: return type.is_numeric() || type.is(TypeKind::kDuration);
    case MergeRule::kMin:
    case MergeRule::kMax: return !type.is_nested() && !type.is(TypeKind::kJson);
    case MergeRule::kFirstNonEmpty:
      return type.optional() || type.is(TypeKind::kString) || type.is(TypeKind::kList) ||
             type.is(TypeKind::kMap);
    case MergeRule::kUnion: return type.is(TypeKind::kList) || type.is(TypeKind::kMap);
    default: return true;
  }
}

}  // namespace

void StateCompiler::BindKeys(const ast::KeyList& by) {
  const Scope scope = context_.ScopeOf(input_);
  BoundKeys keys = semantic::BindKeys(by, scope, context_, /*need_names=*/true);
  for (const plan::ExprPtr& key : keys.exprs) key_tags_.push_back(TaintOf(*key, scope));
  program_.keys = std::move(keys.exprs);
  key_names_ = std::move(keys.names);
  program_.registers.events = input_.schema->num_fields();
  program_.registers.keys = static_cast<int>(program_.keys.size());
}

void StateCompiler::BindState(const std::optional<ast::StateBlock>& state) {
  if (state) {
    for (const ast::StateField& field : state->fields) BindField(field);
  }
  program_.registers.states = static_cast<int>(program_.fields.size());
  state_tags_.resize(program_.fields.size());
}

void StateCompiler::BindField(const ast::StateField& field) {
  for (size_t i = 0; i < program_.fields.size(); ++i) {
    if (program_.fields[i].name != field.name.text) continue;
    context_.Report(Code::kF0154, field.name.span)
        .Message("two state fields are called `{}`", field.name.text)
        .Label(state_spans_[i], "the first one")
        .Help("call one of them something else");
    return;
  }
  plan::StateField out;
  out.name = field.name.text;
  out.type = context_.catalog().ResolveType(*field.type);
  out.initial = Value::Null(out.type);
  if (field.default_value != nullptr) {
    auto value = context_.catalog().Constant(*field.default_value, out.type, "default");
    if (value) out.initial = std::move(*value);
  } else if (!out.type.optional() && !out.type.is_error()) {
    context_.Report(Code::kF0403, field.name.span)
        .Arg(field.name.text)
        .Help("give it one: `" + field.name.text + ": " + out.type.ToString() +
              " = …`, or let it be empty: `" + out.type.ToString() + "?`");
  }
  out.merge = ReadMerge(field, out.type);
  if (field.ttl != nullptr) {
    context_.Report(Code::kF0160, field.ttl->span)
        .Arg("ttl")
        .Help("a `ttl` of the whole stage works now: `process by … ttl 7d`");
  }
  program_.fields.push_back(std::move(out));
  state_spans_.push_back(field.name.span);
}

MergeRule StateCompiler::ReadMerge(const ast::StateField& field, const DataType& type) {
  if (!field.merge) {
    if (is_session_ && !type.is_error()) {
      context_.Report(Code::kF0402, field.name.span)
          .Arg(field.name.text)
          .Note("a late event can join two sessions into one; each field says how")
          .Help("add `merge sum`, `min`, `max`, `first`, `last`, `first_non_empty` or `union`");
    }
    return MergeRule::kNone;
  }
  for (const auto& [word, rule] : kMergeRules) {
    if (field.merge->text != word) continue;
    if (!MergeFits(rule, type) && !type.is_error()) {
      context_.Report(Code::kF0402, field.merge->span)
          .Arg(field.name.text)
          .Here("`merge " + field.merge->text + "` has no meaning for " + type.ToString())
          .Help("`first` and `last` work for every type: they go by the start of the session");
    }
    return rule;
  }
  context_.Report(Code::kF0402, field.merge->span)
      .Arg(field.name.text)
      .Here("there is no such rule")
      .Help("there is: sum, min, max, first, last, first_non_empty, union");
  return MergeRule::kNone;
}

void StateCompiler::AddStateColumns(Scope& scope) const {
  for (size_t i = 0; i < program_.fields.size(); ++i) {
    ScopeColumn column;
    column.name = program_.fields[i].name;
    column.type = program_.fields[i].type;
    column.index = program_.registers.state(static_cast<int>(i));
    column.pii = state_tags_[i];
    column.declared = state_spans_[i];
    scope.AddColumn(std::move(column));
  }
}

void StateCompiler::AddKeyColumns(Scope& scope) const {
  for (size_t i = 0; i < key_names_.size(); ++i) {
    if (scope.FindColumn(key_names_[i]) != nullptr) continue;
    ScopeColumn column;
    column.name = key_names_[i];
    column.type = program_.keys[i]->type;
    column.index = program_.registers.key(static_cast<int>(i));
    column.pii = key_tags_[i];
    scope.AddColumn(std::move(column));
  }
}

void StateCompiler::AddSession(Scope& scope, bool with_is_new) const {
  if (!is_session_) return;
  const plan::RegisterLayout& registers = program_.registers;
  std::vector<ScopeColumn> columns;
  auto add = [&columns](const char* name, DataType type, int index) {
    ScopeColumn column;
    column.name = name;
    column.type = std::move(type);
    column.index = index;
    columns.push_back(std::move(column));
  };
  add("start", DataType::Timestamp(), registers.session_start());
  add("last_event", DataType::Timestamp(), registers.session_last_event());
  add("count", DataType::Int64(), registers.session_count());
  add("closed", DataType::Bool(), registers.session_closed());
  if (with_is_new) add("is_new", DataType::Bool(), registers.session_is_new());
  scope.AddRow("session", std::move(columns));
}

void StateCompiler::HideEvent(Scope& scope, const std::string& hint) const {
  for (const Field& field : input_.schema->fields()) {
    if (scope.FindColumn(field.name) == nullptr) scope.AddUnreachable(field.name, hint);
  }
}

void StateCompiler::BindBlocks(const ast::KeyedParts& parts) {
  for (const ast::TimerHandler& handler : parts.on_timer) {
    program_.timers.push_back(handler.timer.text);
  }
  StatementLowering lowering(*this);
  if (parts.on_event) {
    Scope scope;
    scope.set_what("state of `" + context_.owner() + "`");
    AddStateColumns(scope);
    AddSession(scope, /*with_is_new=*/true);
    std::string hint = "name the event: `on event e { … }`";
    if (parts.on_event->event) {
      const ast::Name& name = *parts.on_event->event;
      std::vector<ScopeColumn> columns;
      for (int i = 0; i < input_.schema->num_fields(); ++i) {
        const Field& field = input_.schema->field(i);
        ScopeColumn column;
        column.name = field.name;
        column.type = field.type;
        column.index = i;
        column.pii = field.pii;
        columns.push_back(std::move(column));
      }
      scope.AddRow(name.text, std::move(columns), name.span);
      hint = "fields of the event are written with its name: `" + name.text + ".…`";
    }
    HideEvent(scope, hint);
    program_.on_event = lowering.Lower(parts.on_event->block, scope);
  }
  for (const ast::TimerHandler& handler : parts.on_timer) {
    Scope scope;
    AddStateColumns(scope);
    AddKeyColumns(scope);
    HideEvent(scope, "no event is there when a timer fires; keep the value in the state");
    program_.on_timer.push_back(lowering.Lower(handler.block, scope));
  }
  if (parts.on_close) {
    Scope scope;
    AddStateColumns(scope);
    AddKeyColumns(scope);
    AddSession(scope, /*with_is_new=*/false);
    HideEvent(scope, "no event is there when it closes; keep the value in the state");
    program_.on_close = lowering.Lower(parts.on_close->block, scope);
  }
  SpreadTags();
}

namespace {

void VisitStatements(const plan::Block& block,
                     const std::function<void(const plan::Statement&)>& visit) {
  for (const plan::Statement& statement : block) {
    visit(statement);
    VisitStatements(statement.then_block, visit);
    VisitStatements(statement.else_block, visit);
  }
}

}  // namespace

void StateCompiler::VisitProgram(const std::function<void(const plan::Statement&)>& visit) const {
  VisitStatements(program_.on_event, visit);
  for (const plan::Block& block : program_.on_timer) VisitStatements(block, visit);
  VisitStatements(program_.on_close, visit);
}

/// Every register as a column, with the tags known so far.
Scope StateCompiler::RegisterScope(const std::vector<PiiTag>& let_tags) const {
  Scope scope = Scope::OfSchema(*input_.schema, "");
  AddStateColumns(scope);
  AddKeyColumns(scope);
  for (size_t i = 0; i < let_tags.size(); ++i) {
    ScopeColumn column;
    column.name = "let " + std::to_string(i);  // no name of the language
    column.type = program_.let_types[i];
    column.index = program_.registers.let(static_cast<int>(i));
    column.pii = let_tags[i];
    scope.AddColumn(std::move(column));
  }
  return scope;
}

/// A register is as personal as what is written to it, through other registers too; an emitted
/// column as what is emitted.
void StateCompiler::SpreadTags() {
  std::vector<PiiTag> let_tags(program_.let_types.size());
  const size_t rounds = program_.fields.size() + let_tags.size() + 1;
  for (size_t round = 0; round < rounds; ++round) {
    const Scope scope = RegisterScope(let_tags);
    VisitProgram([&](const plan::Statement& statement) {
      using Kind = plan::Statement::Kind;
      if (statement.kind != Kind::kAssign && statement.kind != Kind::kPut) return;
      const int field = statement.target - program_.registers.state(0);
      const int let = statement.target - program_.registers.let(0);
      PiiTag* tag = nullptr;
      if (field >= 0 && field < program_.registers.states) {
        tag = &state_tags_[static_cast<size_t>(field)];
      } else if (let >= 0 && static_cast<size_t>(let) < let_tags.size()) {
        tag = &let_tags[static_cast<size_t>(let)];
      }
      if (tag == nullptr) return;
      *tag = Stricter(*tag, TaintOf(*statement.value, scope));
      if (statement.key != nullptr) *tag = Stricter(*tag, TaintOf(*statement.key, scope));
    });
  }
  TagEmits(RegisterScope(let_tags));
}

void StateCompiler::TagEmits(const Scope& scope) {
  VisitProgram([&](const plan::Statement& statement) {
    if (statement.kind != plan::Statement::Kind::kEmit) return;
    SchemaPtr& schema = statement.port == 0
                            ? emit_schema_
                            : emit_routes_[static_cast<size_t>(statement.port - 1)].schema;
    std::vector<Field> fields = schema->fields();
    for (size_t i = 0; i < fields.size() && i < statement.row.size(); ++i) {
      fields[i].pii = Stricter(fields[i].pii, TaintOf(*statement.row[i], scope));
    }
    schema = Schema::Make(std::move(fields));
  });
}

StateCompiler::Output StateCompiler::BindOutput(const ast::OutputBlock& block) {
  Scope scope;
  scope.set_what("output of `" + context_.owner() + "`");
  AddStateColumns(scope);
  AddKeyColumns(scope);
  AddSession(scope, /*with_is_new=*/false);
  HideEvent(scope, "`output` sees the state and the keys; keep the value in the state");
  ColumnList columns(context_);
  for (const ast::OutputField& field : block.fields) {
    plan::ExprPtr expr = field.value != nullptr ? context_.binder().Bind(*field.value, scope)
                                                : RequireColumn(field.name, context_, scope);
    size_t before = columns.fields().size();
    columns.Add(field.name.text, expr->type, TaintOf(*expr, scope), field.name.span);
    if (columns.fields().size() > before) program_.output.push_back(std::move(expr));
  }
  Output out;
  out.schema = columns.Make();
  auto place_of = [this](int reg) {
    for (size_t i = 0; i < program_.output.size(); ++i) {
      const plan::Expr& expr = *program_.output[i];
      if (expr.kind == plan::ExprKind::kColumn && expr.index == reg) return static_cast<int>(i);
    }
    return -1;
  };
  out.mode.upsert = true;
  for (int i = 0; i < program_.registers.keys; ++i) {
    out.mode.key.push_back(place_of(program_.registers.key(i)));
  }
  if (is_session_) {
    out.mode.key.push_back(place_of(program_.registers.session_start()));
    out.mode.closed_column = place_of(program_.registers.session_closed());
  }
  for (int column : out.mode.key) {
    if (column < 0) {
      out.mode.key.clear();
      break;
    }
  }
  return out;
}

void BindFailedResults(StageContext& context, plan::LogicalNode& added, plan::StateProgram& program,
                       plan::Route& slot, const StreamFlow& results,
                       const ast::ErrorClause* on_error) {
  plan::ExprPtr fallible;
  program.VisitResultExprs([&fallible](plan::ExprPtr& expr) {
    if (fallible == nullptr) fallible = FindFallible(expr);
  });
  // Without any route the stage has been reported as a whole.
  if (fallible == nullptr || !added.error.is_set()) return;
  std::vector<Field> fields = results.schema->fields();
  for (size_t i = 0; i < program.output.size() && i < fields.size(); ++i) {
    if (program.output[i]->CanFail()) fields[i].type = fields[i].type.AsOptional();
  }
  StreamFlow rows = results;
  rows.schema = Schema::Make(std::move(fields));
  context.RequireErrorRoute(
      added, slot, rows, fallible->span.valid() ? fallible->span : context.span(),
      "`" + context.catalog().TextOf(fallible->span) + "` has no value for some results",
      StageContext::kTryInstead, on_error);
}

int64_t StateCompiler::StateBytes() const {
  int64_t bytes = 48;
  for (const auto& key : program_.keys) bytes += EstimatedBytes(key->type);
  for (const auto& field : program_.fields) bytes += EstimatedBytes(field.type);
  return bytes;
}

}  // namespace weir::semantic
