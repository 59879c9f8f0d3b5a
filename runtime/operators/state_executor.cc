#include "runtime/operators/state_executor.h"

#include <algorithm>
#include <type_traits>

#include "runtime/operators/column_copy.h"
#include "runtime/operators/project_operator.h"

namespace weir {

struct StateExecutor::CompiledStatement {
  const plan::Statement* source = nullptr;
  std::unique_ptr<Evaluator> value;
  std::unique_ptr<Predicate> condition;
  std::unique_ptr<Evaluator> key;
  std::vector<std::unique_ptr<Evaluator>> row;
  std::unique_ptr<CompiledBlock> then_block;
  std::unique_ptr<CompiledBlock> else_block;
};

struct StateExecutor::CompiledBlock {
  std::vector<CompiledStatement> statements;
  std::vector<bool> used;  ///< by register: read or written; of the outermost block
};

namespace {

void VisitBlock(const plan::Block& block, const std::function<void(const plan::Expr&)>& visit) {
  for (const plan::Statement& statement : block) {
    if (statement.value != nullptr) visit(*statement.value);
    if (statement.key != nullptr) visit(*statement.key);
    for (const plan::ExprPtr& expr : statement.row) visit(*expr);
    VisitBlock(statement.then_block, visit);
    VisitBlock(statement.else_block, visit);
  }
}

void NoteColumns(const plan::Expr& expr, std::vector<bool>& used) {
  std::vector<int> columns;
  plan::CollectColumns(expr, columns);
  for (int column : columns) used[static_cast<size_t>(column)] = true;
}

void NoteRegisters(const plan::StateProgram& program, const plan::Block& block,
                   std::vector<bool>& used) {
  VisitBlock(block, [&used](const plan::Expr& expr) { NoteColumns(expr, used); });
  for (const plan::Statement& statement : block) {
    using Kind = plan::Statement::Kind;
    if (statement.kind == Kind::kAssign || statement.kind == Kind::kPut) {
      used[static_cast<size_t>(statement.target)] = true;
    }
    for (int i = 0; statement.kind == Kind::kClear && i < program.registers.states; ++i) {
      used[static_cast<size_t>(program.registers.state(i))] = true;
    }
    NoteRegisters(program, statement.then_block, used);
    NoteRegisters(program, statement.else_block, used);
  }
}

bool ReadsHidden(const plan::Expr& expr) {
  return expr.kind == plan::ExprKind::kHidden ||
         std::any_of(expr.children.begin(), expr.children.end(),
                     [](const plan::ExprPtr& child) { return ReadsHidden(*child); });
}

}  // namespace

StateExecutor::StateExecutor(const plan::StateProgram& program, size_t block_prefix)
    : program_(program), layout_(program.fields, block_prefix) {}

StateExecutor::~StateExecutor() = default;

Result<std::unique_ptr<StateExecutor::CompiledBlock>> StateExecutor::Compile(
    const plan::Block& block) {
  auto compiled = std::make_unique<CompiledBlock>();
  for (const plan::Statement& statement : block) {
    CompiledStatement& made = compiled->statements.emplace_back();
    made.source = &statement;
    if (statement.kind == plan::Statement::Kind::kIf) {
      WEIR_ASSIGN(made.condition, Predicate::Compile(statement.value));
      WEIR_ASSIGN(made.then_block, Compile(statement.then_block));
      WEIR_ASSIGN(made.else_block, Compile(statement.else_block));
      continue;
    }
    if (statement.value != nullptr) {
      WEIR_ASSIGN(made.value, Evaluator::Compile(statement.value));
    }
    if (statement.key != nullptr) {
      WEIR_ASSIGN(made.key, Evaluator::Compile(statement.key));
    }
    WEIR_ASSIGN(made.row, CompileAll(statement.row));
  }
  return compiled;
}

Result<std::unique_ptr<StateExecutor::CompiledBlock>> StateExecutor::CompileRoot(
    const plan::Block& block) const {
  WEIR_ASSIGN(std::unique_ptr<CompiledBlock> compiled, Compile(block));
  compiled->used.assign(static_cast<size_t>(program_.registers.total()), false);
  NoteRegisters(program_, block, compiled->used);
  return compiled;
}

Status StateExecutor::Open() {
  WEIR_ASSIGN(on_event_, CompileRoot(program_.on_event));
  WEIR_ASSIGN(on_close_, CompileRoot(program_.on_close));
  for (const plan::Block& block : program_.on_timer) {
    WEIR_ASSIGN(std::unique_ptr<CompiledBlock> compiled, CompileRoot(block));
    on_timer_.push_back(std::move(compiled));
  }
  WEIR_ASSIGN(output_, CompileAll(program_.output));
  output_used_.assign(static_cast<size_t>(program_.registers.total()), false);
  for (const plan::ExprPtr& expr : program_.output) NoteColumns(*expr, output_used_);
  VisitBlock(program_.on_event, [this](const plan::Expr& expr) {
    plan::CollectColumns(expr, event_columns_);
    reads_hidden_ |= ReadsHidden(expr);
  });
  std::erase_if(event_columns_, [this](int column) { return column >= program_.registers.events; });
  return Status::Ok();
}

EvalInput StateExecutor::Input() const {
  return {registers_.data(), registers_.size(), &hidden_, size_, now_};
}

void StateExecutor::LoadRegisters(const Round& round, const std::vector<bool>& used) {
  const plan::RegisterLayout& layout = program_.registers;
  const auto uses = [&used](int reg) { return used[static_cast<size_t>(reg)]; };
  size_ = round.size;
  now_ = round.now;
  hidden_ = round.hidden;
  registers_.assign(static_cast<size_t>(layout.total()), nullptr);
  changed_.assign(registers_.size(), false);
  for (size_t i = 0; i < round.events.size(); ++i) registers_[i] = round.events[i];
  for (size_t i = 0; i < round.keys.size(); ++i) {
    registers_[static_cast<size_t>(layout.key(static_cast<int>(i)))] = round.keys[i];
  }
  for (size_t i = 0; i < program_.fields.size(); ++i) {
    const int reg = layout.state(static_cast<int>(i));
    if (uses(reg)) registers_[static_cast<size_t>(reg)] = layout_.Gather(i, round.blocks);
  }
  for (size_t i = 0; i < program_.let_types.size(); ++i) {
    const int reg = layout.let(static_cast<int>(i));
    if (uses(reg)) {
      registers_[static_cast<size_t>(reg)] = Column::Make(program_.let_types[i], size_);
    }
  }
  if (!round.sessions.empty()) LoadSessions(round, used);
}

void StateExecutor::LoadSessions(const Round& round, const std::vector<bool>& used) {
  const auto load = [&](int reg, DataType type, auto* kind, auto&& value_of) {
    using T = std::remove_pointer_t<decltype(kind)>;
    if (!used[static_cast<size_t>(reg)]) return;
    MutableColumnPtr column = Column::Make(std::move(type), size_);
    T* values = column->template mutable_data<T>();
    for (uint32_t i = 0; i < size_; ++i) values[i] = static_cast<T>(value_of(round.sessions[i]));
    registers_[static_cast<size_t>(reg)] = std::move(column);
  };
  const plan::RegisterLayout& layout = program_.registers;
  constexpr int64_t* kWide = nullptr;
  constexpr uint8_t* kFlag = nullptr;
  load(layout.session_start(), DataType::Timestamp(), kWide,
       [](const SessionMeta& session) { return session.start; });
  load(layout.session_last_event(), DataType::Timestamp(), kWide,
       [](const SessionMeta& session) { return session.last_event; });
  load(layout.session_count(), DataType::Int64(), kWide,
       [](const SessionMeta& session) { return session.count; });
  load(layout.session_closed(), DataType::Bool(), kFlag,
       [](const SessionMeta& session) { return session.closed; });
  load(layout.session_is_new(), DataType::Bool(), kFlag,
       [](const SessionMeta& session) { return session.is_new; });
}

Column& StateExecutor::Writable(int target) {
  ColumnPtr& reg = registers_[static_cast<size_t>(target)];
  // Another register or a result may share the column: an assignment must not reach it.
  if (reg.use_count() > 1) {
    MutableColumnPtr copy = Column::Make(reg->type(), size_);
    CopyRows(reg, RowSet::All(size_), *copy);
    copy->AddOwnersOf(*reg);
    reg = std::move(copy);
  }
  changed_[static_cast<size_t>(target)] = true;
  return const_cast<Column&>(*reg);
}

void StateExecutor::Assign(int target, const ColumnPtr& value, const RowSet& rows) {
  if (registers_[static_cast<size_t>(target)] == value) return;
  Column& reg = Writable(target);
  CopyRows(value, rows, reg);
}

void StateExecutor::Put(const CompiledStatement& statement, const RowSet& rows, RowErrors& errors) {
  const ColumnPtr keys = statement.key->Evaluate(Input(), rows, errors);
  const ColumnPtr values = statement.value->Evaluate(Input(), rows, errors);
  const RowIndices failed = errors.Rows();
  RowIndices good;
  SubtractRows(rows, failed, good);
  Column& map = Writable(statement.source->target);
  for (RowIndex row : good) {
    const Value old = map.ValueAt(row);
    Value::List entries = old.is_null() ? Value::List() : old.as_list();
    const Value key = keys->ValueAt(row);
    Value entry(map.type().element(), Value::List{key, values->ValueAt(row)});
    auto found = std::find_if(entries.begin(), entries.end(), [&](const Value& known) {
      return known.as_list()[0].payload() == key.payload();
    });
    if (found == entries.end()) {
      entries.push_back(std::move(entry));
    } else {
      *found = std::move(entry);
    }
    map.SetValue(row, Value(map.type(), std::move(entries)));
  }
}

void StateExecutor::RunStatement(const CompiledStatement& statement, const RowSet& rows,
                                 RowErrors& errors, Effects& effects) {
  using Kind = plan::Statement::Kind;
  const plan::Statement& source = *statement.source;
  switch (source.kind) {
    case Kind::kAssign:
      Assign(source.target, statement.value->Evaluate(Input(), rows, errors), rows);
      return;
    case Kind::kPut: Put(statement, rows, errors); return;
    case Kind::kIf: {
      RowIndices taken;
      statement.condition->Select(Input(), rows, errors, taken);
      RowIndices rest;
      SubtractRows(rows, taken, rest);
      RunBlock(*statement.then_block, RowSet::Of(taken), errors, effects);
      RunBlock(*statement.else_block, RowSet::Of(rest), errors, effects);
      return;
    }
    case Kind::kEmit: {
      Emitted& emitted = effects.emitted.emplace_back();
      emitted.port = source.port;
      for (const auto& expr : statement.row) {
        // Registers change under later statements: what is emitted is a copy.
        emitted.columns.push_back(DeepCopyRows(expr->Evaluate(Input(), rows, errors), rows));
      }
      SubtractRows(rows, {}, emitted.rows);
      return;
    }
    case Kind::kSetTimer: {
      const ColumnPtr times = statement.value->Evaluate(Input(), rows, errors);
      const ColumnView<Micros> view(*times);
      rows.ForEach([&](RowIndex row) {
        if (!view.IsNull(row)) effects.timers.push_back({row, source.timer, view[row]});
      });
      return;
    }
    case Kind::kCancelTimer:
      rows.ForEach([&](RowIndex row) {
        effects.timers.push_back({row, source.timer, std::nullopt});
      });
      return;
    case Kind::kClear:
      for (size_t timer = 0; timer < program_.timers.size(); ++timer) {
        rows.ForEach([&](RowIndex row) {
          effects.timers.push_back({row, static_cast<int>(timer), std::nullopt});
        });
      }
      for (size_t i = 0; i < program_.fields.size(); ++i) {
        Assign(program_.registers.state(static_cast<int>(i)),
               Column::Constant(program_.fields[i].initial, size_), rows);
      }
      return;
  }
}

void StateExecutor::RunBlock(const CompiledBlock& block, const RowSet& rows, RowErrors& errors,
                             Effects& effects) {
  RowSet remaining = rows;
  RowIndices good;
  size_t seen_errors = errors.errors().size();
  for (const CompiledStatement& statement : block.statements) {
    if (remaining.empty()) return;
    RunStatement(statement, remaining, errors, effects);
    if (errors.errors().size() == seen_errors) continue;
    // A row that failed runs no further statement.
    seen_errors = errors.errors().size();
    RowIndices kept;
    SubtractRows(remaining, errors.Rows(), kept);
    good = std::move(kept);
    remaining = RowSet::Of(good);
  }
}

void StateExecutor::StoreState(const Round& round, const RowIndices& failed) {
  RowIndices good;
  RowSet rows = RowSet::All(size_);
  if (!failed.empty()) {
    SubtractRows(rows, failed, good);
    rows = RowSet::Of(good);
  }
  StateLayout::TextWrites texts;
  for (size_t i = 0; i < program_.fields.size(); ++i) {
    const auto reg = static_cast<size_t>(program_.registers.state(static_cast<int>(i)));
    if (changed_[reg]) layout_.Scatter(i, *registers_[reg], rows, round.blocks, texts);
  }
  for (auto& [target, text] : texts) *target = std::move(text);
}

void StateExecutor::DropFailed(const RowIndices& failed, Effects& effects) {
  const auto has_failed = [&](RowIndex row) {
    return std::binary_search(failed.begin(), failed.end(), row);
  };
  for (Emitted& emitted : effects.emitted) std::erase_if(emitted.rows, has_failed);
  std::erase_if(effects.timers, [&](const TimerChange& change) { return has_failed(change.row); });
}

void StateExecutor::Run(const CompiledBlock& block, const Round& round, RowErrors& errors,
                        Effects& effects) {
  LoadRegisters(round, block.used);
  RunBlock(block, RowSet::All(size_), errors, effects);
  const RowIndices failed = errors.Rows();
  StoreState(round, failed);
  if (!failed.empty()) DropFailed(failed, effects);
  registers_.clear();
}

StateExecutor::Round StateExecutor::EventRound(const RecordBatch& batch, const RowIndices& rows,
                                               Micros now) const {
  Round round;
  round.size = static_cast<uint32_t>(rows.size());
  round.now = now;
  const bool whole = round.size == batch.capacity();
  round.events.resize(static_cast<size_t>(program_.registers.events));
  for (int column : event_columns_) {
    round.events[static_cast<size_t>(column)] =
        whole ? batch.column(column) : GatherRows(batch.column(column), rows);
  }
  if (reads_hidden_) round.hidden = whole ? batch.hidden() : GatherHiddenRows(batch.hidden(), rows);
  return round;
}

void StateExecutor::RunEvent(const Round& round, RowErrors& errors, Effects& effects) {
  Run(*on_event_, round, errors, effects);
}

void StateExecutor::RunTimer(int timer, const Round& round, RowErrors& errors, Effects& effects) {
  Run(*on_timer_[static_cast<size_t>(timer)], round, errors, effects);
}

void StateExecutor::RunClose(const Round& round, RowErrors& errors, Effects& effects) {
  Run(*on_close_, round, errors, effects);
}

std::vector<ColumnPtr> StateExecutor::Output(const Round& round, RowErrors& errors) {
  LoadRegisters(round, output_used_);
  std::vector<ColumnPtr> columns;
  for (const auto& expr : output_) {
    const size_t before = errors.errors().size();
    const ColumnPtr column = expr->Evaluate(Input(), RowSet::All(size_), errors);
    const bool failed = errors.errors().size() > before;
    // State registers, and strings that are views of blocks, change after this.
    if (column->is_constant() && !failed) {
      columns.push_back(column);
      continue;
    }
    MutableColumnPtr copy = DeepCopyRows(column, RowSet::All(size_));
    for (size_t i = before; i < errors.errors().size(); ++i) copy->SetNull(errors.errors()[i].row);
    columns.push_back(std::move(copy));
  }
  registers_.clear();
  return columns;
}

void StateExecutor::FillFailed(std::vector<ColumnPtr>& columns) {
  for (ColumnPtr& column : columns) {
    const bool failed = column->has_nulls() && !column->type().optional();
    if (failed) column = Column::Make(column->type(), column->length());
  }
}

}  // namespace weir
