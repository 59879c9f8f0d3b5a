#pragma once

#include <cstring>
#include <set>
#include <string>

#include "compiler/plan/aggregate_node.h"
#include "stdlib/api/aggregate_def.h"

namespace weir {

/// `values(x)`: all int64 values in order as text, so that a test sees which rows were counted.
/// Owns memory, so that a lost or doubled `destroy` shows under the sanitizer.
inline const AggregateDef& ValuesAggregate() {
  using Values = std::multiset<int64_t>;
  static const auto of = [](const uint8_t* state) -> Values& {
    Values* values = nullptr;
    std::memcpy(&values, state, sizeof(values));
    return *values;
  };
  static const AggregateDef* def = [] {
    auto* made = new AggregateDef();
    made->name = "values";
    AggregateOverload overload;
    overload.result = [](std::span<const DataType>, std::span<const Value* const>) {
      return DataType::String();
    };
    overload.kernel = [](std::span<const DataType>, const DataType&) {
      AggregateKernel kernel;
      kernel.state_size = sizeof(Values*);
      kernel.init = [](uint8_t* state, const AggregateContext&) {
        auto* values = new Values();
        std::memcpy(state, &values, sizeof(values));
      };
      kernel.update = [](const AggregateContext&, uint8_t* const* states,
                         std::span<const Column* const> arguments, const RowSet& rows) {
        const ColumnView<int64_t> view(*arguments[0]);
        rows.ForEach([&](RowIndex row) { of(states[row]).insert(view[row]); });
      };
      kernel.merge = [](const AggregateContext&, uint8_t* target, const uint8_t* source) {
        of(target).insert(of(source).begin(), of(source).end());
      };
      kernel.finish = [](const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
        for (size_t i = 0; i < states.size(); ++i) {
          std::string text;
          for (int64_t value : of(states[i])) text += std::to_string(value) + ",";
          out.SetValue(static_cast<RowIndex>(i), Value::String(text));
        }
      };
      kernel.destroy = [](uint8_t* state) { delete &of(state); };
      kernel.serialize = [](const uint8_t* state, std::string& out) {
        const auto size = static_cast<int64_t>(of(state).size());
        out.append(reinterpret_cast<const char*>(&size), sizeof(size));
        for (int64_t value : of(state)) {
          out.append(reinterpret_cast<const char*>(&value), sizeof(value));
        }
      };
      kernel.deserialize = [](std::string_view& in, uint8_t* state) -> Status {
        int64_t size = 0;
        std::memcpy(&size, in.data(), sizeof(size));
        in.remove_prefix(sizeof(size));
        for (int64_t i = 0; i < size; ++i) {
          int64_t value = 0;
          std::memcpy(&value, in.data(), sizeof(value));
          in.remove_prefix(sizeof(value));
          of(state).insert(value);
        }
        return Status::Ok();
      };
      return kernel;
    };
    made->overloads.push_back(std::move(overload));
    return made;
  }();
  return *def;
}

inline plan::AggregateCall ValuesOf(plan::ExprPtr argument, plan::ExprPtr filter = nullptr) {
  plan::AggregateCall call;
  call.name = "values";
  call.function = &ValuesAggregate();
  call.overload = &call.function->overloads[0];
  call.arguments = {std::move(argument)};
  call.filter = std::move(filter);
  call.type = DataType::String();
  return call;
}

}  // namespace weir
