#include "stdlib/scalar/list/list_functions.h"

#include <algorithm>
#include <string>

#include "runtime/vector/column_gather.h"
#include "runtime/vector/key_field.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/string/utf8.h"

namespace weir {
namespace {

using Class = TypePattern::Class;

int64_t LengthOfText(std::string_view text) { return CountCodePoints(text); }
int64_t LengthOfBytes(std::string_view bytes) { return static_cast<int64_t>(bytes.size()); }
int64_t LengthOfList(ListArg list) { return list.entry.length; }

DataType ElementOrNull(std::span<const DataType> arguments, std::span<const Value* const>) {
  return arguments[0].element().AsOptional();
}

template <bool kLast>
void EdgeOf(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
            Column& out) {
  const kernel::Reader<ListArg> lists(*arguments[0]);
  rows.ForEach([&](RowIndex row) {
    const ListArg list = lists[row];
    if (list.entry.length == 0) {
      out.SetNull(row);
      return;
    }
    const uint32_t at = list.entry.offset + (kLast ? list.entry.length - 1 : 0);
    out.SetValue(row, list.elements->ValueAt(at));
  });
}

/// Shares the elements: only the entries are new.
void Slice(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
           Column& out) {
  const kernel::Reader<ListArg> lists(*arguments[0]);
  const kernel::Reader<int64_t> starts(*arguments[1]), counts(*arguments[2]);
  auto* entries = out.mutable_data<ListEntry>();
  rows.ForEach([&](RowIndex row) {
    const ListEntry entry = lists[row].entry;
    int64_t start = starts[row];
    if (start < 0) start = std::max<int64_t>(start + entry.length, 0);
    start = std::min<int64_t>(start, entry.length);
    const int64_t count = std::clamp<int64_t>(counts[row], 0, entry.length - start);
    entries[row] = {entry.offset + static_cast<uint32_t>(start), static_cast<uint32_t>(count)};
  });
  out.set_child(0, arguments[0]->child(0));
}

/// Writes to each row the elements that `arrange` leaves of its own, in the order it gives them.
template <typename Arrange>
void Rearrange(const Column& argument, const RowSet& rows, Column& out, Arrange&& arrange) {
  const kernel::Reader<ListArg> lists(argument);
  auto* entries = out.mutable_data<ListEntry>();
  RowIndices order;
  RowIndices all;
  rows.ForEach([&](RowIndex row) {
    const ListEntry entry = lists[row].entry;
    order.clear();
    for (uint32_t i = 0; i < entry.length; ++i) order.push_back(entry.offset + i);
    arrange(order);
    entries[row] = {static_cast<uint32_t>(all.size()), static_cast<uint32_t>(order.size())};
    all.insert(all.end(), order.begin(), order.end());
  });
  ColumnGather elements(out.type().element(), /*copy_strings=*/false);
  elements.Append(argument.child(0).get(), RowSet::Of(all));
  out.set_child(0, Column::Flatten(elements.Finish()));
}

std::string KeyOf(const KeyField& field, const Column& column, RowIndex row) {
  std::string bytes(field.SizeOf(column, row), '\0');
  field.Write(column, row, bytes.data());
  return bytes;
}

void Distinct(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
              Column& out) {
  const Column& elements = *arguments[0]->child(0);
  const KeyField field(elements.type());
  std::vector<std::string> seen;
  Rearrange(*arguments[0], rows, out, [&](RowIndices& order) {
    seen.clear();
    std::erase_if(order, [&](RowIndex element) {
      std::string key = KeyOf(field, elements, element);
      const auto at = std::lower_bound(seen.begin(), seen.end(), key);
      if (at != seen.end() && *at == key) return true;
      seen.insert(at, std::move(key));
      return false;
    });
  });
}

/// Nulls last; types without an order of their own go by their key bytes.
template <typename T>
void SortBy(const Column& elements, RowIndices& order) {
  const ColumnView<T> values(elements);
  std::stable_sort(order.begin(), order.end(), [&](RowIndex a, RowIndex b) {
    if (values.IsNull(a) || values.IsNull(b)) return values.IsNull(b) && !values.IsNull(a);
    return values[a] < values[b];
  });
}

/// NaN above all numbers: sorting needs a strict weak order.
void SortFloats(const Column& elements, RowIndices& order) {
  const ColumnView<double> values(elements);
  std::stable_sort(order.begin(), order.end(), [&](RowIndex a, RowIndex b) {
    if (values.IsNull(a) || values.IsNull(b)) return values.IsNull(b) && !values.IsNull(a);
    const double x = values[a], y = values[b];
    return x < y || (y != y && x == x);
  });
}

void SortByKeys(const Column& elements, RowIndices& order) {
  const KeyField field(elements.type());
  std::stable_sort(order.begin(), order.end(), [&](RowIndex a, RowIndex b) {
    if (elements.IsNull(a) || elements.IsNull(b)) return elements.IsNull(b) && !elements.IsNull(a);
    return KeyOf(field, elements, a) < KeyOf(field, elements, b);
  });
}

void SortElements(const Column& elements, RowIndices& order) {
  switch (elements.type().physical()) {
    case Physical::kBool: SortBy<uint8_t>(elements, order); return;
    case Physical::kInt64: SortBy<int64_t>(elements, order); return;
    case Physical::kUInt64: SortBy<uint64_t>(elements, order); return;
    case Physical::kFloat64: SortFloats(elements, order); return;
    case Physical::kInt128: SortBy<Int128>(elements, order); return;
    case Physical::kFixed16: SortBy<Fixed16>(elements, order); return;
    case Physical::kString: SortBy<std::string_view>(elements, order); return;
    case Physical::kCode: SortBy<uint16_t>(elements, order); return;
    case Physical::kList:
    case Physical::kStruct: SortByKeys(elements, order); return;
    case Physical::kNone: return;
  }
}

void Sort(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
          Column& out) {
  const Column& elements = *arguments[0]->child(0);
  Rearrange(*arguments[0], rows, out, [&](RowIndices& order) { SortElements(elements, order); });
}

ParamDef ListParam() { return Param("list", TypePattern::Any(Class::kList), "a list"); }

}  // namespace

const std::vector<FunctionDef>& ListFunctions() {
  static const std::vector<FunctionDef> functions = {
      FunctionBuilder("length", "list",
                      "Characters (code points) of a text, bytes of bytes, elements of a list or "
                      "map.")
          .Takes({Param("text", DataType::String(), "a text")}, DataType::Int64(),
                 &RowKernel<LengthOfText>)
          .Takes({Param("bytes", DataType::Bytes(), "bytes")}, DataType::Int64(),
                 &RowKernel<LengthOfBytes>)
          .Takes({Param("list", TypePattern::Any(Class::kList), "a list")}, DataType::Int64(),
                 &RowKernel<LengthOfList>)
          .Takes({Param("map", TypePattern::Any(Class::kMap), "a map")}, DataType::Int64(),
                 &RowKernel<LengthOfList>)
          .Example("length(\"héllo\")", "5")
          .Example("length([1, 2, 3])", "3")
          .Example("length(null)", "null"),
      FunctionBuilder("first_of", "list", "The first element of a list, null of an empty one.")
          .Takes({ListParam()}, ElementOrNull, &EdgeOf<false>)
          .Example("first_of([3, 1, 2])", "3")
          .Example("first_of(split(\"a/b\", \"/\"))", "\"a\""),
      FunctionBuilder("last_of", "list", "The last element of a list, null of an empty one.")
          .Takes({ListParam()}, ElementOrNull, &EdgeOf<true>)
          .Example("last_of([3, 1, 2])", "2")
          .Example("last_of(slice([1], 1))", "null"),
      FunctionBuilder("slice", "list",
                      "`count` elements from `start` on (0 is the first, -1 the last).")
          .Takes({ListParam(), Param("start", DataType::Int64(), "first element"),
                  WithDefault(Param("count", DataType::Int64(), "how many; all when left out"),
                              Value::Int64(INT64_MAX))},
                 ReturnsArgument(0), &Slice)
          .Example("slice([1, 2, 3, 4], 1, 2)", "[2, 3]")
          .Example("slice([1, 2, 3, 4], -2)", "[3, 4]")
          .Example("length(slice([1], 5))", "0"),
      FunctionBuilder("distinct", "list",
                      "The elements without repetitions, each where it is first.")
          .Takes({ListParam()}, ReturnsArgument(0), &Distinct)
          .Example("distinct([2, 1, 2, 1])", "[2, 1]"),
      FunctionBuilder("sort", "list", "The elements in ascending order, nulls last.")
          .Takes({ListParam()}, ReturnsArgument(0), &Sort)
          .Example("sort([3, 1, 2])", "[1, 2, 3]")
          .Example("sort([\"b\", \"a\"])", "[\"a\", \"b\"]"),
  };
  return functions;
}

}  // namespace weir
