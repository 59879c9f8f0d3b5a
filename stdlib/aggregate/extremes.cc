// min and max over every type that has an order; texts by bytes, enums as declared.
#include <optional>

#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"

namespace weir {
namespace {

template <typename T>
bool Less(const T& a, const T& b) {
  return a < b;
}
/// NaN is above all numbers, so that every order of rows gives the same.
bool Less(double a, double b) { return a < b || (b != b && a == a); }

template <typename T, bool kMax>
struct FixedExtreme {
  T value{};
  bool has_value = false;

  void Offer(const T& other) {
    const bool better = kMax ? Less(value, other) : Less(other, value);
    if (has_value && !better) return;
    value = other;
    has_value = true;
  }
  void Merge(const FixedExtreme& other) {
    if (other.has_value) Offer(other.value);
  }
  void Save(std::string& out) const {
    PutRaw(static_cast<uint8_t>(has_value), out);
    if (has_value) PutRaw(value, out);
  }
  bool Load(std::string_view& in) {
    uint8_t present = 0;
    if (!TakeRaw(in, present)) return false;
    has_value = present != 0;
    return !has_value || TakeRaw(in, value);
  }
  void Put(Column& out, RowIndex row) const { out.mutable_data<T>()[row] = value; }
};

template <bool kMax>
struct TextExtreme {
  std::string value;
  bool has_value = false;

  void Offer(std::string_view other) {
    const bool better = kMax ? std::string_view(value) < other : other < std::string_view(value);
    if (has_value && !better) return;
    value = other;
    has_value = true;
  }
  void Merge(const TextExtreme& other) {
    if (other.has_value) Offer(other.value);
  }
  void Save(std::string& out) const {
    PutRaw(static_cast<uint8_t>(has_value), out);
    if (has_value) PutBytes(value, out);
  }
  bool Load(std::string_view& in) {
    uint8_t present = 0;
    std::string_view bytes;
    if (!TakeRaw(in, present)) return false;
    has_value = present != 0;
    if (has_value && !TakeBytes(in, bytes)) return false;
    value = bytes;
    return true;
  }
  void Put(Column& out, RowIndex row) const {
    out.mutable_data<std::string_view>()[row] = out.arena().Copy(value);
  }
};

/// `T`: how the column holds its values.
template <typename T, typename State>
AggregateKernel ExtremeOf() {
  AggregateKernel kernel = KernelOf<State>();
  kernel.update = [](const AggregateContext&, uint8_t* const* states,
                     std::span<const Column* const> arguments, const RowSet& rows) {
    const ColumnView<T> values(*arguments[0]);
    ForEachValue<State>(states, *arguments[0], rows,
                        [&](State& state, RowIndex row) { state.Offer(values[row]); });
  };
  kernel.finish = [](const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = As<State>(states[i]);
      const auto row = static_cast<RowIndex>(i);
      if (state.has_value) {
        state.Put(out, row);
      } else {
        out.SetNull(row);
      }
    }
  };
  return kernel;
}

template <bool kMax>
AggregateKernel ExtremeKernel(std::span<const DataType> arguments, const DataType&) {
  switch (arguments[0].physical()) {
    case Physical::kBool: return ExtremeOf<uint8_t, FixedExtreme<uint8_t, kMax>>();
    case Physical::kUInt64: return ExtremeOf<uint64_t, FixedExtreme<uint64_t, kMax>>();
    case Physical::kFloat64: return ExtremeOf<double, FixedExtreme<double, kMax>>();
    case Physical::kInt128: return ExtremeOf<Int128, FixedExtreme<Int128, kMax>>();
    case Physical::kFixed16: return ExtremeOf<Fixed16, FixedExtreme<Fixed16, kMax>>();
    case Physical::kCode: return ExtremeOf<uint16_t, FixedExtreme<uint16_t, kMax>>();
    case Physical::kString: return ExtremeOf<std::string_view, TextExtreme<kMax>>();
    default: return ExtremeOf<int64_t, FixedExtreme<int64_t, kMax>>();
  }
}

AggregateBuilder Over(AggregateBuilder builder, KernelChoice kernel) {
  const auto take = [&](TypePattern type) {
    builder.Takes({Param("value", std::move(type), "a value of a type with an order")},
                  ReturnsArgument(0), kernel);
  };
  using Class = TypePattern::Class;
  take(TypePattern::Any(Class::kNumeric));
  for (TypeKind kind :
       {TypeKind::kTimestamp, TypeKind::kDate, TypeKind::kDuration, TypeKind::kString,
        TypeKind::kUuid, TypeKind::kIpv4, TypeKind::kIpv6, TypeKind::kBool}) {
    take(TypePattern::Exact(DataType::Of(kind)));
  }
  take(TypePattern::Any(Class::kEnum));
  return builder;
}

}  // namespace

std::vector<AggregateDef> ExtremeAggregates() {
  return {Over(AggregateBuilder("min",
                                "The least value, null of none; texts by their bytes, enums "
                                "in the order of their declaration.")
                   .EmptyIsNull()
                   .Example("min([3, 1, 2])", "1")
                   .Example("min([\"pear\", \"apple\"])", "\"apple\""),
               &ExtremeKernel<false>),
          Over(AggregateBuilder("max",
                                "The greatest value, null of none; texts by their bytes, "
                                "enums in the order of their declaration.")
                   .EmptyIsNull()
                   .Example("max([3, 1, 2])", "3")
                   .Example("max([1.5, null, 2.5])", "2.5"),
               &ExtremeKernel<true>)};
}

}  // namespace weir
