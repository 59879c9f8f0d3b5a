#include "tests/unit/stdlib/aggregate/aggregate_harness.h"

#include <algorithm>
#include <new>

#include "runtime/base/check.h"

namespace weir {
namespace {

const FunctionRegistry& Aggregates() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry();
    RegisterAggregates(*made);
    return made;
  }();
  return *registry;
}

}  // namespace

AggregateHarness::AggregateHarness(const std::string& name, size_t overload,
                                   std::vector<DataType> arguments,
                                   std::vector<const Value*> constants) {
  const AggregateDef* def = Aggregates().FindAggregate(name);
  WEIR_CHECK(def != nullptr && overload < def->overloads.size(), "no aggregate {}", name);
  const AggregateOverload& chosen = def->overloads[overload];
  constants.resize(chosen.params.size());
  std::vector<DataType> columns;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (constants[i] == nullptr) columns.push_back(arguments[i]);
  }
  result_ = chosen.result(arguments, constants);
  if (def->empty_is_null) result_ = result_.AsOptional();
  kernel_ = chosen.kernel(columns, result_);
  if (chosen.bind != nullptr) bound_ = *chosen.bind(constants);
}

AggregateContext AggregateHarness::Context() const {
  AggregateContext context;
  context.bound = bound_.get();
  return context;
}

AggregateHarness::State::State(const AggregateHarness& harness) : harness_(harness) {
  bytes_ = new (std::align_val_t{16}) uint8_t[harness.kernel().state_size];
  harness.kernel().init(bytes_, harness.Context());
}

AggregateHarness::State::~State() {
  if (harness_.kernel().destroy != nullptr) harness_.kernel().destroy(bytes_);
  operator delete[](bytes_, std::align_val_t{16});
}

void AggregateHarness::Update(State& state, const std::vector<ColumnPtr>& columns,
                              const RowSet& rows, const Column* times, const Column* order) {
  std::vector<const Column*> arguments;
  uint32_t length = 0;
  for (const ColumnPtr& column : columns) {
    arguments.push_back(column.get());
    length = column->length();
  }
  std::vector<uint8_t*> states(std::max(length, rows.count()), state.bytes());
  AggregateContext context = Context();
  context.event_time = times;
  context.order = order;
  context.errors = &errors_;
  kernel_.update(context, states.data(), arguments, rows);
}

void AggregateHarness::Merge(State& target, const State& source) const {
  kernel_.merge(Context(), target.bytes(), source.bytes());
}

std::string AggregateHarness::Save(const State& state) const {
  std::string out;
  kernel_.serialize(state.bytes(), out);
  return out;
}

Status AggregateHarness::Load(std::string_view bytes, State& state) const {
  WEIR_TRY(kernel_.deserialize(bytes, state.bytes()));
  return bytes.empty() ? Status::Ok() : DataLossError("{} bytes are left", bytes.size());
}

Value AggregateHarness::Finish(const State& state) {
  MutableColumnPtr out = Column::Make(result_, 1);
  uint8_t* const bytes = state.bytes();
  AggregateContext context = Context();
  context.errors = &errors_;
  kernel_.finish(context, {&bytes, 1}, *out);
  return out->ValueAt(0);
}

ColumnPtr ColumnOf(DataType type, const std::vector<Value>& values) {
  MutableColumnPtr column = Column::Make(std::move(type), static_cast<uint32_t>(values.size()));
  for (size_t i = 0; i < values.size(); ++i) column->SetValue(static_cast<RowIndex>(i), values[i]);
  return column;
}

ColumnPtr IntColumn(const std::vector<int64_t>& values, DataType type) {
  MutableColumnPtr column = Column::Make(std::move(type), static_cast<uint32_t>(values.size()));
  std::copy(values.begin(), values.end(), column->mutable_data<int64_t>());
  return column;
}

ColumnPtr FloatColumn(const std::vector<double>& values) {
  MutableColumnPtr column = Column::Make(DataType::Float64(), static_cast<uint32_t>(values.size()));
  std::copy(values.begin(), values.end(), column->mutable_data<double>());
  return column;
}

ColumnPtr TextColumn(const std::vector<std::string>& values) {
  std::vector<Value> texts;
  for (const std::string& text : values) texts.push_back(Value::String(text));
  return ColumnOf(DataType::String(), texts);
}

}  // namespace weir
