// least, greatest and clamp: over any type that has an order.
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/math/math_functions.h"

namespace weir {
namespace {

/// Calls `body` with a value of the C++ type that holds the column's values.
template <typename Body>
void WithPhysical(const DataType& type, Body&& body) {
  switch (type.physical()) {
    case Physical::kBool: body(uint8_t{}); return;
    case Physical::kInt64: body(int64_t{}); return;
    case Physical::kUInt64: body(uint64_t{}); return;
    case Physical::kFloat64: body(double{}); return;
    case Physical::kInt128: body(Int128{}); return;
    case Physical::kFixed16: body(Fixed16{}); return;
    case Physical::kString: body(std::string_view{}); return;
    case Physical::kCode: body(uint16_t{}); return;
    case Physical::kList:
    case Physical::kStruct:
    case Physical::kNone: return;
  }
}

/// `kGreatest` or the least of all arguments; ties keep the first.
template <bool kGreatest>
void Extreme(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
             Column& out) {
  for (const Column* argument : arguments) out.AddOwnersOf(*argument);
  WithPhysical(out.type(), [&]<typename T>(T) {
    T* values = out.mutable_data<T>();
    for (size_t i = 0; i < arguments.size(); ++i) {
      const ColumnView<T> view(*arguments[i]);
      rows.ForEach([&](RowIndex row) {
        const bool better =
            i == 0 || (kGreatest ? values[row] < view[row] : view[row] < values[row]);
        if (better) values[row] = view[row];
      });
    }
  });
}

void Clamp(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
           Column& out) {
  for (const Column* argument : arguments) out.AddOwnersOf(*argument);
  WithPhysical(out.type(), [&]<typename T>(T) {
    T* values = out.mutable_data<T>();
    const ColumnView<T> view(*arguments[0]), low(*arguments[1]), high(*arguments[2]);
    rows.ForEach([&](RowIndex row) {
      const T& value = view[row];
      values[row] = value < low[row] ? low[row] : high[row] < value ? high[row] : value;
    });
  });
}

std::vector<ParamDef> Several() {
  return {Param("first", TypePattern::Any(), "a value of a type with an order"),
          Variadic(Param("other", TypePattern::SameAs(0), "a value of the same type"))};
}

}  // namespace

std::vector<FunctionDef> ExtremeFunctions() {
  std::vector<FunctionDef> list;
  list.push_back(FunctionBuilder("least", "math", "The least of the values; null if one is null.")
                     .Takes(Several(), ReturnsArgument(0), &Extreme<false>)
                     .Example("least(3, 1, 2)", "1")
                     .Example("least(\"pear\", \"apple\")", "\"apple\""));
  list.push_back(
      FunctionBuilder("greatest", "math", "The greatest of the values; null if one is null.")
          .Takes(Several(), ReturnsArgument(0), &Extreme<true>)
          .Example("greatest(3, 1, 2)", "3")
          .Example("greatest(5m, 1h)", "1h"));
  list.push_back(FunctionBuilder("clamp", "math",
                                 "The value, or the bound that it is beyond: never below `low`, "
                                 "never above `high`.")
                     .Takes({Param("value", TypePattern::Any(), "a value of a type with an order"),
                             Param("low", TypePattern::SameAs(0), "the least result"),
                             Param("high", TypePattern::SameAs(0), "the greatest result")},
                            ReturnsArgument(0), &Clamp)
                     .Example("clamp(15, 0, 10)", "10")
                     .Example("clamp(0.5, 1.0, 2.0)", "1.0"));
  return list;
}

}  // namespace weir
