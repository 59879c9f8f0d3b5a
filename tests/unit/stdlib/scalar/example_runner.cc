#include "tests/unit/stdlib/scalar/example_runner.h"

#include "compiler/syntax/parse.h"
#include "runtime/eval/evaluator.h"
#include "stdlib/aggregate/all_aggregates.h"
#include "stdlib/scalar/all_functions.h"

namespace weir {

using semantic::Catalog;
using semantic::ExprBinder;
using semantic::Scope;

/// What one expression is checked with; messages of one example must not reach the next.
struct ExampleRunner::Fresh {
  explicit Fresh(const FunctionRegistry& functions) {
    options.functions = &functions;
    file = ParseFile(sources.Add("empty.flow", "pipeline examples\n"), diagnostics);
    Result<std::unique_ptr<Catalog>> built = Catalog::Build(*file, sources, options, diagnostics);
    if (built.ok()) catalog = *std::move(built);
  }

  ast::ExprPtr Parse(const std::string& text) {
    const SourceFile& source = sources.Add("example.flow", text);
    return ParseExpression(source, source.Whole(), diagnostics);
  }

  SourceManager sources;
  DiagnosticEngine diagnostics;
  semantic::CompileOptions options;
  std::unique_ptr<ast::File> file;
  std::unique_ptr<Catalog> catalog;
};

namespace {

constexpr Micros kNow = 1'780'000'000'000'000;

/// Values of `expr` over rows 0 … capacity; null after an error.
ColumnPtr Run(const plan::ExprPtr& expr, const std::vector<ColumnPtr>& columns, uint32_t capacity,
              std::string& error) {
  Result<std::unique_ptr<Evaluator>> evaluator = Evaluator::Compile(expr);
  if (!evaluator.ok()) {
    error = evaluator.status().message();
    return nullptr;
  }
  EvalInput input;
  input.columns = columns.data();
  input.num_columns = columns.size();
  input.capacity = capacity;
  input.now = kNow;
  RowErrors errors;
  ColumnPtr column = (*evaluator)->Evaluate(input, RowSet::All(capacity), errors);
  if (errors.empty()) return column;
  error = errors.errors().front().message;
  return nullptr;
}

/// An accumulator in memory of its own.
class OneState {
 public:
  OneState(const AggregateKernel& kernel, const AggregateContext& context)
      : kernel_(kernel), bytes_(new(std::align_val_t{16}) uint8_t[kernel.state_size]) {
    kernel_.init(bytes_, context);
  }
  ~OneState() {
    if (kernel_.destroy != nullptr) kernel_.destroy(bytes_);
    operator delete[](bytes_, std::align_val_t{16});
  }
  OneState(const OneState&) = delete;
  OneState& operator=(const OneState&) = delete;
  uint8_t* bytes() { return bytes_; }

 private:
  const AggregateKernel& kernel_;
  uint8_t* bytes_;
};

}  // namespace

ExampleRunner::ExampleRunner() {
  RegisterScalarFunctions(functions_);
  RegisterAggregates(functions_);
}

ExampleRunner::Outcome ExampleRunner::Failure(const DiagnosticEngine& diagnostics) {
  Outcome outcome;
  for (const Diagnostic& diagnostic : diagnostics.diagnostics()) {
    outcome.error += diagnostic.message + "; " + diagnostic.label + "; ";
    for (const auto& label : diagnostic.labels) outcome.error += label.text + "; ";
    for (const std::string& note : diagnostic.notes) outcome.error += note + "; ";
  }
  if (outcome.error.empty()) outcome.error = "no expression";
  return outcome;
}

ExampleRunner::Outcome ExampleRunner::Evaluate(const std::string& expression,
                                               const std::optional<DataType>& expected) {
  Fresh fresh(functions_);
  if (fresh.catalog == nullptr) return Failure(fresh.diagnostics);
  const ast::ExprPtr parsed = fresh.Parse(expression);
  if (parsed == nullptr) return Failure(fresh.diagnostics);
  const plan::ExprPtr expr = ExprBinder(*fresh.catalog).Bind(*parsed, Scope(), expected);
  if (semantic::IsError(expr)) return Failure(fresh.diagnostics);
  Outcome outcome;
  const ColumnPtr column = Run(expr, {}, 1, outcome.error);
  if (column != nullptr) outcome.value = column->ValueAt(0).WithType(expr->type);
  return outcome;
}

ExampleRunner::Outcome ExampleRunner::Aggregate(const std::string& expression) {
  Fresh fresh(functions_);
  if (fresh.catalog == nullptr) return Failure(fresh.diagnostics);
  ast::ExprPtr parsed = fresh.Parse(expression);
  if (parsed == nullptr || parsed->kind != ast::ExprKind::kCall) return Failure(fresh.diagnostics);
  auto& call = static_cast<ast::CallExpr&>(*parsed);
  ExprBinder binder(*fresh.catalog);
  Outcome outcome;
  Scope scope;
  std::vector<ColumnPtr> columns;
  for (ast::CallArg& arg : call.args.args) {
    if (arg.value->kind != ast::ExprKind::kList) continue;
    const plan::ExprPtr list = binder.Bind(*arg.value, Scope());
    if (semantic::IsError(list)) return Failure(fresh.diagnostics);
    const ColumnPtr made = Run(list, {}, 1, outcome.error);
    if (made == nullptr) return outcome;
    const int index = static_cast<int>(columns.size());
    columns.push_back(Column::Flatten(made->child(0)));
    semantic::ScopeColumn column;
    column.name = "column_" + std::to_string(index);
    column.type = list->type.element();
    column.index = index;
    scope.AddColumn(column);
    auto name = std::make_unique<ast::NameExpr>();
    name->name.text = column.name;
    name->span = arg.value->span;
    arg.value = std::move(name);
  }
  const plan::AggregateCall bound = binder.BindAggregate(*parsed, scope);
  if (bound.overload == nullptr || bound.type.is_error()) return Failure(fresh.diagnostics);
  return Accumulate(bound, columns);
}

ExampleRunner::Outcome ExampleRunner::Accumulate(const plan::AggregateCall& call,
                                                 const std::vector<ColumnPtr>& columns) {
  Outcome outcome;
  const uint32_t count = columns.empty() ? 0 : columns[0]->length();
  std::vector<DataType> types;
  std::vector<ColumnPtr> owned;
  std::vector<const Column*> arguments;
  for (const plan::ExprPtr& argument : call.arguments) {
    types.push_back(argument->type);
    owned.push_back(Run(argument, columns, count, outcome.error));
    if (owned.back() == nullptr) return outcome;
    arguments.push_back(owned.back().get());
  }
  std::vector<const Value*> constants;
  for (const auto& constant : call.constants) constants.push_back(constant ? &*constant : nullptr);
  std::shared_ptr<const void> bound;
  if (call.overload->bind != nullptr) bound = *call.overload->bind(constants);
  const AggregateKernel kernel = call.overload->kernel(types, call.type);
  MutableColumnPtr times = Column::Make(DataType::Timestamp(), count);
  for (RowIndex row = 0; row < count; ++row) times->mutable_data<int64_t>()[row] = row;
  RowErrors errors;
  AggregateContext context;
  context.bound = bound.get();
  context.event_time = times.get();
  context.errors = &errors;

  // Odd rows apart from even ones, so that merging has something to put in order.
  OneState even(kernel, context), odd(kernel, context), restored(kernel, context);
  std::vector<uint8_t*> states(count);
  for (RowIndex row = 0; row < count; ++row) states[row] = (row % 2 ? odd : even).bytes();
  kernel.update(context, states.data(), arguments, RowSet::All(count));
  kernel.merge(context, even.bytes(), odd.bytes());
  std::string saved;
  kernel.serialize(even.bytes(), saved);
  std::string_view in = saved;
  const Status read = kernel.deserialize(in, restored.bytes());
  if (!read.ok() || !in.empty()) {
    outcome.error = "the saved form does not read back: " + read.ToString();
    return outcome;
  }
  if (!errors.empty()) {
    outcome.error = errors.errors().front().message;
    return outcome;
  }
  MutableColumnPtr out = Column::Make(call.type, 1);
  uint8_t* const final_state = restored.bytes();
  kernel.finish(context, {&final_state, 1}, *out);
  outcome.value = out->ValueAt(0);
  return outcome;
}

}  // namespace weir
