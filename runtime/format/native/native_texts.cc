// String and FixedString: texts as they are, everything else in its text form.
#include <fmt/format.h>

#include "runtime/format/native/make_native_column.h"
#include "runtime/format/value_writer.h"

namespace weir {
namespace {

using Kind = ClickhouseType::Kind;

constexpr size_t kLongestVarint = 10;

char* PutVarint(uint64_t value, char* at) {
  while (value >= 0x80) {
    *at++ = static_cast<char>(value | 0x80);
    value >>= 7;
  }
  *at++ = static_cast<char>(value);
  return at;
}

class StringNativeColumn final : public NativeColumn {
 public:
  StringNativeColumn() : NativeColumn("String") {}

  void Write(ColumnSlices slices, NativeErrors&, std::string& out) override {
    size_t bytes = 0;
    for (const ColumnSlice& slice : slices) {
      const ColumnView<std::string_view> values(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        bytes += kLongestVarint + (values.IsNull(row) ? 0 : values[row].size());
      });
    }
    const size_t begin = out.size();
    out.resize(begin + bytes);
    char* at = out.data() + begin;
    for (const ColumnSlice& slice : slices) {
      const ColumnView<std::string_view> values(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        const std::string_view text = values.IsNull(row) ? std::string_view() : values[row];
        at = PutVarint(text.size(), at);
        if (text.empty()) return;  // may point nowhere
        std::memcpy(at, text.data(), text.size());
        at += text.size();
      });
    }
    out.resize(static_cast<size_t>(at - out.data()));
  }
};

class FixedStringNativeColumn final : public NativeColumn {
 public:
  FixedStringNativeColumn(std::string wire_type, size_t length)
      : NativeColumn(std::move(wire_type)), length_(length) {}

  void Write(ColumnSlices slices, NativeErrors& errors, std::string& out) override {
    size_t position = 0;
    for (const ColumnSlice& slice : slices) {
      const ColumnView<std::string_view> values(*slice.column);
      slice.rows.ForEach([&](RowIndex row) {
        std::string_view text = values.IsNull(row) ? std::string_view() : values[row];
        if (text.size() > length_) {
          errors.Add(position, fmt::format("{} bytes do not fit {}", text.size(), wire_type()));
          text = {};
        }
        out += text;
        out.append(length_ - text.size(), '\0');
        ++position;
      });
    }
  }

 private:
  size_t length_;
};

/// Numbers, times, nested values …: text without quotes, nested values as JSON.
class TextFormNativeColumn final : public NativeColumn {
 public:
  explicit TextFormNativeColumn(const DataType& type) : NativeColumn("String"), values_(type) {}

  void Write(ColumnSlices slices, NativeErrors&, std::string& out) override {
    std::string text;
    for (const ColumnSlice& slice : slices) {
      const ColumnPtr flat = Flat(*slice.column);
      values_.Bind(flat == nullptr ? *slice.column : *flat);
      slice.rows.ForEach([&](RowIndex row) {
        text.clear();
        if (!values_.IsNull(row)) {
          writer_.Begin(text);
          values_.PutText(row, writer_);
          writer_.Flush();
        }
        AppendNativeString(text, out);
      });
    }
  }

 private:
  static ColumnPtr Flat(const Column& column) {
    if (!column.is_constant() || !column.type().is_nested()) return nullptr;
    return Column::Flatten(ColumnPtr(&column, [](const Column*) {}));
  }

  ValueWriter values_;
  TextWriter writer_;
};

}  // namespace

NativeColumnPtr MakeTextColumn(const DataType& from, const ClickhouseType& to) {
  if (to.is(Kind::kFixedString)) {
    return from.is_string_like()
               ? std::make_unique<FixedStringNativeColumn>(to.text, static_cast<size_t>(to.length))
               : nullptr;
  }
  if (to.is(Kind::kJson) && !from.is(TypeKind::kJson) && !from.is_nested()) return nullptr;
  if (from.is_string_like()) return std::make_unique<StringNativeColumn>();
  return std::make_unique<TextFormNativeColumn>(from);
}

}  // namespace weir
