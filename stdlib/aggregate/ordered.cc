// Aggregates whose result depends on an order of rows: first, last, collect, top_n.
#include <bit>
#include <optional>

#include "runtime/vector/column_gather.h"
#include "runtime/vector/key_field.h"
#include "stdlib/aggregate/aggregate_builder.h"
#include "stdlib/aggregate/aggregate_state.h"
#include "stdlib/aggregate/aggregates.h"
#include "stdlib/aggregate/ordered_list.h"

namespace weir {
namespace {

using Class = TypePattern::Class;
constexpr int64_t kMostValues = 100'000;

/// Reads the values of one column as key bytes.
class BytesReader {
 public:
  explicit BytesReader(const Column& column)
      : column_(column), field_(column.type().AsRequired()) {}
  std::string operator()(RowIndex row) const {
    std::string bytes(field_.SizeOf(column_, row), '\0');
    field_.Write(column_, row, bytes.data());
    return bytes;
  }

 private:
  const Column& column_;
  KeyField field_;
};

template <bool kLast>
struct EdgeState {
  bool has_value = false;
  RowPlace place;
  std::string bytes;

  void Offer(const RowPlace& other_place, std::string other) {
    if (has_value) {
      const auto order = other_place <=> place;
      const bool later = order > 0 || (order == 0 && other > bytes);
      if (later != kLast || (order == 0 && other == bytes)) return;
    }
    has_value = true;
    place = other_place;
    bytes = std::move(other);
  }
  /// Whether a row of this place can't win: saves reading its value.
  bool Beats(const RowPlace& other) const {
    return has_value && (kLast ? other < place : other > place);
  }
  void Merge(const EdgeState& other) {
    if (other.has_value) Offer(other.place, other.bytes);
  }
  void Save(std::string& out) const {
    PutRaw(static_cast<uint8_t>(has_value), out);
    if (!has_value) return;
    PutRaw(place.event_time, out);
    PutRaw(place.order, out);
    PutBytes(bytes, out);
  }
  bool Load(std::string_view& in) {
    uint8_t present = 0;
    std::string_view value;
    if (!TakeRaw(in, present)) return false;
    if (present == 0) return true;
    has_value = true;
    if (!TakeRaw(in, place.event_time) || !TakeRaw(in, place.order) || !TakeBytes(in, value)) {
      return false;
    }
    bytes = value;
    return true;
  }
};

template <bool kLast>
AggregateKernel EdgeKernel(std::span<const DataType>, const DataType&) {
  using State = EdgeState<kLast>;
  AggregateKernel kernel = KernelOf<State>();
  kernel.update = [](const AggregateContext& context, uint8_t* const* states,
                     std::span<const Column* const> arguments, const RowSet& rows) {
    const BytesReader read(*arguments[0]);
    ForEachValue<State>(states, *arguments[0], rows, [&](State& state, RowIndex row) {
      const RowPlace place = RowPlace::Of(context, row);
      if (!state.Beats(place)) state.Offer(place, read(row));
    });
  };
  kernel.finish = [](const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
    const DataType type = out.type().AsRequired();
    for (size_t i = 0; i < states.size(); ++i) {
      const auto& state = As<State>(states[i]);
      std::string_view bytes = state.bytes;
      out.SetValue(static_cast<RowIndex>(i),
                   state.has_value ? ReadKeyValue(type, bytes) : Value::Null(out.type()));
    }
  };
  return kernel;
}

/// A total order of the values of `column` as integers. NaN is above everything.
Int128 RankOf(const Column& column, RowIndex row) {
  switch (column.type().physical()) {
    case Physical::kUInt64: return ColumnView<uint64_t>(column)[row];
    case Physical::kInt128: return ColumnView<Int128>(column)[row];
    case Physical::kFloat64: {
      const auto bits = std::bit_cast<int64_t>(CanonicalFloat(ColumnView<double>(column)[row]));
      // Negative floats order the other way round.
      return bits < 0 ? static_cast<int64_t>(~static_cast<uint64_t>(bits) | (uint64_t{1} << 63))
                      : bits;
    }
    default: return ColumnView<int64_t>(column)[row];
  }
}

void AddRows(const AggregateContext& context, uint8_t* const* states, const Column& values,
             const Column* ranks, const RowSet& rows) {
  const BytesReader read(values);
  ForEachValue<OrderedList>(states, values, rows, [&](OrderedList& state, RowIndex row) {
    if (ranks != nullptr && ranks->IsNull(row)) return;
    const Int128 rank = ranks == nullptr ? 0 : RankOf(*ranks, row);
    const RowPlace place = RowPlace::Of(context, row);
    if (state.HasRoomFor(rank, place)) state.Add({rank, place, read(row)});
  });
}

void FinishLists(const AggregateContext&, std::span<uint8_t* const> states, Column& out) {
  const DataType element = out.type().element();
  ColumnGather elements(element, /*copy_strings=*/false);
  auto* entries = out.mutable_data<ListEntry>();
  for (size_t i = 0; i < states.size(); ++i) {
    const auto& state = As<OrderedList>(states[i]);
    const uint32_t offset = elements.size();
    for (const PlacedValue& value : state.values) {
      std::string_view bytes = value.bytes;
      elements.AppendValue(ReadKeyValue(element.AsRequired(), bytes).WithType(element));
    }
    entries[i] = {offset, elements.size() - offset};
  }
  out.set_child(0, Column::Flatten(elements.Finish()));
}

AggregateKernel ListKernel(std::span<const DataType> arguments, const DataType&) {
  AggregateKernel kernel = KernelOf<OrderedList>();
  kernel.init = [](uint8_t* state, const AggregateContext& context) {
    auto* list = new (state) OrderedList();
    list->limit = static_cast<size_t>(*static_cast<const int64_t*>(context.bound));
  };
  if (arguments.size() == 1) {
    kernel.update = [](const AggregateContext& context, uint8_t* const* states,
                       std::span<const Column* const> columns, const RowSet& rows) {
      AddRows(context, states, *columns[0], nullptr, rows);
    };
  } else {
    kernel.update = [](const AggregateContext& context, uint8_t* const* states,
                       std::span<const Column* const> columns, const RowSet& rows) {
      AddRows(context, states, *columns[0], columns[1], rows);
    };
  }
  kernel.finish = &FinishLists;
  return kernel;
}

Result<std::shared_ptr<const void>> BindLimit(std::span<const Value* const> constants) {
  const Value* limit = constants[1];
  if (limit == nullptr || limit->is_null() || limit->as_int64() < 1 ||
      limit->as_int64() > kMostValues) {
    return InvalidArgumentError("the number of values to keep is from 1 to {}", kMostValues);
  }
  return std::shared_ptr<const void>(std::make_shared<int64_t>(limit->as_int64()));
}

DataType ListOfArgument(std::span<const DataType> arguments, std::span<const Value* const>) {
  return DataType::List(arguments[0].AsRequired());
}

ParamDef AnyValue() { return Param("value", TypePattern::Any(), "a value of any type"); }

AggregateBuilder TopN() {
  AggregateBuilder builder("top_n",
                           "The `n` values with the greatest `by`, the greatest first; of equal "
                           "ones the earlier. Nulls are left out.");
  const auto take = [&](TypePattern by) {
    builder.Takes(
        {AnyValue(), ConstantParam(Param("n", DataType::Int64(), "how many values to keep")),
         NamedOnly(Param("by", std::move(by), "what to order by"))},
        ListOfArgument, &ListKernel, &BindLimit);
  };
  // One scale orders all of a column: a decimal's own.
  take(TypePattern::Any(Class::kNumeric));
  for (TypeKind kind : {TypeKind::kTimestamp, TypeKind::kDate, TypeKind::kDuration}) {
    take(TypePattern::Exact(DataType::Of(kind)));
  }
  builder.Example("top_n([\"a\", \"b\", \"c\"], 2, by: [1, 3, 2])", "[\"b\", \"c\"]");
  return builder;
}

}  // namespace

std::vector<AggregateDef> OrderedAggregates() {
  return {AggregateBuilder("first",
                           "The value of the earliest row by event time (then by position in its "
                           "partition), whenever it arrives; null of none.")
              .EmptyIsNull()
              .Takes({AnyValue()}, ReturnsArgument(0), &EdgeKernel<false>)
              .Example("first([\"a\", \"b\"])", "\"a\"")
              .Example("first([null, \"b\"])", "\"b\""),
          AggregateBuilder("last",
                           "The value of the latest row by event time (then by position in its "
                           "partition), whenever it arrives; null of none.")
              .EmptyIsNull()
              .Takes({AnyValue()}, ReturnsArgument(0), &EdgeKernel<true>)
              .Example("last([\"a\", \"b\"])", "\"b\""),
          AggregateBuilder("collect",
                           "The values as a list in the order of event time, at most `limit`: the "
                           "earliest ones. Nulls are left out.")
              .Takes({AnyValue(), NamedOnly(ConstantParam(WithDefault(
                                      Param("limit", DataType::Int64(), "how many values to keep"),
                                      Value::Int64(1000))))},
                     ListOfArgument, &ListKernel, &BindLimit)
              .Example("collect([3, null, 1])", "[3, 1]")
              .Example("collect([3, 2, 1], limit: 2)", "[3, 2]"),
          TopN()};
}

}  // namespace weir
