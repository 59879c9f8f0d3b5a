#include "stdlib/scalar/string/string_functions.h"

#include <fmt/format.h>

#include <algorithm>

#include "runtime/vector/column_text.h"
#include "stdlib/api/function_builder.h"
#include "stdlib/api/scalar_kernels.h"
#include "stdlib/scalar/string/case_mapping.h"
#include "stdlib/scalar/string/utf8.h"

namespace weir {
namespace {

constexpr int64_t kMostBytes = 1 << 20;  // of a text that a function makes longer

template <char32_t (*Map)(char32_t)>
Text MapCase(KernelRow& row, std::string_view text) {
  for (size_t i = 0; i < text.size();) AppendCodePoint(Map(NextCodePoint(text, i)), row.text);
  return {};
}

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view TrimLeft(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  return text;
}
std::string_view TrimRight(std::string_view text) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}
std::string_view Trim(std::string_view text) { return TrimLeft(TrimRight(text)); }

/// A negative start counts from the end.
std::string_view Substring(std::string_view text, int64_t start, int64_t length) {
  if (start < 0) start = std::max<int64_t>(CountCodePoints(text) + start, 0);
  text.remove_prefix(OffsetOfCodePoint(text, start));
  return text.substr(0, OffsetOfCodePoint(text, length));
}

std::string_view Truncate(std::string_view text, int64_t length) {
  return text.substr(0, OffsetOfCodePoint(text, length));
}

bool StartsWith(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool EndsWith(std::string_view text, std::string_view part) { return text.ends_with(part); }
bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

std::optional<int64_t> Position(std::string_view text, std::string_view part) {
  const size_t at = text.find(part);
  if (at == std::string_view::npos) return std::nullopt;
  return CountCodePoints(text.substr(0, at));
}

bool TooLong(KernelRow& row, int64_t bytes) {
  if (bytes <= kMostBytes) return false;
  row.Fail(RowErrorCode::kLimit, fmt::format("the text would be longer than {} bytes", kMostBytes));
  return true;
}

Text Replace(KernelRow& row, std::string_view text, std::string_view from, std::string_view to) {
  size_t start = 0;
  while (!from.empty()) {
    const size_t at = text.find(from, start);
    if (at == std::string_view::npos) break;
    row.text += text.substr(start, at - start);
    row.text += to;
    start = at + from.size();
    if (TooLong(row, static_cast<int64_t>(row.text.size()))) return {};
  }
  row.text += text.substr(start);
  return {};
}

Text Repeat(KernelRow& row, std::string_view text, int64_t count) {
  if (count <= 0 || text.empty()) return {};
  if (count > kMostBytes || TooLong(row, count * static_cast<int64_t>(text.size()))) {
    TooLong(row, kMostBytes + 1);
    return {};
  }
  for (int64_t i = 0; i < count; ++i) row.text += text;
  return {};
}

Text Reverse(KernelRow& row, std::string_view text) {
  for (size_t end = text.size(); end > 0;) {
    size_t start = end - 1;
    while (start > 0 && IsContinuationByte(text[start])) --start;
    row.text += text.substr(start, end - start);
    end = start;
  }
  return {};
}

/// Appends `count` code points of `fill`, over and over.
void AppendFill(std::string_view fill, int64_t count, std::string& out) {
  if (fill.empty()) return;
  const int64_t length = CountCodePoints(fill);
  for (; count >= length; count -= length) out += fill;
  out += fill.substr(0, OffsetOfCodePoint(fill, count));
}

template <bool kLeft>
Text Pad(KernelRow& row, std::string_view text, int64_t length, std::string_view fill) {
  const int64_t missing = length - CountCodePoints(text);
  if (missing > 0 &&
      (missing > kMostBytes || TooLong(row, missing * static_cast<int64_t>(fill.size())))) {
    TooLong(row, kMostBytes + 1);
    return {};
  }
  if (kLeft) AppendFill(fill, missing, row.text);
  row.text += Truncate(text, length);
  if (!kLeft) AppendFill(fill, missing, row.text);
  return {};
}

void Split(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
           Column& out) {
  const kernel::Reader<std::string_view> texts(*arguments[0]), separators(*arguments[1]);
  std::vector<std::string_view> parts;
  auto* entries = out.mutable_data<ListEntry>();
  rows.ForEach([&](RowIndex row) {
    std::string_view text = texts[row];
    const std::string_view separator = separators[row];
    const auto offset = static_cast<uint32_t>(parts.size());
    while (!separator.empty()) {
      const size_t at = text.find(separator);
      if (at == std::string_view::npos) break;
      parts.push_back(text.substr(0, at));
      text.remove_prefix(at + separator.size());
    }
    parts.push_back(text);
    entries[row] = {offset, static_cast<uint32_t>(parts.size()) - offset};
  });
  MutableColumnPtr child = Column::Make(out.type().element(), static_cast<uint32_t>(parts.size()));
  std::copy(parts.begin(), parts.end(), child->mutable_data<std::string_view>());
  child->AddOwnersOf(*arguments[0]);
  out.set_child(0, std::move(child));
}

Text Join(KernelRow& row, ListArg list, std::string_view separator) {
  const ColumnView<std::string_view> parts(*list.elements);
  bool first = true;
  for (uint32_t i = 0; i < list.entry.length; ++i) {
    if (parts.IsNull(list.entry.offset + i)) continue;
    if (!first) row.text += separator;
    first = false;
    row.text += parts[list.entry.offset + i];
  }
  return {};
}

void Concat(KernelContext&, std::span<const Column* const> arguments, const RowSet& rows,
            Column& out) {
  std::string text;
  auto* values = out.mutable_data<std::string_view>();
  rows.ForEach([&](RowIndex row) {
    text.clear();
    for (const Column* argument : arguments) AppendColumnText(*argument, row, text);
    values[row] = out.arena().Copy(text);
  });
}

ParamDef TextParam() { return Param("text", DataType::String(), "a text"); }
ParamDef Part(const char* doc) { return Param("part", DataType::String(), doc); }
ParamDef Count(const char* name, const char* doc) { return Param(name, DataType::Int64(), doc); }

FunctionDef OfText(const char* name, const char* doc, ScalarKernel kernel, const char* argument,
                   const char* result) {
  return FunctionBuilder(name, "string", doc)
      .Takes({TextParam()}, DataType::String(), kernel)
      .Example(std::string(name) + "(" + argument + ")", result)
      .Example(std::string(name) + "(null)", "null");
}

FunctionDef Test(const char* name, const char* doc, ScalarKernel kernel, const char* yes,
                 const char* no) {
  return FunctionBuilder(name, "string", doc)
      .Takes({TextParam(), Part("what to look for")}, DataType::Bool(), kernel)
      .Example(yes, "true")
      .Example(no, "false");
}

FunctionDef PadFunction(const char* name, const char* doc, ScalarKernel kernel,
                        const char* result) {
  return FunctionBuilder(name, "string", doc)
      .Fallible()
      .Takes({TextParam(), Count("length", "characters of the result"),
              WithDefault(Param("fill", DataType::String(), "what to fill up with"),
                          Value::String(" "))},
             DataType::String(), kernel)
      .Example(std::string(name) + "(\"7\", 3, \"0\")", result)
      .Example(std::string(name) + "(\"12345\", 3)", "\"123\"");
}

}  // namespace

const std::vector<FunctionDef>& StringFunctions() {
  const DataType text = DataType::String();
  static const std::vector<FunctionDef> functions = {
      OfText("lower", "The text in small letters (Latin, Greek, Cyrillic, Armenian).",
             &RowKernel<MapCase<LowerOf>>, "\"ÀBc\"", "\"àbc\""),
      OfText("upper", "The text in capitals (Latin, Greek, Cyrillic, Armenian).",
             &RowKernel<MapCase<UpperOf>>, "\"àbc\"", "\"ÀBC\""),
      OfText("trim", "The text without white space at both ends.", &RowKernel<Trim>, "\"  a b \"",
             "\"a b\""),
      OfText("ltrim", "The text without white space at its beginning.", &RowKernel<TrimLeft>,
             "\"  a \"", "\"a \""),
      OfText("rtrim", "The text without white space at its end.", &RowKernel<TrimRight>, "\"  a \"",
             "\"  a\""),
      OfText("reverse", "The characters of the text backwards.", &RowKernel<Reverse>, "\"abé\"",
             "\"éba\""),
      FunctionBuilder("substring", "string",
                      "`length` characters from `start` on (0 is the first, -1 the last).")
          .Takes({TextParam(), Count("start", "first character"),
                  WithDefault(Count("length", "how many; all when left out"),
                              Value::Int64(INT64_MAX))},
                 text, &RowKernel<Substring>)
          .Example("substring(\"foobar\", 3)", "\"bar\"")
          .Example("substring(\"foobar\", 1, 3)", "\"oob\"")
          .Example("substring(\"foobar\", -3, 2)", "\"ba\"")
          .Example("substring(\"foo\", 9)", "\"\""),
      FunctionBuilder("truncate", "string", "The first `length` characters, or all if fewer.")
          .Takes({TextParam(), Count("length", "how many to keep")}, text, &RowKernel<Truncate>)
          .Example("truncate(\"foobar\", 3)", "\"foo\"")
          .Example("truncate(\"é\", 5)", "\"é\""),
      Test("starts_with", "Whether the text begins with the part.", &RowKernel<StartsWith>,
           "starts_with(\"foobar\", \"foo\")", "starts_with(\"foobar\", \"bar\")"),
      Test("ends_with", "Whether the text ends with the part.", &RowKernel<EndsWith>,
           "ends_with(\"foobar\", \"bar\")", "ends_with(\"foobar\", \"foo\")"),
      Test("contains", "Whether the part is somewhere in the text.", &RowKernel<Contains>,
           "contains(\"foobar\", \"oba\")", "contains(\"foobar\", \"x\")"),
      FunctionBuilder("is_blank", "string", "Whether the text is empty or only white space.")
          .Takes({TextParam()}, DataType::Bool(), &RowKernel<IsBlank>)
          .Example("is_blank(\"  \")", "true")
          .Example("is_blank(\"a\")", "false"),
      FunctionBuilder("position", "string",
                      "Where the part begins for the first time (0 is the first character), null "
                      "when it is not in the text.")
          .Takes({TextParam(), Part("what to look for")}, DataType::Int64().AsOptional(),
                 &RowKernel<Position>)
          .Example("position(\"éabc\", \"bc\")", "2")
          .Example("position(\"abc\", \"x\")", "null"),
      FunctionBuilder("replace", "string",
                      "The text with every `from` replaced by `to`. A result over 1 MiB fails the "
                      "row.")
          .Fallible()
          .Takes({TextParam(), Param("from", text, "what to replace"),
                  Param("to", text, "what to put there")},
                 text, &RowKernel<Replace>)
          .Example("replace(\"a-b-c\", \"-\", \"+\")", "\"a+b+c\"")
          .Example("replace(\"abc\", \"\", \"x\")", "\"abc\""),
      FunctionBuilder("split", "string", "The parts of the text between separators.")
          .Takes({TextParam(), Param("separator", text, "what stands between the parts")},
                 DataType::List(text), &Split)
          .Example("split(\"a,b,,c\", \",\")", "[\"a\", \"b\", \"\", \"c\"]")
          .Example("split(\"abc\", \",\")", "[\"abc\"]"),
      FunctionBuilder("join", "string", "The texts of a list with a separator between them.")
          .Takes({Param("list", DataType::List(text), "texts"),
                  WithDefault(Param("separator", text, "what to put between them"),
                              Value::String(","))},
                 text, &RowKernel<Join>)
          .Example("join([\"a\", \"b\"], \" \")", "\"a b\""),
      FunctionBuilder("concat", "string",
                      "The texts of all values, one after the other; null if one is null. An "
                      "f-string says the same.")
          .Takes({Variadic(Param("value", TypePattern::Any(), "any value"))}, text, &Concat)
          .Example("concat(\"a\", 1, \"-\", 2.50)", "\"a1-2.50\"")
          .Example("concat(\"a\", null)", "null"),
      FunctionBuilder("repeat", "string",
                      "The text `count` times. A result over 1 MiB fails the row.")
          .Fallible()
          .Takes({TextParam(), Count("count", "how often")}, text, &RowKernel<Repeat>)
          .Example("repeat(\"ab\", 3)", "\"ababab\"")
          .Example("repeat(\"ab\", 10_000_000)", "error: longer than"),
      PadFunction("lpad", "The text filled up at its beginning, or cut, to `length` characters.",
                  &RowKernel<Pad<true>>, "\"007\""),
      PadFunction("rpad", "The text filled up at its end, or cut, to `length` characters.",
                  &RowKernel<Pad<false>>, "\"700\""),
  };
  return functions;
}

}  // namespace weir
