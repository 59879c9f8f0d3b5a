#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "runtime/base/int128.h"
#include "stdlib/api/kernel_context.h"

// Makes a vectorized ScalarKernel of a plain function of one row, known at compile time so that it
// is inlined into the loop:
//
//   int64_t BitAnd(int64_t a, int64_t b) { return a & b; }          &RowKernel<BitAnd>
//   std::string_view Trim(std::string_view text);                   a view of an argument
//   Text Reverse(KernelRow& row, std::string_view text);            appends to row.text
//   double Ratio(KernelRow& row, double a, double b);               row.Fail(…) when it can't
//   std::optional<int64_t> Port(std::string_view url);              null results
//
// Arguments may be constant columns. The first parameter is a KernelRow& when the function needs
// one. Parameters: bool, int64_t, uint64_t, double, Fixed16, std::string_view, uint16_t (enum
// codes), DecimalArg, ListArg.
// Results: the same (Int128 is the unscaled value of a decimal result), Text, std::optional of
// them.

namespace weir {

/// What a row function may use besides its arguments.
class KernelRow {
 public:
  explicit KernelRow(KernelContext& context) : context_(context) {}

  /// This row has no result; whatever the function returns is ignored.
  void Fail(RowErrorCode code, std::string message) {
    context_.Fail(index, code, std::move(message));
  }
  Micros now() const { return context_.now(); }
  template <typename T>
  const T& bound() const {
    return context_.bound<T>();
  }

  RowIndex index = 0;
  std::string text;  ///< of a function that returns Text: empty at its start

 private:
  KernelContext& context_;
};

/// The result is in `row.text`.
struct Text {};

struct DecimalArg {
  Int128 unscaled = 0;
  int precision = 0;
  int scale = 0;
};

struct ListArg {
  const Column* elements = nullptr;
  ListEntry entry;
};

namespace kernel {

template <typename T>
class Reader {
 public:
  explicit Reader(const Column& column) : view_(column) {}
  T operator[](RowIndex row) const { return view_[row]; }

 private:
  ColumnView<T> view_;
};

template <>
class Reader<bool> {
 public:
  explicit Reader(const Column& column) : view_(column) {}
  bool operator[](RowIndex row) const { return view_[row] != 0; }

 private:
  ColumnView<uint8_t> view_;
};

template <>
class Reader<DecimalArg> {
 public:
  explicit Reader(const Column& column)
      : narrow_(column),
        wide_(column),
        is_wide_(column.type().physical() == Physical::kInt128),
        precision_(column.type().precision()),
        scale_(column.type().scale()) {}
  DecimalArg operator[](RowIndex row) const {
    return {is_wide_ ? wide_[row] : Int128{narrow_[row]}, precision_, scale_};
  }

 private:
  ColumnView<int64_t> narrow_;
  ColumnView<Int128> wide_;
  bool is_wide_;
  int precision_;
  int scale_;
};

template <>
class Reader<ListArg> {
 public:
  explicit Reader(const Column& column) : view_(column), elements_(column.child(0).get()) {}
  ListArg operator[](RowIndex row) const { return {elements_, view_[row]}; }

 private:
  ColumnView<ListEntry> view_;
  const Column* elements_;
};

template <typename R>
class Writer {
 public:
  explicit Writer(Column& out) : values_(out.mutable_data<R>()) {}
  void Write(RowIndex row, const R& value, KernelRow&) { values_[row] = value; }

 private:
  R* values_;
};

template <>
class Writer<bool> {
 public:
  explicit Writer(Column& out) : values_(out.mutable_data<uint8_t>()) {}
  void Write(RowIndex row, bool value, KernelRow&) { values_[row] = value ? 1 : 0; }

 private:
  uint8_t* values_;
};

template <>
class Writer<Int128> {
 public:
  explicit Writer(Column& out)
      : narrow_(out.mutable_data<int64_t>()),
        wide_(out.mutable_data<Int128>()),
        is_wide_(out.type().physical() == Physical::kInt128) {}
  void Write(RowIndex row, Int128 value, KernelRow&) {
    if (is_wide_) {
      wide_[row] = value;
    } else {
      narrow_[row] = static_cast<int64_t>(value);
    }
  }

 private:
  int64_t* narrow_;
  Int128* wide_;
  bool is_wide_;
};

template <>
class Writer<Text> {
 public:
  explicit Writer(Column& out)
      : values_(out.mutable_data<std::string_view>()), arena_(out.arena()) {}
  void Write(RowIndex row, Text, KernelRow& kernel_row) {
    values_[row] = arena_.Copy(kernel_row.text);
  }

 private:
  std::string_view* values_;
  StringArena& arena_;
};

template <typename R>
class Writer<std::optional<R>> {
 public:
  explicit Writer(Column& out) : out_(out), writer_(out) {}
  void Write(RowIndex row, const std::optional<R>& value, KernelRow& kernel_row) {
    if (value) {
      writer_.Write(row, *value, kernel_row);
    } else {
      out_.SetNull(row);
    }
  }

 private:
  Column& out_;
  Writer<R> writer_;
};

template <typename R>
inline constexpr bool kIsView =
    std::is_same_v<R, std::string_view> || std::is_same_v<R, std::optional<std::string_view>>;
template <typename R>
inline constexpr bool kIsText = std::is_same_v<R, Text> || std::is_same_v<R, std::optional<Text>>;

template <typename F>
struct RowFunction;

template <typename R, typename... Args>
struct RowFunction<R (*)(Args...)> {
  using Result = R;
  using Readers = std::tuple<Reader<Args>...>;
  static constexpr bool kTakesRow = false;
  static constexpr size_t kArguments = sizeof...(Args);
};

template <typename R, typename... Args>
struct RowFunction<R (*)(KernelRow&, Args...)> {
  using Result = R;
  using Readers = std::tuple<Reader<Args>...>;
  static constexpr bool kTakesRow = true;
  static constexpr size_t kArguments = sizeof...(Args);
};

template <auto Fn, size_t... I>
void RunRows(KernelContext& context, std::span<const Column* const> arguments, const RowSet& rows,
             Column& out, std::index_sequence<I...>) {
  using Function = RowFunction<decltype(Fn)>;
  using Result = typename Function::Result;
  const typename Function::Readers readers{
      std::tuple_element_t<I, typename Function::Readers>(*arguments[I])...};
  if constexpr (kIsView<Result>) {
    for (const Column* argument : arguments) out.AddOwnersOf(*argument);
  }
  Writer<Result> writer(out);
  KernelRow row(context);
  rows.ForEach([&](RowIndex index) {
    row.index = index;
    if constexpr (kIsText<Result>) row.text.clear();
    if constexpr (Function::kTakesRow) {
      writer.Write(index, Fn(row, std::get<I>(readers)[index]...), row);
    } else {
      writer.Write(index, Fn(std::get<I>(readers)[index]...), row);
    }
  });
}

}  // namespace kernel

/// See the top of this file. Arguments beyond those of `Fn` are ignored (constants for `bind`).
template <auto Fn>
void RowKernel(KernelContext& context, std::span<const Column* const> arguments, const RowSet& rows,
               Column& out) {
  kernel::RunRows<Fn>(context, arguments, rows, out,
                      std::make_index_sequence<kernel::RowFunction<decltype(Fn)>::kArguments>());
}

}  // namespace weir
